"""Steps: what policies are compiled to, and what they may know while compiled.

A policy is one file with `Settings` (its attributes) and `compile(settings, site)`,
which gives a `Step`. A `Row` is a section of steps joined over all scopes; running it
is one loop. A step returns None to go on, or a Response to stop.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, Protocol, TypeVar

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.demand import Demands, Verdict
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Exchange, LastError, RawHeaders, Response
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.policy_text import Element, Place, Value

T = TypeVar("T")
Outcome = Response | None
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


class Source:
    """Where a value comes from: a constant, or an expression evaluated per call."""

    __slots__ = (
        "constant",
        "evaluate",
        "place",
        "reads_request_body",
        "reads_response_body",
        "type",
    )

    def __init__(
        self,
        constant: str | None,
        evaluate: Callable[[Exchange], Any],
        place: Place,
        *,
        reads_request_body: bool = False,
        reads_response_body: bool = False,
        type: str = "",  # noqa: A002 what C# calls it
    ) -> None:
        self.constant = constant
        """The text as written, None when it holds an expression."""
        self.evaluate = evaluate
        self.place = place
        self.reads_request_body = reads_request_body
        self.reads_response_body = reads_response_body
        self.type = type
        """The C# type of its values; nothing where that is not known."""

    @staticmethod
    def of(text: str) -> "Source":
        """A source of this constant."""
        return Source(text, lambda _: text, Place(1, 1))

    def text(self, exchange: Exchange) -> str:
        """The value as text, as C# would print it; nothing for null."""
        if self.constant is not None:
            return self.constant
        value = self.evaluate(exchange)
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if value is True or value is False:
            return "True" if value else "False"
        return str(value)

    def flag(self, exchange: Exchange) -> bool:
        """The value as a boolean."""
        value: object = self.evaluate(exchange)
        if isinstance(value, bool):
            return value
        return str(value).strip().lower() == "true"

    def number(self, exchange: Exchange) -> int:
        """The value as a whole number; ValueError when it is none."""
        return int(self.evaluate(exchange))


class Windows(Protocol):
    """The sliding windows of one policy, by counter key; see domain allowance."""

    def take(self, key: str, now: float, calls: int, period: float) -> float:
        """Spend one call: 0.0 if admitted, else seconds to wait."""


class Quotas(Protocol):
    """The quotas of one policy, by counter key."""

    def take(
        self, key: str, now: float, anchor: float, period: float, calls: int
    ) -> float:
        """Spend one call: 0.0 if admitted, else seconds until the quota is renewed."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that a policy makes besides the call."""

    method: str
    url: str
    headers: RawHeaders = field(default_factory=list)
    body: bytes = b""
    timeout: float = 60.0
    """Seconds until the whole answer must be here."""
    dialling: Dialling | None = None


class Fetch(Protocol):
    """Makes requests of the gateway's own, through the same guard as backends."""

    def __call__(self, outgoing: Outgoing) -> Awaitable[Response]:
        """The whole answer.

        TimeoutError or Unavailable when none comes, Invalid or Forbidden when the
        address cannot or may not be asked.
        """


class Site(Protocol):
    """Where a policy stands and what it may use, while it is compiled."""

    element: Element
    scope: Scope
    section: Section
    path: str
    """Such as `choose[1]/when[2]/set-header[1]`, as LastError.Path tells it."""
    scope_path: str
    """The document's scope, such as `products/starter`."""
    clock: Clock
    chance: Chance
    fetch: Fetch
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    """Runs work besides the calls; a failure of it is logged."""
    append: Callable[[str, bytes], None]
    """Adds a line to the log file of that name."""
    identity: Identity | None
    """The gateway's own account at an OAuth server, if it has one."""

    @property
    def caches(self) -> Caches:
        """The caches of this gateway."""

    def keep_shared(self, name: str, make: Callable[[], T]) -> T:
        """State of the whole gateway that outlives plans, made at first use."""

    def keep(self, name: str, make: Callable[[], T]) -> T:
        """State of this place that outlives plans, made at first use."""

    place: str
    """The name of this place among all documents: whose counters they are."""
    counts_elsewhere: bool
    """Limits are counted in a store that many nodes share."""

    def limit(self, limit: Limit, *, reads_request_body: bool = False) -> Step:
        """A step that limits, wherever this gateway counts."""

    def spend(self, demands: Demands) -> None:
        """Count what is spent, whether it fits or not, once the call is over."""

    def windows(self) -> Windows:
        """The windows of this place; only unless `counts_elsewhere`."""

    def quotas(self) -> Quotas:
        """The quotas of this place; only unless `counts_elsewhere`."""

    def source(self, value: Value) -> Source:
        """A value that may hold expressions."""

    def settings(self, element: Element, of: type[T]) -> T:
        """The attributes of `element` as the Struct `of`; refuses what does not fit.

        Fields of type Source may hold expressions, others may not.
        """

    def read(self, text: str, *, escaped: bool = False) -> Element:
        """The root of a piece of policy, with its named values replaced."""

    def row(
        self,
        elements: Iterable[Element],
        inside: str = "",
        section: Section | None = None,
    ) -> Row:
        """Compile policies that stand inside this one, under the path `inside`.

        They act as in `section`, by default as in this policy's own.
        """

    def refuse(self, message: str, place: Place | None = None) -> NoReturn:
        """Refuse the document because of this policy."""

    def knows(self, table: str, key: str) -> bool:
        """Whether the configuration has that noun, such as ("backends", "b1")."""

    def lookup(self, table: str, key: str) -> Any:
        """The noun as it is when the plan is made; None if there is none."""

    def table(self, table: str) -> Mapping[str, Any]:
        """All nouns of a table, by their keys."""


Children = dict[str, "Children"] | None


class Policy(Protocol):
    """What a file on the shelf of policies provides."""

    Settings: type[Any]
    SECTIONS: frozenset[Section]
    SCOPES: frozenset[Scope]
    ONCE: bool
    """May stand only once in a document."""
    CHILDREN: Children
    """Elements it may hold and those in them; None when any policy may be inside."""
    TEXT: bool
    """May hold text."""

    def compile(self, settings: Any, site: Site) -> Step: ...


Shelf = dict[str, Policy]
"""Element name → policy."""

Awaiting = Awaitable[Outcome]
EVERYWHERE = frozenset(Section)
ALL_SCOPES = frozenset(Scope)
