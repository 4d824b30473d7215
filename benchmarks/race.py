"""The race: all contenders up at once, bursts in turn, round after round."""

import os
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.contender import CannotRaceError, Contender, Lane
from benchmarks.course import Course, lay_course
from benchmarks.measure import Burst, Latency, LoadError, burst, paced
from benchmarks.process import await_answer, executable, free_port, running
from benchmarks.rivals.nginx import launch_upstream
from benchmarks.scenario import Scenario
from benchmarks.verify import verify

Figure = Literal["rate", "cpu", "busy"]
PACE_LIMIT = 20_000
"""Requests a second that the paced load can send truly beside the upstream."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to race, and on which cores."""

    rounds: int
    seconds: int
    paced_rounds: int
    paced_seconds: int
    gateway_core: int
    load_core: int


@dataclass(slots=True)
class Entry:
    """One contender with what it showed, or with why it is not in the race."""

    contender: Contender
    lane: Lane
    pid: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    bursts: list[Burst] = field(default_factory=list)
    paced: list[tuple[Latency, Latency]] = field(default_factory=list)
    """Latencies through the contender, each beside the upstream's own."""
    counted: int | None = None
    absent: str | None = None

    def figures(self, figure: Figure) -> list[float]:
        """One figure of every burst, in the order of the rounds."""
        return [getattr(each, figure) for each in self.bursts]

    def median(self, figure: Figure) -> float:
        """The median over the rounds of one figure of the bursts."""
        return statistics.median(self.figures(figure))


def plan_race(rounds: int, seconds: int, paced: tuple[int, int]) -> Plan:
    """A plan on two cores of those this process may use."""
    executable("taskset", "apt install util-linux")
    executable("wrk", "apt install wrk")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise CannotRaceError("a race needs two cores: for the gateway, and for load")
    return Plan(rounds, seconds, *paced, cores[-1], cores[0])


def race(
    scenario: Scenario, contenders: Sequence[Contender], folder: Path, plan: Plan
) -> list[Entry]:
    """What every contender showed, in the order given."""
    with ExitStack() as stack:
        course = open_course(scenario, folder, stack, plan)
        entries = [entry_of(each, course) for each in contenders]
        for entry in entries:
            with _excused(entry):
                line_up(entry, stack, plan)
        for number in range(plan.rounds):
            for entry in _turn(entries, number):
                with _excused(entry):
                    entry.bursts.append(_burst(entry, plan, plan.seconds))
            print(f"  round {number + 1} of {plan.rounds}", flush=True)
        for number in range(plan.paced_rounds):
            for entry in _turn(entries, number):
                with _excused(entry):
                    _pace(entry, plan)
            print(f"  paced round {number + 1} of {plan.paced_rounds}", flush=True)
        for entry in _present(entries):
            with _excused(entry):
                _count(entry)
    return entries


def open_course(
    scenario: Scenario, folder: Path, stack: ExitStack, plan: Plan
) -> Course:
    """The course in `folder`, its upstream running until `stack` closes."""
    course = lay_course(scenario, folder, free_port())
    (folder / "keys").write_text("\n".join(course.callers()))
    (folder / "body").write_bytes(scenario.body)
    lane = _lane(course, "upstream", course.upstream_port)
    log = lane.folder / "log"
    pid = stack.enter_context(running(launch_upstream(lane), log, plan.load_core))
    await_answer(pid, lane.port, scenario.path, log)
    return course


def entry_of(contender: Contender, course: Course) -> Entry:
    """A contender with a lane of its own."""
    return Entry(contender, _lane(course, contender.name))


def _lane(course: Course, name: str, port: int = 0) -> Lane:
    folder = course.folder / name
    folder.mkdir()
    return Lane(course, folder, port or free_port())


def line_up(entry: Entry, stack: ExitStack, plan: Plan) -> None:
    """Start a contender, see that it does what it claims, and warm it up."""
    lane, log = entry.lane, entry.lane.folder / "log"
    launch = entry.contender.launch(lane)
    entry.pid = stack.enter_context(running(launch, log, plan.gateway_core))
    scenario = lane.course.scenario
    await_answer(entry.pid, lane.port, scenario.path, log, secure=scenario.secure)
    entry.refusals = verify(entry.contender, lane)
    _burst(entry, plan, 1)


def _turn(entries: list[Entry], number: int) -> list[Entry]:
    """Who races in round `number`: each time another one begins."""
    present = _present(entries)
    first = number % max(1, len(present))
    return present[first:] + present[:first]


def _present(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.absent is None]


@contextmanager
def _excused(entry: Entry) -> Iterator[None]:
    """A contender that fails leaves the race with its reason; the others go on."""
    try:
        yield
    except (CannotRaceError, LoadError, OSError) as failure:
        entry.absent = str(failure)


def _burst(entry: Entry, plan: Plan, seconds: int) -> Burst:
    lane = entry.lane
    url = f"{lane.course.scenario.scheme}://127.0.0.1:{lane.port}"
    keys = lane.course.folder / "keys"
    return burst(entry.pid, url, keys, plan.load_core, seconds)


def _pace(entry: Entry, plan: Plan) -> None:
    """Latency at half of what the contender can do, beside the upstream's own."""
    rate = min(PACE_LIMIT, entry.median("rate") / 2)
    course = entry.lane.course
    direct = _paced(course, "http", course.upstream_port, rate, plan)
    through = _paced(course, course.scenario.scheme, entry.lane.port, rate, plan)
    entry.paced.append((through, direct))


def _paced(course: Course, scheme: str, port: int, rate: float, plan: Plan) -> Latency:
    keys, body = course.folder / "keys", course.folder / "body"
    core, seconds = plan.load_core, plan.paced_seconds
    return paced(f"{scheme}:{port}", keys, body, core, rate, seconds)


def _count(entry: Entry) -> None:
    """Usage records must hold at least the calls that the bursts saw answered."""
    if entry.contender.counted is None:
        return
    entry.counted = entry.contender.counted(entry.lane)
    answered = sum(each.requests for each in entry.bursts)
    if entry.counted < answered:
        raise CannotRaceError(f"recorded {entry.counted} of {answered} answered calls")
