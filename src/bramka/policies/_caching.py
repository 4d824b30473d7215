"""What the policies of the cache have in common: finding, keeping, doing without."""

import logging
from collections.abc import Awaitable, Callable
from typing import Annotated

from msgspec import Meta

from bramka.domain.errors import Unavailable
from bramka.domain.traffic.cache import Caches, CachingType, RemoteCache
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import Source
from bramka.domain.traffic.step import Outcome, Run

log = logging.getLogger(__name__)

CachingKind = Annotated[
    CachingType,
    Meta(description="internal, external, or external if the gateway has one."),
]
LONGEST_DURATION = 2**31 - 1


def remote(caches: Caches, kind: CachingType) -> RemoteCache | None:
    """The external cache, where it is meant and there is one."""
    return None if kind is CachingType.INTERNAL else caches.external


def is_without(caches: Caches, kind: CachingType) -> bool:
    """Whether only an external cache is meant, and there is none."""
    return kind is CachingType.EXTERNAL and caches.external is None


Found = Callable[[Exchange, bytes | None], Outcome]


def looking_up(
    caches: Caches,
    kind: CachingType,
    key_of: Callable[[Exchange], str],
    found: Found,
) -> tuple[Run, bool]:
    """Looks a key up and hands over what was found; and whether that waits."""
    far = remote(caches, kind)
    if far is None:
        near = caches.internal
        nothing = is_without(caches, kind)

        def look(exchange: Exchange) -> Outcome:
            return found(exchange, None if nothing else near.get(key_of(exchange)))

        return look, False

    async def ask(exchange: Exchange) -> Outcome:
        try:
            content = await far.get(key_of(exchange))
        except Unavailable as error:
            _warn(error, exchange)
            content = None
        return found(exchange, content)

    return ask, True


async def done_without(work: Awaitable[None], exchange: Exchange) -> None:
    """Do `work`; a cache that is away is only noted."""
    try:
        await work
    except Unavailable as error:
        _warn(error, exchange)


def _warn(error: Unavailable, exchange: Exchange) -> None:
    log.warning(
        "call %s: %s",
        exchange.request_id,
        error.message,
        extra={"sparing": error.message},
    )


def value_key(source: Source) -> Callable[[Exchange], str]:
    """The key of a value; values and responses do not meet."""
    return lambda exchange: f"value\n{source.text(exchange)}"
