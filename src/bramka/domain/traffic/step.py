"""Steps: what policies are compiled to, and the rows they are joined to.

A `Row` is a section of steps joined over all scopes; running it is one loop. A step
returns None to go on, or a Response to stop.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from bramka.domain.traffic.demand import Demands, Verdict
from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.policy import Scope, Section

Outcome = Response | None
Awaiting = Awaitable[Outcome]
Run = Callable[[Exchange], Any]
"""Does the step's work: gives an Outcome, or an awaitable of one if it waits."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """How a request is sent on; times in seconds, None = no limit of that kind."""

    timeout: float = 300.0
    follow_redirects: bool = False
    buffer_request_body: bool = False
    buffer_response: bool = True
    fail_on_error_status_code: bool = False


@dataclass(frozen=True, slots=True)
class StepPlace:
    """Where a step stands, for LastError and traces."""

    policy: str
    policy_id: str
    path: str
    scope: Scope
    section: Section

    def mark(self, noted: "LastError | StepFailure") -> None:
        """Note on an error that it comes from here, unless it has a place."""
        if not noted.path:
            noted.path, noted.policy_id = self.path, self.policy_id
            noted.scope, noted.section = self.scope, self.section
            noted.source = noted.source or self.policy


@dataclass(frozen=True, slots=True)
class Step:
    """One compiled policy."""

    run: Run
    waits: bool = False
    """`run` gives an awaitable."""
    seldom: bool = False
    """Only at times: mostly `run` gives the Outcome at once."""
    reads_request_body: bool = False
    reads_response_body: bool = False
    forwarding: Forwarding | None = None
    """Set by forward-request: the engine may forward by itself, without waiting."""
    place: StepPlace | None = None
    """Filled in by the engine."""
    limit: "Limit | None" = None
    """What it limits, when that is decided elsewhere: neighbours may be asked at once.
    """
    unrouted: "Callable[[Exchange], Outcome] | None" = None
    """What the policy answers to calls that reach no operation, such as preflights."""


Ask = Callable[[Exchange], Demands]
"""What a policy demands for a call; nothing when it does not limit it."""
Tell = Callable[[Exchange, Demands, Verdict], Outcome]
"""Makes the answer when the demands are refused; tells what is left."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A policy that limits: what it demands, and how it takes the verdict."""

    ask: Ask
    tell: Tell
    sets_variables: bool = False
    """`tell` sets variables that a later policy may look at."""
    place: StepPlace | None = None
    """Filled in by the engine."""


@dataclass(frozen=True, slots=True)
class Row:
    """Steps that run one after the other."""

    runs: tuple[Run, ...] = ()
    places: tuple[StepPlace | None, ...] = ()
    waits: bool = False
    """At least one of the steps gives an awaitable."""
    seldom: bool = False
    """None of them always does: it is worth to begin without waiting."""
    reads_request_body: bool = False
    reads_response_body: bool = False
    forwarding: Forwarding | None = None
    """The row is exactly one forward-request with settings known beforehand."""
    unrouted: "tuple[Callable[[Exchange], Outcome], ...]" = ()
    """What its steps answer to calls that reach no operation."""

    @staticmethod
    def of(steps: Iterable[Step]) -> "Row":
        kept = tuple(steps)
        return Row(
            runs=tuple(step.run for step in kept),
            places=tuple(step.place for step in kept),
            waits=any(step.waits for step in kept),
            seldom=all(step.seldom for step in kept if step.waits),
            reads_request_body=any(step.reads_request_body for step in kept),
            reads_response_body=any(step.reads_response_body for step in kept),
            forwarding=kept[0].forwarding if len(kept) == 1 else None,
            unrouted=tuple(step.unrouted for step in kept if step.unrouted),
        )

    def behind(self, policy: str) -> "Row | None":
        """What stands behind a policy; None when it is not here, or is the last."""
        named = [
            number
            for number, place in enumerate(self.places, 1)
            if place is not None and place.policy == policy
        ]
        if not named or named[0] == len(self.runs):
            return None
        runs, places = self.runs[named[0] :], self.places[named[0] :]
        return replace(self, runs=runs, places=places, forwarding=None)

    def mark(self, run: Run, noted: "LastError | StepFailure") -> None:
        """Note on an error which step it comes from; the innermost step wins."""
        place = self.places[self.runs.index(run)]
        if place is not None:
            place.mark(noted)


class StepFailure(Exception):
    """A step could not do its work; becomes LastError and, unhandled, a 500."""

    def __init__(self, source: str, reason: str, message: str) -> None:
        super().__init__(message)
        self.source = source
        """Name of the policy; the engine fills it in when it is empty."""
        self.reason = reason
        self.message = message
        self.scope: Scope | None = None
        self.section: Section | None = None
        self.path = ""
        self.policy_id = ""


def run_row(row: Row, exchange: Exchange) -> Outcome:
    """Run a row none of whose steps waits; StepFailure tells where it happened."""
    for run in row.runs:
        try:
            outcome: Outcome = run(exchange)
        except StepFailure as failure:
            row.mark(run, failure)
            raise
        if outcome is not None:
            if outcome.error is not None:
                row.mark(run, outcome.error)
            return outcome
    return None


def run_until_wait(row: Row, exchange: Exchange) -> Outcome | Row:
    """The same for a row that seldom waits: what is left of it, once a step has to."""
    for number, run in enumerate(row.runs):
        try:
            outcome = run(exchange)
        except StepFailure as failure:
            row.mark(run, failure)
            raise
        if outcome is None:
            continue
        if isinstance(outcome, Response):
            if outcome.error is not None:
                row.mark(run, outcome.error)
            return outcome
        runs = (_going_on(outcome), *row.runs[number + 1 :])
        return replace(row, runs=runs, places=row.places[number:])
    return None


def _going_on(begun: Awaitable[Outcome]) -> Run:
    """A step that was run already, as far as it did not have to wait."""
    return lambda _: begun


async def _run_all(row: Row, exchange: Exchange) -> Outcome:
    for run in row.runs:
        try:
            outcome = run(exchange)
            if outcome is not None and not isinstance(outcome, Response):
                outcome = await outcome
        except StepFailure as failure:
            row.mark(run, failure)
            raise
        if outcome is not None:
            stopped: Response = outcome
            if stopped.error is not None:
                row.mark(run, stopped.error)
            return stopped
    return None


def run_inner_row(row: Row, exchange: Exchange) -> Outcome:
    """The same as `run_row`, for rows inside of policies: they may be traced."""
    if exchange.trace is None:
        return run_row(row, exchange)
    for run, place in zip(row.runs, row.places, strict=True):
        with exchange.trace.watch(place) as watched:
            watched.outcome = run_row(Row((run,), (place,)), exchange)
        if watched.outcome is not None:
            return watched.outcome
    return None


async def run_waiting_row(row: Row, exchange: Exchange) -> Outcome:
    """Run any row; StepFailure tells where it happened."""
    if exchange.trace is None:
        return await _run_all(row, exchange)
    for run, place in zip(row.runs, row.places, strict=True):
        with exchange.trace.watch(place) as watched:
            watched.outcome = await _run_all(Row((run,), (place,)), exchange)
        if watched.outcome is not None:
            return watched.outcome
    return None
