"""A contender: how one gateway is started, and what it claims to do per call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.course import Course
from benchmarks.scenario import Feature

Claim = Literal["presence", "key", "limit", "quota", "usage"]


class CannotRaceError(Exception):
    """Why a contender is not in the race; the table says it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Where one contender runs: its own folder and port."""

    course: Course
    folder: Path
    port: int


@dataclass(frozen=True, slots=True)
class Launch:
    """The command that starts a contender, and what it adds to the environment."""

    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contender:
    """One gateway in the race.

    Each claim but `usage` is probed over the wire before the race; `counted` reads,
    after it, how many calls the contender's usage records hold.
    """

    name: str
    does: str
    launch: Callable[[Lane], Launch]
    claims: frozenset[Claim] = frozenset()
    ours: bool = False
    counted: Callable[[Lane], int] | None = None
    features: frozenset[Feature] = frozenset({"plain", "large"})
    """Rows it can race in."""
    aim: float | None = None
    """At most this share of this rival's CPU per call may ours take."""
