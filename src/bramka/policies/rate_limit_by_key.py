"""Refuse who calls too often, with 429; whoever has the same key is one caller.

    <rate-limit-by-key calls="10" renewal-period="60"
        counter-key="@(context.Request.IpAddress)" />

The window slides and is exact. A key is counted for the whole gateway: policies that
come to the same key with the same period share one counter, and a call that meets
several of them counts once. An increment that is an expression is evaluated when the
answer is known, so that the first call over the limit still passes.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.allowance import LONGEST_WINDOW
from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import ALL_SCOPES, Site, Source, Step
from bramka.policies._limits import Increment, counted_before, tell, too_many
from bramka.policies._refusals import Number, needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
NAME = "rate-limit-by-key"


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<rate-limit-by-key>`."""

    calls: Annotated[
        Source, Meta(description="Calls admitted in any stretch of the period.")
    ]
    renewal_period: Annotated[
        Source, Meta(description="Length of the window in seconds, 1 to 300.")
    ]
    counter_key: Annotated[Source, Meta(description="Who is counted as one caller.")]
    increment_condition: Annotated[
        Source | None, Meta(description="Whether the call counts; true unless told.")
    ] = None
    increment_count: Annotated[
        Source | None, Meta(description="How much the call counts; 1 unless told.")
    ] = None
    retry_after_header_name: Annotated[
        str, Meta(description="Header that tells the seconds to wait.")
    ] = "Retry-After"
    retry_after_variable_name: Annotated[
        str | None, Meta(description="Variable that gets the seconds to wait.")
    ] = None
    remaining_calls_header_name: Annotated[
        str | None, Meta(description="Header that tells how many calls are left.")
    ] = None
    remaining_calls_variable_name: Annotated[
        str | None, Meta(description="Variable that gets how many calls are left.")
    ] = None
    total_calls_header_name: Annotated[
        str | None, Meta(description="Header that tells how many calls are allowed.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    tallies = site.tallies(NAME)
    most = 2**53
    calls = Number(site, "calls", settings.calls, 1, most)
    longest = int(LONGEST_WINDOW)
    periods = Number(site, "renewal-period", settings.renewal_period, 1, longest)
    condition, count = settings.increment_condition, settings.increment_count
    increment = Increment.of(site, condition, count)
    monotonic = site.clock.monotonic
    tells = bool(
        settings.remaining_calls_header_name
        or settings.remaining_calls_variable_name
        or settings.total_calls_header_name
    )

    def run(exchange: Exchange) -> Response | None:
        limit, period = calls.of(exchange), periods.of(exchange)
        key = f"{period}\n{settings.counter_key.text(exchange)}"
        now = exchange.started
        if counted_before(exchange, f"{NAME}\n{key}"):
            amount = 0
        elif increment.comes_later:
            amount = 1
        else:
            amount = increment.amount(exchange)
        wait = tallies.wait(key, now, amount, limit, period)
        if wait > 0.0:
            return too_many(NAME, min(wait, period), settings, exchange)
        if amount and increment.comes_later:
            increment.later(
                exchange, lambda late: tallies.add(key, monotonic(), late, period)
            )
        elif amount:
            tallies.add(key, now, amount, period)
        if tells:
            left = max(0, limit - tallies.used(key, now, period))
            tell(exchange, settings, left, limit)
        return None

    read = (settings.calls, settings.renewal_period, settings.counter_key)
    wanted = needs(*read, condition, count)
    # The answer's body is kept by itself, once there is one.
    wanted["reads_response_body"] = False
    return Step(run, **wanted)
