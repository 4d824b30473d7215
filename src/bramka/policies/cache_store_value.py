"""Keep a value in the cache.

    <cache-store-value key="@("rates-" + context.User.Id)"
        value="@((string)context.Variables["rates"])" duration="3600" />

Text, numbers, JSON, XML and responses can be kept, up to 2 MiB each. A cache may forget
at any time; a cache that is away keeps nothing, and the call goes on.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.cache import CachingType
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._caching import (
    LONGEST_DURATION,
    CachingKind,
    done_without,
    is_without,
    remote,
    value_key,
)
from bramka.policies._refusals import Number, needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<cache-store-value>`."""

    key: Annotated[Source, Meta(description="What to keep the value under.")]
    value: Annotated[Source, Meta(description="The value to keep.")]
    duration: Annotated[Source, Meta(description="How long to keep it, in seconds.")]
    caching_type: CachingKind = CachingType.PREFER_EXTERNAL


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    caches, kind = site.caches, settings.caching_type
    duration = Number(site, "duration", settings.duration, 1, LONGEST_DURATION)
    key_of, value = value_key(settings.key), settings.value
    far, nothing = remote(caches, kind), is_without(caches, kind)
    read = needs(settings.key, value, settings.duration)
    # A response is kept with its body, which streams past unless somebody asks.
    read["reads_response_body"] |= value.type == "IResponse"

    if far is None:

        def keep(exchange: Exchange) -> None:
            content = caches.freeze(value.evaluate(exchange))
            if not nothing:
                seconds = duration.of(exchange)
                caches.internal.put(key_of(exchange), content, seconds)

        return Step(keep, **read)
    elsewhere = far

    async def send(exchange: Exchange) -> None:
        content = caches.freeze(value.evaluate(exchange))
        work = elsewhere.put(key_of(exchange), content, duration.of(exchange))
        await done_without(work, exchange)

    return Step(send, waits=True, **read)
