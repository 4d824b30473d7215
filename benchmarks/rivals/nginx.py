"""nginx: the upstream of every race, and a contender that only proxies."""

import os
from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import fill
from benchmarks.process import executable

_HERE = Path(__file__).parent
LONGEST_LINE = 2_000
TRANSFORM = """
      set $tier "";
      set $subscription "";
      set $length "";
      rewrite_by_lua_block { gatekeeper.transform() }
      proxy_set_header X-Tier $tier;
      proxy_set_header X-Caller $subscription;
      proxy_set_header X-Length $length;
      proxy_set_header User-Agent "";
      proxy_hide_header Server;
      header_filter_by_lua_block { gatekeeper.transform_answer() }
"""


def command(configuration: Path) -> tuple[str, ...]:
    """How nginx is started with `configuration`, in the foreground."""
    program = executable("nginx", "apt install nginx")
    # Without -e it would first try the system's log.
    return (
        program,
        "-e",
        str(configuration.with_suffix(".log")),
        "-c",
        str(configuration),
    )


def user_line() -> str:
    """Root's nginx gives its worker away to another user, who may not write here."""
    return "user root;" if os.geteuid() == 0 else ""


def launch_upstream(lane: Lane) -> Launch:
    configuration = lane.folder / "nginx.conf"
    text = fill(
        _HERE / "upstream.conf",
        user=user_line(),
        folder=lane.folder,
        port=lane.port,
        answer=_answer(lane),
    )
    configuration.write_text(text)
    return Launch(command(configuration))


def _answer(lane: Lane) -> str:
    """How the upstream gives its body: small ones are a line of the configuration."""
    body = lane.course.scenario.body
    if len(body) < LONGEST_LINE:
        return f"return 200 '{body.decode()}';"
    return f"root {lane.course.folder}; try_files /body =404;"


def extras(lane: Lane) -> dict[str, str]:
    """What a row asks of nginx besides: for `http`, for `server`, for `location`."""
    course, feature = lane.course, lane.course.scenario.feature
    lines = {"secure": "", "in_http": "", "in_server": "", "in_location": ""}
    if feature == "tls":
        certificate, key = course.certificate()
        lines["secure"] = " ssl"
        lines["in_server"] = (
            f"ssl_certificate {certificate}; ssl_certificate_key {key};"
        )
    if feature == "cache":
        lines["in_http"] = (
            f"proxy_cache_path {lane.folder}/cache keys_zone=scores:8m inactive=1h;"
        )
        lines["in_location"] = "proxy_cache scores; proxy_cache_valid 200 1h;"
    if feature == "transform":
        lines["in_location"] = TRANSFORM
    if feature == "large":
        # As much as the others keep of an answer before its reader takes it.
        lines["in_location"] = "proxy_max_temp_file_size 0; proxy_buffers 8 64k;"
    return lines


def _launch(lane: Lane) -> Launch:
    configuration = lane.folder / "nginx.conf"
    text = fill(
        _HERE / "nginx.conf",
        user=user_line(),
        folder=lane.folder,
        port=lane.port,
        upstream_port=lane.course.upstream_port,
        **extras(lane),
    )
    configuration.write_text(text)
    return Launch(command(configuration))


PLAIN = Contender(
    name="nginx",
    does="proxies only",
    launch=_launch,
    features=frozenset({"plain", "large", "cache", "tls"}),
)
