"""What a policy is, and what it may know while it is compiled.

A policy is one file with `Settings` (its attributes) and `compile(settings, site)`,
which gives a `Step`.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, TypeVar

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.apart import Apart
from bramka.domain.traffic.authorization_context import TokenLender
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.demand import Demands
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Exchange, RawHeaders, Response
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.policy_text import Element, Place, Value
from bramka.domain.traffic.step import (
    Limit,
    Row,
    Step,
)

T = TypeVar("T")


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
        return printed(self.evaluate(exchange))

    def flag(self, exchange: Exchange) -> bool:
        """The value as a boolean."""
        value: object = self.evaluate(exchange)
        if isinstance(value, bool):
            return value
        return str(value).strip().lower() == "true"

    def number(self, exchange: Exchange) -> int:
        """The value as a whole number; ValueError when it is none."""
        return int(self.evaluate(exchange))


def printed(value: object) -> str:
    """A value as C# would print it; nothing for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "True" if value else "False"
    return str(value)


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
    apart: Apart
    """Does work on large bodies; other calls do not wait for it."""
    append: Callable[[str, bytes], None]
    """Adds a line to the log file of that name."""
    identity: Identity | None
    """The gateway's own account at an OAuth server, if it has one."""
    connections: TokenLender | None
    """Where tokens of the credential manager come from, if there is a console."""

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

EVERYWHERE = frozenset(Section)
ALL_SCOPES = frozenset(Scope)
