"""The gateway's process: configuration from console, usage to console.

The last good configuration lies on disk, so the gateway starts and serves while
console is away; what it counts then is spooled beside it.
"""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx2
import msgspec
import uvloop

from bramka import policies
from bramka.app.child import NUMBER
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.log import set_up_logging
from bramka.app.ready import tell
from bramka.app.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.app.tls import certificates_of, renew, warn_of_open_doors, watch
from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import BramkaError, Invalid
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.cache import Caches, RemoteCache
from bramka.domain.traffic.configuration import (
    Configuration,
    Update,
    apply,
    read_update,
    write_update,
)
from bramka.domain.traffic.gateway_status import STATUS_SECONDS
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.shared_cache import redis_url
from bramka.expressions import Surroundings
from bramka.expressions.freezing import freeze, thaw
from bramka.expressions.sources import expression_compiler
from bramka.gateway.allowances import LocalAllowances
from bramka.gateway.allowances_remote import RemoteAllowances
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.dial import real_dial
from bramka.gateway.gateway import Gateway
from bramka.gateway.ledger import Ledger
from bramka.gateway.limits import Allowances
from bramka.gateway.memory_cache import MemoryCache
from bramka.gateway.metrics import metrics_server
from bramka.gateway.request_log import RequestLog
from bramka.gateway.rings import Rings
from bramka.gateway.status import status_of
from bramka.reports.places import place_finder
from bramka.wire.connection import Limits
from bramka.wire.tls import Certificates

log = logging.getLogger(__name__)

WAIT_SECONDS = 25
"""How long console may hold a question for changes."""
FIRST_ANSWER_SECONDS = 2.0
"""So long console may take before what is on disk has to do."""
RETRY_SECONDS = 1.0
FLUSH_SECONDS = 0.5
SAVE_SECONDS = 2.0


def run(settings: Settings) -> None:
    """Serve until told to end."""
    set_up_logging("gateway", settings.log_level)
    token = settings.gateway_token or open_secrets(settings.data).gateway_token
    uvloop.run(_Process(settings, token, number_of_this()).serve())


def number_of_this() -> int:
    """Which of several gateway processes this is, from 1; 0 when it is alone."""
    return int(os.environ.get(NUMBER) or 0)


class _Process:
    """One gateway process with its line to console."""

    def __init__(self, settings: Settings, token: str, number: int) -> None:
        self.settings = settings
        self.number = number
        self.folder = settings.data / "gateway"
        self.file = self.folder / "configuration.json"
        self.configuration: Configuration | None = None
        self.saved_version = -1
        self.is_deleted = False
        """Whether the configuration is that of a deleted instance."""
        self.ending = asyncio.Event()
        self.has_plan = asyncio.Event()
        self.has_asked = asyncio.Event()
        self.lacks_https = False
        self.limits: RemoteAllowances | None = None
        """Where limits are counted, when it is not on this machine."""
        self.headers = {"Authorization": f"Bearer {token}"}

    async def serve(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ending.set)
        certificates = certificates_of(self.settings)
        is_https = self.settings.gateway_url.startswith("https://")
        self.lacks_https = certificates is None and not is_https
        clock, chance = SystemClock(), SystemChance()
        around = Surroundings(clock, chance)
        name = f"managed-{os.getpid()}"
        if self.settings.limits_url:
            self.limits = _limits(self.settings, name, clock, chance)
            self.limits.start()
        self.gateway = Gateway(
            name=name,
            folder=own_folder(self.folder, self.number),
            allowances=_allowances(self.folder, self.number),
            store=self.limits,
            shelf=policies.shelf(),
            expressions=expression_compiler(around),
            served=around.settle,
            requests=_requests(self.settings),
            places=_places(self.settings),
            trace_location=f"{self.settings.console_url}/gateway/traces/",
            dial=real_dial(),
            clock=clock,
            chance=chance,
            identity=_identity(self.settings),
            caches=_caches(self.settings, clock),
            limits=Limits(
                connect_seconds=self.settings.gateway_connect_seconds,
                backend_idle_seconds=self.settings.gateway_backend_idle_seconds,
                half_closed_seconds=self.settings.gateway_half_closed_seconds,
                tunnels=self.settings.gateway_tunnels,
                tunnel_idle_seconds=self.settings.gateway_tunnel_seconds,
            ),
            hosts=self.settings.gateway_hosts.replace(",", " ").split(),
            # Without any https, an API for https only could not be called at all.
            holds_schemes=not self.lacks_https,
        )
        if self.number < 2:
            adopt_spools(self.folder, self.settings.gateway_processes)
        self._start_from_disk()
        await self._listen(certificates)
        _calm_the_collector()
        async with httpx2.AsyncClient(
            base_url=self.settings.console_url,
            headers=self.headers,
            timeout=httpx2.Timeout(10.0, read=WAIT_SECONDS + 10.0),
        ) as console:
            if certificates is not None:
                loop.add_signal_handler(signal.SIGHUP, renew, certificates)
            tasks = [
                *([asyncio.create_task(watch(certificates))] if certificates else []),
                asyncio.create_task(self._follow(console)),
                asyncio.create_task(self._flush(console)),
                asyncio.create_task(self._tell_status(console, name)),
                asyncio.create_task(self._save()),
                asyncio.create_task(self._tell_ready()),
            ]
            await self.ending.wait()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.gateway.stop()
            if self.limits is not None:
                await self.limits.stop()
            await self._deliver(console)
            await self._deliver_traces(console)
            self._write_file()

    async def _listen(self, certificates: Certificates | None) -> None:
        await self._show_metrics()
        host, port = self.settings.host, self.settings.gateway_port
        if certificates is None:
            # Where TLS ends in front of us, the plain port serves callers of https.
            scheme = "http" if self.lacks_https else "https"
            await self.gateway.listen(
                host, port, scheme=scheme, reuse_port=self.number > 0
            )
            return
        await self.gateway.listen(host, port, reuse_port=self.number > 0)
        port = self.settings.gateway_tls_port
        port = self.gateway.listen_tls(
            host, port, certificates, reuse_port=self.number > 0
        )
        log.info("listening for TLS on port %d with %r", port, certificates)

    async def _show_metrics(self) -> None:
        port = self.settings.gateway_metrics_port
        if port:
            own = port + max(0, self.number - 1)
            server = metrics_server(self.gateway, self.settings.gateway_metrics_token)
            await server.listen(self.settings.host, own)
            self.gateway.server.stop_with(server)
            log.info("metrics are at http://%s:%d/metrics", self.settings.host, own)

    async def _tell_ready(self) -> None:
        """Ready with a plan that is also on disk.

        One from disk may be old, so console is asked first.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self.has_asked.wait(), FIRST_ANSWER_SECONDS)
        await self.has_plan.wait()
        await asyncio.to_thread(self._write_file)
        tell()

    # --- configuration ---

    def _start_from_disk(self) -> None:
        try:
            update = read_update(self.file.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s cannot be used: %s", self.file, error)
            return
        self.configuration = apply(None, update)
        self._say_deleted()
        try:
            self.gateway.take(self.configuration)
        except BramkaError as error:
            self._say_not_served(error)
        else:
            self.has_plan.set()
        if self.configuration is not None:
            self.saved_version = self.configuration.version

    async def _take(self, update: Update) -> None:
        """Serve the update; one that cannot be made ready leaves the old plan."""
        self.configuration = apply(self.configuration, update)
        self._say_deleted()
        if self.lacks_https:
            changed = [change.noun for change in update.changes]
            whole = [] if update.whole is None else update.whole.apis.values()
            warn_of_open_doors(
                noun for noun in (*whole, *changed) if isinstance(noun, Api)
            )
        try:
            await self.gateway.take_in_turns(self.configuration, update)
        except BramkaError as error:
            self._say_not_served(error)
            return
        self.has_plan.set()

    def _say_deleted(self) -> None:
        assert self.configuration is not None, "called with one"
        deleted = self.configuration.instance.deleted
        if deleted and not self.is_deleted:
            log.warning("the instance was deleted: no API is served until it is back")
        elif self.is_deleted and not deleted:
            log.warning("the instance was restored: its APIs are served again")
        self.is_deleted = deleted

    def _say_not_served(self, error: BramkaError) -> None:
        reasons = [detail.message for detail in error.details] or [error.message]
        version = 0 if self.configuration is None else self.configuration.version
        log.error(
            "configuration %d is not served, the one before is: %s",
            version,
            "; ".join(reasons),
        )

    async def _follow(self, console: httpx2.AsyncClient) -> None:
        """Ask console for changes, for ever."""
        away = False
        while True:
            try:
                await self._ask(console)
                if away:
                    log.info("console is back")
                away = False
            except (httpx2.HTTPError, msgspec.MsgspecError, OSError) as error:
                if not away:
                    log.warning("console is away, serving what is here: %s", error)
                away = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _ask(self, console: httpx2.AsyncClient) -> None:
        current = self.configuration
        query = {} if current is None else {"since": str(current.version)}
        query["wait"] = str(WAIT_SECONDS) if self.has_asked.is_set() else "0"
        answer = await console.get("/gateway/configuration", params=query)
        if answer.status_code != 304:
            answer.raise_for_status()
            await self._take(read_update(answer.content))
        self.has_asked.set()

    async def _save(self) -> None:
        """Keep the configuration on disk, some moments after it changed."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            await asyncio.to_thread(self._write_file)

    def _write_file(self) -> None:
        configuration = self.configuration
        if configuration is None or configuration.version == self.saved_version:
            return
        if self.number > 1:
            return  # All read the file, the first writes it.
        content = write_update(
            Update(version=configuration.version, whole=configuration)
        )
        _write_private(self.file, content)
        self.saved_version = configuration.version

    async def _tell_status(self, console: httpx2.AsyncClient, name: str) -> None:
        """Tell how this process does, for ever; console away is no matter."""
        while True:
            status = status_of(self.gateway, name)
            with suppress(httpx2.HTTPError, OSError):
                await console.post(
                    "/gateway/status", content=msgspec.json.encode(status)
                )
            await asyncio.sleep(STATUS_SECONDS)

    # --- usage ---

    async def _flush(self, console: httpx2.AsyncClient) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self._deliver(console)
                await self._deliver_traces(console)
            except Exception:
                # Nobody awaits this task: were it to end, counts would be lost unseen.
                log.exception("counts cannot be delivered; they wait on disk")
                self.gateway.journal.spool()

    async def _deliver(self, console: httpx2.AsyncClient) -> None:
        async def send(batch: bytes) -> bool:
            try:
                answer = await console.post("/gateway/usage", content=batch)
            except (httpx2.HTTPError, OSError):
                return False
            if answer.is_client_error:
                # Sending it again would not help; saying so is all that is left.
                log.error("console refuses a batch of counts: %s", answer.text[:200])
                return answer.status_code not in (401, 403, 408, 429)
            return answer.is_success

        await self.gateway.journal.deliver(send)

    async def _deliver_traces(self, console: httpx2.AsyncClient) -> None:
        """Bring the traces; those that console does not take now wait in memory."""
        traces = self.gateway.engine.traces
        for batch in traces.batches():
            taken = False
            try:
                content = msgspec.json.encode(batch)
                answer = await console.post("/gateway/traces", content=content)
                # Sending what cannot be read again would not help.
                taken = answer.is_success or answer.status_code in (400, 413)
            except (httpx2.HTTPError, OSError):
                pass
            finally:
                if not taken:
                    traces.put_back(batch)
            if not taken:
                return


def _caches(settings: Settings, clock: Clock) -> Caches:
    """The cache in memory, and the one that gateways share if the settings name it."""
    external = _redis_cache(settings.cache_url) if settings.cache_url else None
    return Caches(
        MemoryCache(clock),
        external,
        freeze,
        thaw,
        lambda text: _redis_cache(redis_url(text)),
    )


def _redis_cache(url: str) -> RemoteCache:
    # The extra `redis` is needed only where such a cache is used.
    try:
        from bramka.gateway.redis_cache import RedisCache  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        message = (
            f"an external cache is set, but the package '{missing.name}' is not there; "
            "install bramka[redis]"
        )
        raise Invalid(message, target="cache_url") from missing
    return RedisCache(url)


def _requests(settings: Settings) -> RequestLog | None:
    """Where single calls are noted, if any are wanted."""
    if not settings.requests_a_second or not settings.requests_kept:
        return None
    most = max(1, int(settings.requests_a_second * FLUSH_SECONDS))
    return RequestLog(most, with_addresses=settings.request_addresses)


def _places(settings: Settings) -> Callable[[str], str] | None:
    """Tells where callers are, if there is a table of networks."""
    if not settings.places_file:
        return None
    path = settings.data / settings.places_file
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read: {error}", target="places_file") from None
    return place_finder(lines, str(path))


def _identity(settings: Settings) -> Identity | None:
    """The gateway's own account at an OAuth server, if the settings name one."""
    if not settings.identity_token_endpoint:
        return None
    return Identity(
        token_endpoint=settings.identity_token_endpoint,
        client_id=settings.identity_client_id,
        client_secret=settings.identity_client_secret,
        asks_by=settings.identity_asks_by,
    )


def _allowances(folder: Path, number: int) -> Allowances:
    """Where limits are counted: in this process, or by all of this machine."""
    ledger = Ledger(folder / "quotas.ledger")
    if not number:
        return LocalAllowances(ledger)
    return SharedAllowances(Rings(folder / "windows.rings"), ledger)


def _limits(
    settings: Settings, name: str, clock: Clock, chance: Chance
) -> RemoteAllowances:
    """Limits counted in the store that the settings name."""
    # The extra `redis` is needed only where such a store is used.
    try:
        from bramka.gateway.limit_store import LimitStore  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        message = (
            f"limits_url is set, but the package '{missing.name}' is not there; "
            "install bramka[redis]"
        )
        raise Invalid(message, target="limits_url") from missing

    return RemoteAllowances(
        LimitStore(settings.limits_url),
        name=f"{name}-{chance.hex(4)}",
        clock=clock,
        chance=chance,
        refuses_when_away=settings.limits_when_away == "refuse",
    )


def own_folder(folder: Path, number: int) -> Path:
    """Where a process keeps what it does not share."""
    return folder if number < 2 else folder / f"process-{number}"


def adopt_spools(folder: Path, processes: int) -> None:
    """Take over undelivered counts of processes that there are no more."""
    target = folder / "spool"
    target.mkdir(parents=True, exist_ok=True)
    for other in sorted(folder.glob("process-*")):
        if int(other.name.rpartition("-")[2]) <= processes:
            continue
        for batch in sorted((other / "spool").glob("*.json")):
            taken = [int(path.stem) for path in target.glob("*.json")]
            batch.rename(target / f"{1 + max(taken, default=0):012}.json")


def _calm_the_collector() -> None:
    """Have cycles looked for seldom: calls make none, plans live long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only we may read; a reader sees the old or the new one."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
