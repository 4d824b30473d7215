"""A relay that reads nothing, on the loop that ours runs on: the floor for Python.

What it costs is sockets and their loop alone; no gateway in Python can cost less.
"""

import sys
from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch

_PROGRAM = Path(__file__).with_name("relay_application.py")


def _launch(lane: Lane) -> Launch:
    ports = (str(lane.port), str(lane.course.upstream_port))
    return Launch((sys.executable, str(_PROGRAM), *ports))


RELAY = Contender(
    name="uvloop relay",
    does="passes bytes on unread",
    launch=_launch,
    features=frozenset({"plain"}),
)
