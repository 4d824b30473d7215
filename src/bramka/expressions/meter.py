"""Budgets of a running expression: steps, time and the size of what it makes.

The count belongs to the thread that evaluates, so that a value deep inside a query
can be charged without handing a meter through every call.
"""

import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

from bramka.domain.clock import Clock
from bramka.expressions.failures import Exhausted

Item = TypeVar("Item")

MOST_STEPS = 200_000
"""Turns of loops, calls of lambdas and elements of queries in one evaluation."""
LONGEST_TIME = 0.5
"""Seconds; looked at every 8 steps, for one may search 4 MiB, and when much is made."""
LONGEST_STRING = 4 * 1024 * 1024
LARGEST_COLLECTION = 200_000
MOST_MADE = 32 * 1024 * 1024
"""Characters and elements that one evaluation may make in all."""
SMALL = 256
"""What is not larger is not charged: making it costs as much as counting it."""
_LARGE = 64 * 1024


class Meter:
    """What is left of the budgets of the evaluation that runs in this thread."""

    __slots__ = ("clock", "deadline", "made", "steps")

    def __init__(self) -> None:
        self.clock: Clock | None = None
        self.deadline = 0.0
        self.made = 0
        self.steps = MOST_STEPS

    def begin(self, clock: Clock) -> None:
        self.clock = clock
        self.deadline = 0.0
        self.made = 0
        self.steps = MOST_STEPS

    def step(self) -> None:
        """One turn of a loop, one call, one element."""
        self.steps = left = self.steps - 1
        if not left & 7:
            self.look(left)

    def many(self, steps: int) -> None:
        """So many steps at once."""
        self.steps -= steps
        self.look(self.steps)

    def look(self, left: int) -> None:
        if left <= 0:
            raise Exhausted(f"more than {MOST_STEPS} steps; shorten its loops")
        if self.clock is None:
            return
        now = self.clock.monotonic()
        if self.deadline == 0.0:
            self.deadline = now + LONGEST_TIME
        elif now > self.deadline:
            raise Exhausted(f"it ran longer than {LONGEST_TIME} seconds")

    def charge(self, size: int) -> None:
        """Account for something of `size` characters or elements."""
        self.made += size
        if self.made > MOST_MADE:
            raise Exhausted(f"it made more than {MOST_MADE} characters and elements")
        if size > _LARGE:
            self.look(max(self.steps, 1))


class _Local(threading.local):
    def __init__(self) -> None:
        self.meter = Meter()


_LOCAL = _Local()


def meter() -> Meter:
    """The meter of this thread."""
    return _LOCAL.meter


def begin(clock: Clock) -> None:
    """Fill the budgets up for a new evaluation."""
    _LOCAL.meter.begin(clock)


def step() -> None:
    _LOCAL.meter.step()


def searched(size: int) -> None:
    """Something of `size` characters or elements is searched: time may be over."""
    if size > _LARGE:
        _LOCAL.meter.look(max(_LOCAL.meter.steps, 1))


def room_for_text(size: int) -> None:
    """Refuse a string of `size` characters before it is made, if it is too long."""
    if size > SMALL:
        if size > LONGEST_STRING:
            raise Exhausted(
                f"a string of {size} characters; the longest is {LONGEST_STRING}"
            )
        _LOCAL.meter.charge(size)


def room_for_items(size: int) -> None:
    """Refuse a collection of `size` elements before it is made, if it is too large."""
    if size > SMALL:
        if size > LARGEST_COLLECTION:
            raise Exhausted(
                f"a collection of {size} elements; the largest is {LARGEST_COLLECTION}"
            )
        _LOCAL.meter.charge(size)


def room_for_bytes(size: int) -> None:
    """Refuse a byte array of `size` bytes before it is made, if it is too large."""
    room_for_text(size)


def made_text(text: str) -> str:
    """`text`, charged; for operations that cannot multiply the size of their input."""
    room_for_text(len(text))
    return text


def stepping(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, each counted as a step."""
    counter = _LOCAL.meter
    for item in items:
        counter.step()
        yield item


def stepping_seldom(items: Iterable[Item]) -> Iterator[Item]:
    """The same items; time is looked at now and then: for what only compares."""
    for number, item in enumerate(items):
        if not number & 1023:
            searched(_LARGE + 1)
        yield item


def collected(items: Iterable[Item]) -> list[Item]:
    """The items as a list, counted and capped."""
    counter = _LOCAL.meter
    if isinstance(items, list):
        room_for_items(len(items))
        counter.many(len(items))
        return items[:]
    made: list[Item] = []
    for item in items:
        counter.step()
        made.append(item)
        if len(made) > LARGEST_COLLECTION:
            room_for_items(len(made))
    room_for_items(len(made))
    return made
