"""Look a value up in the cache, and put it into a variable.

    <cache-lookup-value key="@("rates-" + context.User.Id)" variable-name="rates"
        default-value="none" />

What `cache-store-value` kept comes back as a copy. When nothing is kept, the variable
gets the default value; without one it is not set.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.cache import CachingType
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._caching import CachingKind, looking_up, value_key
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<cache-lookup-value>`."""

    key: Annotated[Source, Meta(description="What the value was kept under.")]
    variable_name: Annotated[str, Meta(description="Variable that gets the value.")]
    default_value: Annotated[
        Source | None, Meta(description="What the variable gets when none is kept.")
    ] = None
    caching_type: CachingKind = CachingType.PREFER_EXTERNAL


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    caches, name, default = site.caches, settings.variable_name, settings.default_value

    def found(exchange: Exchange, content: bytes | None) -> None:
        if content is not None:
            exchange.variables[name] = caches.thaw(content)
        elif default is not None:
            exchange.variables[name] = default.evaluate(exchange)

    key_of = value_key(settings.key)
    run, waits = looking_up(caches, settings.caching_type, key_of, found)
    return Step(run, waits=waits, **needs(settings.key, default))
