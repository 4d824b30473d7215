"""FastAPI + aiohttp: a proxy in the framework most services of this kind are in."""

import importlib.util
import os
import sys
from pathlib import Path

from benchmarks.contender import CannotRaceError, Contender, Lane, Launch
from benchmarks.process import ask

_ROOT = Path(__file__).parents[2]


def _launch(lane: Lane) -> Launch:
    for package in ("fastapi", "aiohttp"):
        if importlib.util.find_spec(package) is None:
            raise CannotRaceError(f"no {package} here: pip install {package}")
    course, scenario = lane.course, lane.course.scenario
    callers = lane.folder / "callers"
    limits = f"{scenario.calls} {scenario.quota}"
    few = scenario.probe_calls
    lines = [
        *(f"caller{n} {key} {limits}" for n, key in enumerate(course.keys)),
        f"limited {course.limited_key} {few} {scenario.quota}",
        f"spent {course.spent_key} {scenario.calls} {few}",
    ]
    callers.write_text("\n".join(lines))
    command = (
        *(sys.executable, "-m", "uvicorn", "--factory", "--port", str(lane.port)),
        *("--no-access-log", "--log-level", "warning"),
        "benchmarks.rivals.fastapi_application:proxy",
    )
    paths = (str(_ROOT), os.environ.get("PYTHONPATH", ""))
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "UPSTREAM_PORT": str(course.upstream_port),
        "CALLERS": str(callers),
    }
    return Launch(command, environment)


def _counted(lane: Lane) -> int:
    return int(ask(lane.port, "/-/counted", {})[1])


FASTAPI = Contender(
    name="FastAPI+aiohttp",
    does="key, limit, quota, usage",
    launch=_launch,
    claims=frozenset({"key", "limit", "quota", "usage"}),
    counted=_counted,
)
