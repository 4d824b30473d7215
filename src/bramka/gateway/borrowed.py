"""Tokens of connections that console lent: kept in memory, asked for anew in time.

No call waits while a token is good: it is asked for again besides the calls. What
console refuses is let go of at once; while console is away the last good one serves on.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError, Unavailable
from bramka.domain.traffic.authorization_context import (
    AuthorizationContext,
    Lend,
    WantedToken,
)

ASK_AGAIN = 60.0
"""Seconds after which console is asked whether it is still so."""
FAILURE_PAUSE = 5.0
"""Seconds for which console is not asked again after it gave none."""
MOST_KEPT = 1_000


@dataclass(slots=True)
class _Entry:
    """What is known of one connection for one asker."""

    context: AuthorizationContext | None = None
    ends: float = float("-inf")
    asked: float = float("-inf")
    problem: BramkaError | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Borrowed:
    """The tokens of one gateway process."""

    def __init__(
        self,
        lend: Lend,
        clock: Clock,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._lend, self._monotonic, self._spawn = lend, clock.monotonic, spawn
        self._entries: dict[WantedToken, _Entry] = {}

    def __repr__(self) -> str:
        return f"<Borrowed: {len(self._entries)} tokens>"

    async def find(self, wanted: WantedToken) -> AuthorizationContext:
        entry = self._entries.get(wanted)
        if entry is None:
            if len(self._entries) >= MOST_KEPT:
                self._entries.clear()
            entry = self._entries[wanted] = _Entry()
        if entry.context is not None and self._monotonic() < entry.ends:
            if self._is_due(entry) and not entry.asking.locked():
                self._spawn(self._ask(wanted, entry))
            return entry.context
        await self._ask(wanted, entry)
        if entry.context is not None and self._monotonic() <= entry.ends:
            return entry.context
        raise entry.problem or Unavailable("The token had ended when it came.")

    def _is_due(self, entry: _Entry) -> bool:
        pause = ASK_AGAIN if entry.problem is None else FAILURE_PAUSE
        return self._monotonic() - entry.asked >= pause

    async def _ask(self, wanted: WantedToken, entry: _Entry) -> None:
        """Ask console, unless somebody did while this one waited for its turn."""
        async with entry.asking:
            good = entry.context is not None and self._monotonic() < entry.ends
            if (good or entry.problem is not None) and not self._is_due(entry):
                return
            try:
                lent = await self._lend(wanted)
            except BramkaError as error:
                entry.problem = error
                if not isinstance(error, Unavailable):
                    entry.context = None
            else:
                entry.problem = None
                entry.context = AuthorizationContext(lent.access_token, lent.claims)
                entry.ends = self._monotonic() + lent.seconds
            finally:
                entry.asked = self._monotonic()
