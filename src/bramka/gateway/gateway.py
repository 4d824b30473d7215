"""The gateway: listens, and swaps its plan when the configuration changes."""

import asyncio
import logging
import ssl
from functools import partial
from pathlib import Path

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.step import Shelf
from bramka.gateway.allowances import Ledger, LedgerQuotas, LocalWindows
from bramka.gateway.detour import Passage
from bramka.gateway.documents import CompileExpression, Workshop
from bramka.gateway.engine import Engine
from bramka.gateway.fetch import Fetcher
from bramka.gateway.forwarder import Dial
from bramka.gateway.journal import Journal
from bramka.gateway.plan import make_plan
from bramka.gateway.state import State
from bramka.wire.connection import Limits
from bramka.wire.server import Server

log = logging.getLogger(__name__)

HEADS_PER_DRIP = 64
"""Freeing thousands at once would hold up the calls in flight."""


class Gateway:
    """One gateway process."""

    def __init__(  # noqa: PLR0913 these are the parts app/ hands over
        self,
        *,
        name: str,
        folder: Path,
        shelf: Shelf,
        expressions: CompileExpression,
        dial: Dial,
        clock: Clock,
        chance: Chance,
        limits: Limits | None = None,
    ) -> None:
        self.ledger = Ledger(folder / "quotas.ledger")
        self.journal = Journal(name, folder / "spool", chance)
        self.engine = Engine(
            journal=self.journal, dial=dial, clock=clock, chance=chance
        )
        make_call = partial(Passage, self.engine)
        self.server = Server(make_call, clock=clock, limits=limits or Limits())
        self.workshop = Workshop(
            shelf=shelf,
            expressions=expressions,
            state=State(),
            clock=clock,
            chance=chance,
            windows=lambda _place: LocalWindows(),
            quotas=lambda place: LedgerQuotas(self.ledger, place),
            fetch=Fetcher(self.engine),
            spawn=self.server.spawn,
        )
        self._timer: asyncio.TimerHandle | None = None

    def take(self, configuration: Configuration) -> None:
        """Serve `configuration` from now on; calls in flight end on the old one.

        Raises Invalid when it cannot be made ready; the old one goes on serving.
        """
        plan = make_plan(configuration, self.workshop)
        self.engine.plan = plan
        self._forget_heads()
        log.info("serving %r", plan)

    def _forget_heads(self) -> None:
        """Let go of what was remembered under the old plan, a little at a time."""
        old, self.server.heads = self.server.heads, {}

        def drip() -> None:
            for _ in range(min(HEADS_PER_DRIP, len(old))):
                old.popitem()
            if old:
                loop.call_later(0.001, drip)

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # Before the loop runs, nothing was remembered.
        drip()

    async def listen(
        self,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        reuse_port: bool = False,
    ) -> int:
        """Listen; gives the port."""
        if self._timer is None:
            self._tick()
        return await self.server.listen(host, port, tls=tls, reuse_port=reuse_port)

    def _tick(self) -> None:
        self.engine.tick()
        self._timer = asyncio.get_running_loop().call_later(1.0, self._tick)

    async def stop(self, grace: float = 5.0) -> None:
        """Let calls in flight end, then close; what was counted stays."""
        await self.server.stop(grace)
        if self._timer is not None:
            self._timer.cancel()
        self.engine.close()
        self.journal.spool()
        self.ledger.flush()
        self.ledger.close()

    def __repr__(self) -> str:
        return f"<Gateway: {self.engine!r}>"
