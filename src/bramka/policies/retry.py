"""Run policies again while a condition holds, with pauses in between.

    <retry condition="@(context.Response.StatusCode == 503)" count="3" interval="1">
      <forward-request />
    </retry>

The policies inside run once, and then up to `count` times more. With `interval` alone
the pauses are equal; with `delta` they grow by it each time; with `max-interval` as
well they grow exponentially up to it, drawn a little longer or shorter by chance. The
body of the request is kept to be sent again. A backend that cannot be reached counts
as an answer with `context.Response` null; a condition that cannot be evaluated then
ends the tries.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Outcome, Step, StepFailure
from bramka.policies._inside import go_through
from bramka.policies._refusals import Number, flag_source, needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN = None
MOST_TRIES = 50
LONGEST_PAUSE = 24 * 3600


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<retry>`."""

    condition: Annotated[Source, Meta(description="Whether to run them again.")]
    count: Annotated[Source, Meta(description="Most times to run again, 1 to 50.")]
    interval: Annotated[Source, Meta(description="Seconds of the first pause.")]
    max_interval: Annotated[
        Source | None, Meta(description="Longest pause in seconds.")
    ] = None
    delta: Annotated[
        Source | None, Meta(description="Seconds by which pauses grow.")
    ] = None
    first_fast_retry: Annotated[
        Source | None, Meta(description="Make the first pause nothing: false.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    row = site.row(site.element.children)
    count = Number(site, "count", settings.count, 1, MOST_TRIES)
    pauses = Pauses(settings, site)
    flag_source(site, "condition", settings.condition)
    holds = _condition(settings.condition, in_backend=site.section is Section.BACKEND)

    async def run(exchange: Exchange) -> Outcome:
        outcome = await go_through(row, exchange)
        most = count.of(exchange)
        for number in range(1, most + 1):
            failed = outcome is not None and outcome.error is not None
            if (outcome is not None and not failed) or not holds(exchange, outcome):
                break
            await asyncio.sleep(pauses.before(number, exchange))
            if failed:
                exchange.last_error = None
            outcome = await go_through(row, exchange)
        return outcome

    read = needs(*(getattr(settings, name) for name in settings.__struct_fields__))
    return Step(
        run,
        waits=True,
        reads_request_body=True,
        reads_response_body=row.reads_response_body or read["reads_response_body"],
    )


Holds = Callable[[Exchange, Outcome], bool]


def _condition(condition: Source, *, in_backend: bool) -> Holds:
    def holds(exchange: Exchange, outcome: Outcome) -> bool:
        """Whether to try again; after a failure the answer before is not looked at."""
        if outcome is None or outcome.error is None:
            return condition.flag(exchange)
        exchange.last_error = outcome.error
        if in_backend:
            exchange.response = None
        try:
            return condition.flag(exchange)
        except StepFailure:
            return False

    return holds


class Pauses:
    """How long to wait before each try."""

    def __init__(self, settings: Settings, site: Site) -> None:
        def seconds(name: str, source: Source | None) -> Number | None:
            if source is None:
                return None
            return Number(site, name, source, 0, LONGEST_PAUSE)

        interval = seconds("interval", settings.interval)
        assert interval is not None, "interval is required"
        self._interval = interval
        self._delta = seconds("delta", settings.delta)
        self._longest = seconds("max-interval", settings.max_interval)
        self._fast = flag_source(
            site, "first-fast-retry", settings.first_fast_retry or Source.of("false")
        )
        self._chance = site.chance

    def before(self, number: int, exchange: Exchange) -> float:
        """Seconds before the try of this number; the first is 1."""
        if number == 1 and self._fast.flag(exchange):
            return 0.0
        pause = float(self._interval.of(exchange))
        if self._delta is None:
            return pause
        delta = self._delta.of(exchange)
        if self._longest is None:
            return pause + (number - 1) * delta
        drawn = delta * (0.8 + 0.4 * self._chance.random())
        grown: float = pause + (2.0**number - 1) * drawn
        return min(grown, self._longest.of(exchange))
