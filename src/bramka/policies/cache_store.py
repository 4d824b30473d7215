"""Keep the answer in the cache, where `cache-lookup` did not find one.

    <cache-store duration="3600" />

Only answers of status 200 are kept, unless `cache-response` says so of others. Not kept
are answers that set cookies, that vary by everything or by a Cookie or Authorization
that `cache-lookup` does not name, that are for a range or a condition of their caller
(206, 304, 412, 416), that are longer than 2 MiB, or that broke off. The body is kept as
it passes, so streaming goes on undisturbed.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.cache import MOST_IN_ONE, CachePlace
from bramka.domain.traffic.exchange import Exchange, FailedAt, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._answers import KeptAnswer, kept, written
from bramka.policies._caching import (
    LONGEST_DURATION,
    done_without,
    is_without,
    remote,
)
from bramka.policies._refusals import Number, flag_source, needs

SECTIONS = frozenset({Section.OUTBOUND})
SCOPES = ALL_SCOPES
ONCE = True
OF_ONE_CALLER = frozenset((206, 304, 412, 416))
"""Answers to a range or a condition, which the key of the cache knows nothing of."""
PRIVATE = frozenset((b"*", b"cookie", b"authorization"))
"""What no answer that others get may vary by."""


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<cache-store>`."""

    duration: Annotated[
        Source, Meta(description="How long to keep the answer, in seconds.")
    ]
    cache_response: Annotated[
        Source | None, Meta(description="Keep answers other than 200, too: false.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    duration = Number(site, "duration", settings.duration, 1, LONGEST_DURATION)
    always = settings.cache_response or Source.of("false")
    flag_source(site, "cache-response", always)

    def run(exchange: Exchange) -> None:
        place, response = exchange.cache_place, exchange.response
        if place is None or response is None or not _may_be_kept(response, place):
            return
        if response.status != 200 and not always.flag(exchange):
            return
        seconds = duration.of(exchange)
        # Fields as they are now: what later policies change is not kept.
        answer = kept(response, site.clock.now(), seconds)
        response.headers.set(b"Cache-Control", place.cache_control(seconds))
        if response.body.content is not None:
            answer.body = response.body.content
            _keep(site, exchange, place, answer)
        else:
            _keep_in_passing(site, exchange, place, answer)

    return Step(run, **needs(settings.duration, always))


def _may_be_kept(response: Response, place: CachePlace) -> bool:
    """Whether the answer is as good for others as for the caller who asked."""
    headers = response.headers
    if b"set-cookie" in headers or response.status in OF_ONE_CALLER:
        return False
    varies = b",".join(headers.values(b"vary")).lower().split(b",")
    return not PRIVATE.intersection(map(bytes.strip, varies)) - place.by


def _keep_in_passing(
    site: Site, exchange: Exchange, place: CachePlace, answer: KeptAnswer
) -> None:
    """Keep the answer once all of its body has passed to the caller."""
    pieces: list[bytes] = []
    size = 0
    response = exchange.response

    def tap(data: bytes) -> None:
        nonlocal size
        size += len(data)
        if size <= MOST_IN_ONE:
            pieces.append(data)

    def keep(done: Exchange) -> None:
        now = done.response
        same = now is not None and now is response and not now.body.replaced
        if same and size <= MOST_IN_ONE and done.failed_at == FailedAt.NOWHERE:
            answer.body = b"".join(pieces)
            _keep(site, done, place, answer)

    exchange.watch(tap)
    exchange.after(keep)


def _keep(
    site: Site, exchange: Exchange, place: CachePlace, answer: KeptAnswer
) -> None:
    caches = site.caches
    far = remote(caches, place.kind)
    content, seconds = written(answer), answer.ends - answer.kept
    if far is not None:
        work = far.put(place.key, content, seconds)
        site.spawn(done_without(work, exchange))
    elif not is_without(caches, place.kind):
        caches.internal.put(place.key, content, seconds)
