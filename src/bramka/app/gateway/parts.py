"""What a gateway is put together from, as the settings say."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bramka import policies
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.settings import Settings
from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import Invalid
from bramka.domain.traffic.apart import Apart
from bramka.domain.traffic.authorization_context import Lend
from bramka.domain.traffic.cache import Caches, RemoteCache
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.shared_cache import redis_url
from bramka.expressions import Surroundings
from bramka.expressions.freezing import freeze, thaw
from bramka.expressions.sources import expression_compiler
from bramka.gateway.allowances import LocalAllowances
from bramka.gateway.allowances_remote import RemoteAllowances
from bramka.gateway.allowances_share import Share
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.dial import real_dial
from bramka.gateway.gateway import Gateway
from bramka.gateway.ledger import Ledger
from bramka.gateway.limits import Allowances
from bramka.gateway.memory_cache import MemoryCache
from bramka.gateway.request_log import RequestLog
from bramka.gateway.rings import Rings
from bramka.gateway.workshop import in_a_thread
from bramka.reports.places import place_finder
from bramka.wire.connection import Limits

LEDGER = "quotas.ledger"
FLUSH_SECONDS = 0.5
"""How often counts go to console."""


def gateway_of(
    settings: Settings,
    name: str,
    number: int,
    limits: RemoteAllowances | None,
    *,
    holds_schemes: bool,
    lend: Lend | None = None,
    apart: Apart = in_a_thread,
) -> Gateway:
    """The gateway of this process, `number` of several; `limits` may be elsewhere."""
    clock, chance = SystemClock(), SystemChance()
    around = Surroundings(clock, chance)
    folder = settings.data / "gateway"
    return Gateway(
        name=name,
        folder=own_folder(folder, number),
        allowances=_allowances(folder, number),
        store=limits,
        shelf=policies.shelf(),
        expressions=expression_compiler(around),
        served=around.settle,
        requests=_requests(settings),
        places=_places(settings),
        trace_location=f"{settings.console_url}/gateway/traces/",
        dial=real_dial(guard=not settings.gateway_reaches_metadata),
        clock=clock,
        chance=chance,
        identity=_identity(settings),
        lend=lend,
        apart=apart,
        caches=_caches(settings, clock),
        limits=Limits(
            body_bytes=settings.gateway_body_mib << 20,
            head_seconds=settings.gateway_head_seconds,
            body_seconds=settings.gateway_body_seconds,
            idle_seconds=settings.gateway_idle_seconds,
            write_seconds=settings.gateway_write_seconds,
            connect_seconds=settings.gateway_connect_seconds,
            backend_idle_seconds=settings.gateway_backend_idle_seconds,
            half_closed_seconds=settings.gateway_half_closed_seconds,
            tunnels=settings.gateway_tunnels,
            tunnel_idle_seconds=settings.gateway_tunnel_seconds,
        ),
        hosts=settings.gateway_hosts.replace(",", " ").split(),
        holds_schemes=holds_schemes,
    )


def limits_of(
    settings: Settings, name: str, number: int, clock: Clock, chance: Chance
) -> RemoteAllowances | None:
    """Limits counted in the store that the settings name, if they name one."""
    if not settings.limits_url:
        return None
    # The extra `redis` is needed only where such a store is used.
    try:
        from bramka.gateway.limit_store import LimitStore  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        message = (
            f"limits_url is set, but the package '{missing.name}' is not there; "
            "install bramka[redis]"
        )
        raise Invalid(message, target="limits_url") from missing

    folder = settings.data / "gateway"
    share = Share(own_folder(folder, number) / "limits")
    if number < 2:
        for other in _left_behind(folder, settings.gateway_processes):
            share.adopt(other / "limits")
    return RemoteAllowances(
        LimitStore(settings.limits_url),
        name=f"{name}-{chance.hex(4)}",
        share=share,
        clock=clock,
        chance=chance,
        refuses_when_away=settings.limits_when_away == "refuse",
    )


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
    ledger = Ledger(folder / LEDGER)
    if not number:
        return LocalAllowances(ledger)
    return SharedAllowances(Rings(folder / "windows.rings"), ledger)


def own_folder(folder: Path, number: int) -> Path:
    """Where a process keeps what it does not share."""
    return folder if number < 2 else folder / f"process-{number}"


def adopt_spools(folder: Path, processes: int) -> None:
    """Take over undelivered counts of processes that there are no more."""
    target = folder / "spool"
    target.mkdir(parents=True, exist_ok=True)
    for other in _left_behind(folder, processes):
        for batch in sorted((other / "spool").glob("*.json")):
            taken = [int(path.stem) for path in target.glob("*.json")]
            batch.rename(target / f"{1 + max(taken, default=0):012}.json")


def _left_behind(folder: Path, processes: int) -> Iterator[Path]:
    """What processes kept that there are no more."""
    for other in sorted(folder.glob("process-*")):
        if int(other.name.rpartition("-")[2]) > processes:
            yield other
