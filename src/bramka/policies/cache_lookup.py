"""Answer from the cache, if it holds an answer to the same request.

    <cache-lookup vary-by-developer="false" vary-by-developer-groups="false"
        downstream-caching-type="public" must-revalidate="true">
      <vary-by-header>Accept</vary-by-header>
      <vary-by-query-parameter>version;language</vary-by-query-parameter>
    </cache-lookup>

Only GET is looked up. Requests are the same when operation, path, coding and all that
is named here are; without `<vary-by-query-parameter>` the whole query counts. A call
with Authorization is neither answered nor kept unless `allow-private-response-caching`.
When the cache answers, the backend is not asked, and of outbound only what stands
behind `cache-store` runs. `cache-store` keeps what was not found.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.cache import CachePlace, CachingType
from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._answers import read
from bramka.policies._caching import CachingKind, looking_up
from bramka.policies._refusals import Choice, flag_source, needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
ONCE = True
CHILDREN: Children = {"vary-by-header": {}, "vary-by-query-parameter": {}}
DOWNSTREAM = ("none", "private", "public")


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<cache-lookup>`."""

    vary_by_developer: Annotated[
        Source, Meta(description="Keep answers of each user by themselves.")
    ]
    vary_by_developer_groups: Annotated[
        Source, Meta(description="Keep answers by the groups that users are in.")
    ]
    caching_type: CachingKind = CachingType.PREFER_EXTERNAL
    downstream_caching_type: Annotated[
        Source | None,
        Meta(description="Who else may keep them: none (default), private or public."),
    ] = None
    must_revalidate: Annotated[
        Source | None, Meta(description="Whether they must ask again after it: true.")
    ] = None
    allow_private_response_caching: Annotated[
        Source | None,
        Meta(description="Keep answers to requests with Authorization, too: false."),
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    caches, kind, clock = site.caches, settings.caching_type, site.clock
    downstream = settings.downstream_caching_type or Source.of("none")
    choice = Choice(site, "downstream-caching-type", downstream, DOWNSTREAM)
    revalidate = settings.must_revalidate or Source.of("true")
    private = settings.allow_private_response_caching or Source.of("false")
    by_user, by_groups = settings.vary_by_developer, settings.vary_by_developer_groups
    flag_source(site, "vary-by-developer", by_user)
    flag_source(site, "vary-by-developer-groups", by_groups)
    flag_source(site, "must-revalidate", revalidate)
    flag_source(site, "allow-private-response-caching", private)
    by = frozenset(_fields(site))
    key_of = _key(settings, site, sorted(by))

    def key(exchange: Exchange) -> str:
        assert exchange.cache_place is not None, "only what may be kept is looked up"
        return exchange.cache_place.key

    def found(exchange: Exchange, content: bytes | None) -> Response | None:
        place = exchange.cache_place
        assert place is not None, "only what may be kept is looked up"
        return None if content is None else read(content, place, clock.now())

    look, waits = looking_up(caches, kind, key, found)

    def run(exchange: Exchange) -> object:
        request = exchange.request
        if request.method != "GET":
            return None
        if b"authorization" in request.headers and not private.flag(exchange):
            return None
        exchange.cache_place = CachePlace(
            key_of(exchange), kind, choice.of(exchange), revalidate.flag(exchange), by
        )
        return look(exchange)

    sources = (downstream, revalidate, private, by_user, by_groups)
    return Step(run, waits=waits, **needs(*sources))


def _fields(site: Site) -> Iterator[bytes]:
    """The request's fields that tell one answer from another."""
    # The backend may code its answer for this caller only.
    yield b"accept-encoding"
    for name in _names(site, "vary-by-header"):
        yield name.lower().encode("latin-1", "replace")


def _key(
    settings: Settings, site: Site, fields: Sequence[bytes]
) -> Callable[[Exchange], str]:
    """What tells one answer from another."""
    parameters = frozenset(_names(site, "vary-by-query-parameter"))
    by_user, by_groups = settings.vary_by_developer, settings.vary_by_developer_groups

    def key(exchange: Exchange) -> str:
        request, user = exchange.request, exchange.user
        assert exchange.api is not None, "policies run for calls of an API"
        parts = ["answer", exchange.api.id, request.path]
        parts += _query(exchange, parameters)
        for name in fields:
            parts.append(f"{name!r} {request.headers.joined(name)!r}")
        if by_user.flag(exchange):
            parts.append(f"user {'' if user is None else user.id}")
        if by_groups.flag(exchange):
            groups = [] if user is None else sorted(user.groups)
            parts.append(f"groups {groups}")
        return "\n".join(parts)

    return key


def _query(exchange: Exchange, parameters: frozenset[str]) -> list[str]:
    """The parameters that count, in an order of their own."""
    assert exchange.api is not None, "policies run for calls of an API"
    secret = exchange.api.subscription_key_parameter_names.query
    return sorted(
        f"{name!r}={value!r}"
        for name, value in exchange.request.original_url.pairs()
        if name != secret and (not parameters or name in parameters)
    )


def _names(site: Site, element: str) -> list[str]:
    """The names in all children of that kind."""
    return [
        name
        for child in site.element.children
        if child.name == element
        for name in _split(site, child)
    ]


def _split(site: Site, child: Element) -> list[str]:
    text = child.text.literal
    if text is None:
        site.refuse("does not take expressions", child.place)
    return [name.strip() for name in re.split(r"[;,]", text) if name.strip()]
