"""What a gateway brings to the console: counts, traces, and how it does."""

import asyncio
import logging
from contextlib import suppress

import httpx2
import msgspec

from bramka.app.gateway.parts import FLUSH_SECONDS
from bramka.app.lasting import for_ever
from bramka.domain.traffic.gateway_status import STATUS_SECONDS
from bramka.domain.traffic.quota_counter import CounterReport
from bramka.gateway.gateway import Gateway
from bramka.gateway.ledger_news import LedgerNews
from bramka.gateway.status import status_of

log = logging.getLogger(__name__)


class Deliveries:
    """The gateway's line to the console, outwards."""

    def __init__(
        self,
        gateway: Gateway,
        name: str,
        console: httpx2.AsyncClient,
        quotas: LedgerNews | None = None,
    ) -> None:
        """`quotas` for one of the processes that share a file of them."""
        self._gateway = gateway
        self._name = name
        self._console = console
        self._quotas = quotas
        self._refused = False
        """Console takes nothing of ours, and that was said."""

    async def go_on(self) -> None:
        """Deliver for ever; what fails is no matter to the others."""
        await asyncio.gather(
            for_ever(self.deliver_counts, FLUSH_SECONDS),
            for_ever(self.deliver_traces, FLUSH_SECONDS),
            for_ever(self.tell_status, STATUS_SECONDS),
            for_ever(self.tell_quotas, FLUSH_SECONDS),
        )

    async def finish(self) -> None:
        """Deliver what is left, before the process ends."""
        try:
            await self.deliver_counts()
        finally:
            await self.deliver_traces()
            await self.tell_quotas()

    async def deliver_counts(self) -> None:
        try:
            await self._gateway.journal.deliver(self._send_counts)
        except Exception:
            self._gateway.journal.spool()
            raise

    async def _send_counts(self, batch: bytes) -> bool:
        try:
            answer = await self._console.post("/gateway/usage", content=batch)
        except (httpx2.HTTPError, OSError):
            return False
        waits = answer.status_code in (401, 403, 408, 429)
        if answer.is_client_error and not (waits and self._refused):
            # Where sending it again would not help, saying so is all that is left.
            log.error("console refuses a batch of counts: %s", answer.text[:200])
        self._refused = waits
        return answer.is_success or (answer.is_client_error and not waits)

    async def deliver_traces(self) -> None:
        """Bring the traces; those that console does not take now wait in memory."""
        traces = self._gateway.engine.traces
        for batch in traces.batches():
            taken = False
            content = msgspec.json.encode(batch)
            try:
                answer = await self._console.post("/gateway/traces", content=content)
                # Sending what cannot be read again would not help.
                taken = answer.is_success or answer.status_code in (400, 413)
            except (httpx2.HTTPError, OSError):
                pass
            finally:
                if not taken:
                    traces.put_back(batch)
            if not taken:
                return

    async def tell_status(self) -> None:
        """Tell how this process does; console away is no matter."""
        status = status_of(self._gateway, self._name)
        with suppress(httpx2.HTTPError, OSError):
            await self._console.post(
                "/gateway/status", content=msgspec.json.encode(status)
            )

    async def tell_quotas(self) -> None:
        """Tell what changed in the file of quotas; what is not taken is told again."""
        plan = self._gateway.engine.plan
        if self._quotas is None or plan is None:
            return
        settings = plan.configuration.quota_settings
        news = await asyncio.to_thread(self._quotas.look, settings)
        if not news:
            return
        report = CounterReport(counts=tuple(count for _, _, count in news))
        with suppress(httpx2.HTTPError, OSError):
            answer = await self._console.post(
                "/gateway/quotas", content=msgspec.json.encode(report)
            )
            if answer.is_success:
                self._quotas.told(news)
