"""The gateway's process: what starts in it, and how it ends.

Its configuration comes from console, or from disk while that is away (following.py);
what it counts goes there, or waits on disk (deliveries.py).
"""

import asyncio
import gc
import logging
import os
import signal
from contextlib import suppress

import httpx2
import uvloop

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.gateway.apart import Processes
from bramka.app.gateway.borrowing import Borrowing
from bramka.app.gateway.deliveries import Deliveries
from bramka.app.gateway.following import WAIT_SECONDS, Following
from bramka.app.gateway.parts import LEDGER, adopt_spools, gateway_of, limits_of
from bramka.app.gateway.tls import certificates_of, renew, watch
from bramka.app.keeping.secrets import open_secrets
from bramka.app.log import set_up_logging
from bramka.app.ready import tell
from bramka.app.settings import Settings
from bramka.app.supervisor.child import NUMBER
from bramka.gateway import direct
from bramka.gateway.descriptors import open_as_many_as_allowed
from bramka.gateway.gateway import Gateway
from bramka.gateway.ledger_news import LedgerNews
from bramka.gateway.metrics import metrics_server
from bramka.wire.tls import Certificates

log = logging.getLogger(__name__)

FIRST_ANSWER_SECONDS = 2.0
"""So long console may take before what is on disk has to do."""


def run(settings: Settings) -> None:
    """Serve until told to end."""
    set_up_logging("gateway", settings.log_level)
    open_as_many_as_allowed()
    token = settings.gateway_token or open_secrets(settings.data).gateway_token
    uvloop.run(_Process(settings, token, number_of_this()).serve())


def number_of_this() -> int:
    """Which of several gateway processes this is, from 1; 0 when it is alone."""
    return int(os.environ.get(NUMBER) or 0)


class _Process:
    """One gateway process."""

    def __init__(self, settings: Settings, token: str, number: int) -> None:
        self.settings = settings
        self.number = number
        self.folder = settings.data / "gateway"
        self.name = f"managed-{os.getpid()}"
        self.headers = {"Authorization": f"Bearer {token}"}

    async def serve(self) -> None:
        """Start everything, wait for the end, put everything away."""
        ending = self._ending()
        self.folder.mkdir(parents=True, exist_ok=True)
        certificates = certificates_of(self.settings)
        if self.number < 2:
            adopt_spools(self.folder, self.settings.gateway_processes)
        limits = limits_of(
            self.settings, self.name, self.number, SystemClock(), SystemChance()
        )
        if limits is not None:
            limits.start()
        is_https = self.settings.gateway_url.startswith("https://")
        lacks_https = certificates is None and not is_https
        apart = Processes()
        borrowing = Borrowing(self.settings.console_url, self.headers)
        gateway = gateway_of(
            self.settings,
            self.name,
            self.number,
            limits,
            # Without any https, an API for https only could not be called at all.
            holds_schemes=not lacks_https,
            lend=borrowing.lend,
            apart=apart,
        )
        following = Following(
            gateway,
            self.folder / "configuration.json",
            writes=self.number < 2,
            lacks_https=lacks_https,
        )
        following.start_from_disk()
        await self._show_metrics(gateway)
        await self._listen(gateway, certificates, lacks_https=lacks_https)
        log.info("calls are served by %s", _kind_of_code())
        _calm_the_collector()
        async with self._console() as console:
            # One tells for all of this machine; where a store counts, it is asked.
            tells = self.number < 2 and limits is None
            quotas = LedgerNews(self.folder / LEDGER) if tells else None
            deliveries = Deliveries(gateway, self.name, console, quotas)
            tasks = [
                asyncio.create_task(following.follow(console)),
                asyncio.create_task(deliveries.go_on()),
                asyncio.create_task(_tell_ready(following)),
                *_renewals(certificates),
            ]
            await ending.wait()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await gateway.stop()
            apart.close()
            await borrowing.close()
            if limits is not None:
                await limits.stop()
            following.write_file()
            await deliveries.finish()

    def _ending(self) -> asyncio.Event:
        """Set when the process is told to end."""
        ending = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ending.set)
        return ending

    def _console(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.settings.console_url,
            headers=self.headers,
            timeout=httpx2.Timeout(10.0, read=WAIT_SECONDS + 10.0),
        )

    async def _listen(
        self, gateway: Gateway, certificates: Certificates | None, *, lacks_https: bool
    ) -> None:
        host, port = self.settings.host, self.settings.gateway_port
        if certificates is None:
            # Where TLS ends in front of us, the plain port serves callers of https.
            scheme = "http" if lacks_https else "https"
            await gateway.listen(host, port, scheme=scheme, reuse_port=self.number > 0)
            return
        await gateway.listen(host, port, reuse_port=self.number > 0)
        port = self.settings.gateway_tls_port
        port = gateway.listen_tls(host, port, certificates, reuse_port=self.number > 0)
        log.info("listening for TLS on port %d with %r", port, certificates)

    async def _show_metrics(self, gateway: Gateway) -> None:
        port = self.settings.gateway_metrics_port
        if port:
            own = port + max(0, self.number - 1)
            server = metrics_server(gateway, self.settings.gateway_metrics_token)
            await server.listen(self.settings.host, own)
            gateway.server.stop_with(server)
            log.info("metrics are at http://%s:%d/metrics", self.settings.host, own)


def _renewals(certificates: Certificates | None) -> list[asyncio.Task[None]]:
    """Read certificates anew when their files change, or SIGHUP asks for it."""
    if certificates is None:
        return []
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, renew, certificates)
    return [asyncio.create_task(watch(certificates))]


async def _tell_ready(following: Following) -> None:
    """Ready with a plan that is also on disk.

    One from disk may be old, so console is asked first.
    """
    with suppress(TimeoutError):
        await asyncio.wait_for(following.has_asked.wait(), FIRST_ANSWER_SECONDS)
    await following.has_plan.wait()
    await asyncio.to_thread(following.write_file)
    tell()


def _kind_of_code() -> str:
    """What serves calls: wheels may hold it compiled, see hatch_compile.py."""
    return "plain Python" if direct.__file__.endswith(".py") else "machine code"


def _calm_the_collector() -> None:
    """Have cycles looked for seldom: calls make none, plans live long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
