"""What compiling policy documents needs besides their text."""

import asyncio
import difflib
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import msgspec

from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import Invalid, Unavailable
from bramka.domain.traffic import named_value, policy_text
from bramka.domain.traffic.apart import Apart
from bramka.domain.traffic.authorization_context import TokenLender
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.exchange import Response
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.policy_text import Expression, Place
from bramka.domain.traffic.shared_cache import SharedCache
from bramka.domain.traffic.site import Fetch, Outgoing, Shelf, Source
from bramka.gateway.limits import Allowances, Store
from bramka.gateway.memory_cache import MemoryCache
from bramka.gateway.state import State

log = logging.getLogger(__name__)

T = TypeVar("T")

OWN_CACHE = "own"
"""Key in the table of caches: the one this gateway uses."""
CompileExpression = Callable[[Expression], Source]
"""Compiles one expression; raises Invalid with line and column."""


async def nowhere(outgoing: Outgoing) -> Response:
    """The Fetch of a workshop whose documents are compiled but never run."""
    raise Unavailable(f"nothing is fetched here: {outgoing.method} request")


def forgo(work: Coroutine[Any, Any, None]) -> None:
    """The spawn of a workshop whose documents are compiled but never run."""
    work.close()


def keep_nothing(name: str, line: bytes) -> None:
    """The append of a workshop whose documents are compiled but never run."""
    raise Unavailable(f"nothing is written here: {len(line)} bytes for '{name}'")


async def in_a_thread(work: Callable[..., T], *given: object) -> T:
    """The Apart of a workshop that has no processes for it."""
    return await asyncio.to_thread(work, *given)


class Workshop:
    """What compiling needs besides the text."""

    def __init__(  # noqa: PLR0913 these are the parts app/ hands over
        self,
        *,
        shelf: Shelf,
        expressions: CompileExpression,
        state: State,
        clock: Clock,
        chance: Chance,
        allowances: Allowances,
        store: Store | None = None,
        fetch: Fetch = nowhere,
        spawn: Callable[[Coroutine[Any, Any, None]], object] = forgo,
        append: Callable[[str, bytes], None] = keep_nothing,
        apart: Apart = in_a_thread,
        identity: Identity | None = None,
        connections: TokenLender | None = None,
        caches: Caches | None = None,
    ) -> None:
        self.shelf = shelf
        self.expressions = expressions
        self.state = state
        self.clock = clock
        self.chance = chance
        self.allowances = allowances
        self.store = store
        """Where limits are counted instead, when many nodes share them."""
        self.fetch = fetch
        self.spawn = spawn
        self.append = append
        self.apart = apart
        self.identity = identity
        self.connections = connections
        self.caches = caches or Caches(
            MemoryCache(clock), None, msgspec.msgpack.encode, msgspec.msgpack.decode
        )

    def caches_with(self, cache: SharedCache | None) -> Caches:
        """The caches, the external one being `cache` if there is one."""
        if cache is None:
            return self.caches
        try:
            return self.caches.with_external(cache.connection_string)
        except Invalid as error:
            # Nobody waits for a cache; calls do without.
            log.error("the cache '%s' is not used: %s", cache.id, error.message)
            return self.caches


class Nouns:
    """Lookups into the configuration that policies make while they are compiled."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        values: Mapping[str, str] | None = None,
    ) -> None:
        self._tables = tables
        self.values = values or {}
        """Named values by the name that documents use."""

    def holding(self, values: Mapping[str, str]) -> "Nouns":
        """The same with these named values."""
        return Nouns(self._tables, values)

    def knows(self, table: str, key: str) -> bool:
        return key in self._tables.get(table, {})

    def lookup(self, table: str, key: str) -> Any:
        return self._tables.get(table, {}).get(key)

    def table(self, table: str) -> Mapping[str, Any]:
        return self._tables.get(table, {})


def expanded(text: str, values: Mapping[str, str], *, escaped: bool = False) -> str:
    """A document with its named values; Invalid where one is not known."""
    try:
        return named_value.expand(text, values, escaped=escaped)
    except KeyError as missing:
        name = str(missing.args[0])
        before = text[: text.index(name)]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        near = difflib.get_close_matches(name, values, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        policy_text.refuse(f"there is no named value '{name}'{hint}", place)
