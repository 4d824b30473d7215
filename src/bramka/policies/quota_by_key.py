"""Refuse whoever spent the calls or bytes of the period, with 403.

    <quota-by-key calls="10000" bandwidth="40000" renewal-period="3600"
        counter-key="@(context.Subscription.Id)" />

Whoever has the same key is one caller, in the whole gateway; a call that meets several
quotas of the same key and period counts once. The period is fixed, counted from
`first-period-start`; 0 means it never renews. An increment that is an expression is
evaluated when the answer is known.
"""

import math
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from bramka.domain.traffic.allowance import anchor_of, by_key_prefix
from bramka.domain.traffic.demand import Demands, QuotaDemand, Verdict
from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Limit, Step
from bramka.policies._limits import (
    KILOBYTE,
    Increment,
    WhenAway,
    counted_before,
    refuses,
    sizes_of,
    spent,
)
from bramka.policies._refusals import needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
NAME = "quota-by-key"
SHORTEST_PERIOD = 300
BEGINNING = "0001-01-01T00:00:00Z"


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<quota-by-key>`; calls or bandwidth or both are needed."""

    counter_key: Annotated[Source, Meta(description="Who is counted as one caller.")]
    renewal_period: Annotated[
        int,
        Meta(ge=0, description="Length in seconds, at least 300; 0: never renews."),
    ]
    calls: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="Calls in each period.")
    ] = None
    bandwidth: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Kilobytes of request and response bodies in each period."),
    ] = None
    increment_condition: Annotated[
        Source | None, Meta(description="Whether the call counts; true unless told.")
    ] = None
    increment_count: Annotated[
        Source | None, Meta(description="How much the call counts; 1 unless told.")
    ] = None
    first_period_start: Annotated[
        str, Meta(description="When the first period began, as yyyy-MM-ddTHH:mm:ssZ.")
    ] = BEGINNING
    when_store_is_away: WhenAway = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    condition, count = settings.increment_condition, settings.increment_count
    refused = refuses(settings.when_store_is_away)
    increment = Increment.of(site, condition, count)
    period, anchor = _period(settings, site), _anchor(settings, site)
    prefix = by_key_prefix(period, anchor)
    calls = math.inf if settings.calls is None else settings.calls
    size = math.inf if settings.bandwidth is None else settings.bandwidth * KILOBYTE
    if calls == size:
        site.refuse("needs calls or bandwidth")

    def ask(exchange: Exchange) -> Demands:
        key = prefix + settings.counter_key.text(exchange)
        if counted_before(exchange, f"{NAME}\n{key}"):
            asked = counted = 0
        elif increment.comes_later:
            asked, counted = 1, 0
        else:
            asked, counted = 1, increment.amount(exchange)
        amounts = (calls, size, asked, counted)
        return [QuotaDemand(NAME, key, anchor, period, *amounts, refuses=refused)]

    def tell(exchange: Exchange, demands: Demands, verdict: Verdict) -> Response | None:
        demand = demands[0]
        assert isinstance(demand, QuotaDemand), "that is what was asked"
        if verdict.wait > 0.0:
            what = "bandwidth" if verdict.by_size else "call volume"
            return spent(NAME, what, verdict.wait)
        if not demand.asked:
            return None
        if increment.comes_later:
            increment.later(
                exchange, lambda late: site.spend([replace(demand, spent=late)])
            )
        # Whoever shares the key may look at the bandwidth, so it is always counted.
        exchange.after(lambda done: site.spend(sizes_of(done, [demand])))
        return None

    # What the increment reads of the answer is kept by itself, once there is one.
    reads = needs(settings.counter_key, condition, count)["reads_request_body"]
    return site.limit(Limit(ask, tell), reads_request_body=reads)


def _period(settings: Settings, site: Site) -> float:
    period = settings.renewal_period
    if 0 < period < SHORTEST_PERIOD:
        site.refuse(
            f"attribute 'renewal-period' is '{period}'; it must be 0 or at least "
            f"{SHORTEST_PERIOD} seconds: shorter limits are for rate-limit-by-key"
        )
    return float(period)


def _anchor(settings: Settings, site: Site) -> float:
    """Seconds since 1970 UTC of the first period's start."""
    text = settings.first_period_start
    try:
        return anchor_of(text)
    except ValueError:
        site.refuse(
            f"attribute 'first-period-start' is '{text}'; it must be a moment such as "
            f"2026-01-31T00:00:00Z"
        )
