"""Remove a value from the cache.

    <cache-remove-value key="@("rates-" + context.User.Id)" />

A cache that is away only fails the call with `fail-on-cache-removal-error`.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.errors import Unavailable
from bramka.domain.traffic.cache import CachingType
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._caching import (
    CachingKind,
    done_without,
    is_without,
    remote,
    value_key,
)
from bramka.policies._refusals import flag_source, needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<cache-remove-value>`."""

    key: Annotated[Source, Meta(description="What the value was kept under.")]
    caching_type: CachingKind = CachingType.PREFER_EXTERNAL
    fail_on_cache_removal_error: Annotated[
        Source | None, Meta(description="Fail the call when the cache is away.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    caches, kind, key_of = site.caches, settings.caching_type, value_key(settings.key)
    fails = settings.fail_on_cache_removal_error or Source.of("false")
    flag_source(site, "fail-on-cache-removal-error", fails)
    far, nothing = remote(caches, kind), is_without(caches, kind)
    read = needs(settings.key, fails)

    if far is None:

        def remove(exchange: Exchange) -> None:
            if not nothing:
                caches.internal.remove(key_of(exchange))
            elif fails.flag(exchange):
                raise _failure("there is no external cache")

        return Step(remove, **read)
    elsewhere = far

    async def send(exchange: Exchange) -> None:
        work = elsewhere.remove(key_of(exchange))
        if not fails.flag(exchange):
            await done_without(work, exchange)
            return
        try:
            await work
        except Unavailable as error:
            raise _failure(error.message) from error

    return Step(send, waits=True, **read)


def _failure(why: str) -> StepFailure:
    message = f"The value was not removed from the cache: {why}."
    return StepFailure("", "CacheRemovalFailure", message)
