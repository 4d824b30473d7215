"""The gateway: listens, and swaps its plan when the configuration changes."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import Invalid
from bramka.domain.traffic.apart import Apart
from bramka.domain.traffic.authorization_context import Lend
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.configuration import Configuration, Update
from bramka.domain.traffic.diagnostic import measured
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.site import Shelf
from bramka.gateway.allowances import LocalAllowances
from bramka.gateway.beforehand import compile_beforehand, long_texts
from bramka.gateway.borrowed import Borrowed
from bramka.gateway.console_line import ConsoleLine
from bramka.gateway.descriptors import Descriptors
from bramka.gateway.detour import Passage
from bramka.gateway.engine import Engine
from bramka.gateway.fetch import Fetcher
from bramka.gateway.hosts import HostRule
from bramka.gateway.journal import Journal
from bramka.gateway.ledger import Ledger
from bramka.gateway.limits import Allowances, Store
from bramka.gateway.log_files import LogFiles
from bramka.gateway.making import PlanMaker, finish
from bramka.gateway.plan import Plan
from bramka.gateway.pool import Dial
from bramka.gateway.request_log import RequestLog
from bramka.gateway.state import State
from bramka.gateway.trusted import known
from bramka.gateway.workshop import CompileExpression, Workshop, in_a_thread
from bramka.wire.connection import Limits
from bramka.wire.doorway import Doorway
from bramka.wire.plain_heads import RequestHead
from bramka.wire.server import Server
from bramka.wire.tls import Certificates

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.0003
"""How long a plan is made before calls get their turn."""
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
        hosts: Sequence[str] = (),
        holds_schemes: bool = False,
        identity: Identity | None = None,
        lend: Lend | None = None,
        apart: Apart = in_a_thread,
        caches: Caches | None = None,
        allowances: Allowances | None = None,
        store: Store | None = None,
        served: Callable[[Configuration], None] = lambda _: None,
        trace_location: str = "",
        requests: RequestLog | None = None,
        places: Callable[[str], str] | None = None,
    ) -> None:
        self.allowances = allowances or LocalAllowances(
            Ledger(folder / "quotas.ledger")
        )
        self.journal = Journal(name, folder / "spool", chance, requests)
        self.engine = Engine(
            journal=self.journal, dial=dial, clock=clock, chance=chance
        )
        self.engine.trace_location = trace_location
        self.engine.places = places
        self._clock = clock
        self._served = served
        """Told of each configuration from the moment it is served."""
        self._limits = limits or Limits()
        self._hosts = tuple(hosts)
        """Names that are served; empty: all."""
        self.server = self._make_server()
        self.secure_servers: list[Server] = []
        """One for each TLS host: what is remembered of a head holds for one only."""
        if self._hosts:
            self.server.refuses_host = HostRule(self._hosts)
        self.log_files = LogFiles(folder / "logs")
        self.workshop = Workshop(
            shelf=shelf,
            expressions=expressions,
            state=State(),
            clock=clock,
            chance=chance,
            allowances=self.allowances,
            store=store,
            fetch=Fetcher(self.engine),
            spawn=self.server.spawn,
            append=self.log_files.append,
            apart=apart,
            identity=identity,
            connections=lend and Borrowed(lend, clock, self.server.spawn),
            caches=caches,
        )
        self.maker = PlanMaker(self.workshop, holds_schemes=holds_schemes)
        self._certificates: Certificates | None = None
        """Those shown to callers over TLS, and what callers may show."""
        self.descriptors = Descriptors()
        self.console = ConsoleLine(clock)
        self._timer: asyncio.TimerHandle | None = None

    def take(self, configuration: Configuration) -> None:
        """Serve `configuration` from now on; calls in flight end on the old one.

        Raises Invalid when it cannot be made ready; the old one goes on serving.
        """
        self._swap(finish(self.maker.make(configuration)))

    async def take_in_turns(self, configuration: Configuration, update: Update) -> None:
        """The same, taking turns with calls; `update` led to `configuration`."""
        if texts := long_texts(update, configuration):
            nouns = configuration.named_values.values()
            values = {one.display_name: one.value for one in nouns}
            compile_one = self.workshop.expressions
            await asyncio.to_thread(compile_beforehand, texts, values, compile_one)
        slices = self.maker.make(configuration, update)
        until = self._clock.monotonic() + SLICE_SECONDS
        while True:
            try:
                next(slices)
            except StopIteration as end:
                self._swap(end.value)
                return
            if self._clock.monotonic() > until:
                await asyncio.sleep(0)
                until = self._clock.monotonic() + SLICE_SECONDS

    def _swap(self, plan: Plan) -> None:
        self._served(plan.configuration)
        known, apis = plan.configuration.diagnostics.values(), plan.configuration.apis
        self.journal.measured = measured(known, apis)
        self.allowances.correct(plan.configuration.quota_settings.values())
        self.engine.plan = plan
        self.engine.reconnects.plan(plan.configuration.backends)
        self._trust(plan)
        self._forget_heads()
        log.info("serving %r", plan)

    def _trust(self, plan: Plan | None) -> None:
        """Have TLS trust callers who show the certificates of the configuration."""
        if self._certificates is None or plan is None:
            return
        try:
            self._certificates.trust(known(plan.configuration))
        except Invalid as error:
            log.error("%s; what was trusted before stays trusted", error.message)

    def _forget_heads(self) -> None:
        """Let go of what was remembered under the old plan, a little at a time."""
        for server in (self.server, *self.secure_servers):
            old, server.heads = server.heads, {}
            self._forget_slowly(old)

    def _forget_slowly(self, old: dict[bytes, RequestHead]) -> None:
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
        scheme: str = "http",
        reuse_port: bool = False,
    ) -> int:
        """Listen; gives the port. `scheme` is what callers use, see `Server`."""
        if self._timer is None:
            self._tick()
        return await self.server.listen(
            host, port, scheme=scheme, reuse_port=reuse_port
        )

    def listen_tls(
        self,
        host: str,
        port: int,
        certificates: Certificates,
        *,
        reuse_port: bool = False,
    ) -> int:
        """Listen with TLS; gives the port. `certificates` may be read anew later."""
        if self._timer is None:
            self._tick()
        listening = socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=self._limits.backlog,
            reuse_port=reuse_port,
        )
        listening.setblocking(False)
        for place, one in enumerate(certificates.hosts):
            server = self._make_server()
            names = (*self._hosts, *one.names) if self._hosts else ()
            server.refuses_host = HostRule(names, certificates, place)
            self.secure_servers.append(server)
        self.server.refuses_host = HostRule(self._hosts, certificates)
        self._certificates = certificates
        self._trust(self.engine.plan)
        self.server.stop_with(Doorway(listening, certificates, self.secure_servers))
        return int(listening.getsockname()[1])

    @property
    def connections(self) -> int:
        """Connections of clients that are open."""
        servers = (self.server, *self.secure_servers)
        return sum(len(server.connections) for server in servers)

    def _make_server(self) -> Server:
        make_call = partial(Passage, self.engine)
        return Server(make_call, clock=self._clock, limits=self._limits)

    def _tick(self) -> None:
        self.engine.tick()
        self.descriptors.look(self.connections)
        self._timer = asyncio.get_running_loop().call_later(1.0, self._tick)

    async def stop(self, grace: float = 5.0) -> None:
        """Let calls in flight end, then close; what was counted stays."""
        servers = (self.server, *self.secure_servers)
        await asyncio.gather(*(server.stop(grace) for server in servers))
        if self._timer is not None:
            self._timer.cancel()
        self.engine.close()
        self.log_files.close()
        self.journal.spool()
        self.allowances.close()

    def __repr__(self) -> str:
        return f"<Gateway: {self.engine!r}>"
