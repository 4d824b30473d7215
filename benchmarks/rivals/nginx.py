"""nginx: the upstream of every race, and a contender that only proxies."""

import os
from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import fill
from benchmarks.process import executable

_HERE = Path(__file__).parent


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
        body=lane.course.scenario.body.decode(),
    )
    configuration.write_text(text)
    return Launch(command(configuration))


def _launch(lane: Lane) -> Launch:
    configuration = lane.folder / "nginx.conf"
    text = fill(
        _HERE / "nginx.conf",
        user=user_line(),
        folder=lane.folder,
        port=lane.port,
        upstream_port=lane.course.upstream_port,
    )
    configuration.write_text(text)
    return Launch(command(configuration))


PLAIN = Contender(name="nginx", does="proxies only", launch=_launch)
