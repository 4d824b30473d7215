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
from msgspec.structs import replace

from bramka.domain.traffic.allowance import LONGEST_WINDOW
from bramka.domain.traffic.demand import Demands, TallyDemand, Verdict
from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Limit, Step
from bramka.policies._limits import (
    Increment,
    WhenAway,
    counted_before,
    refuses,
    tell,
    too_many,
)
from bramka.policies._refusals import Number, check_header_names, needs

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
    when_store_is_away: WhenAway = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    check_header_names(site, settings)
    most = 2**53
    calls = Number(site, "calls", settings.calls, 1, most)
    longest = int(LONGEST_WINDOW)
    periods = Number(site, "renewal-period", settings.renewal_period, 1, longest)
    condition, count = settings.increment_condition, settings.increment_count
    refused = refuses(settings.when_store_is_away)
    increment = Increment.of(site, condition, count)
    tells = bool(
        settings.remaining_calls_header_name or settings.remaining_calls_variable_name
    )

    def ask(exchange: Exchange) -> Demands:
        most_calls, period = calls.of(exchange), periods.of(exchange)
        key = f"{period}\n{settings.counter_key.text(exchange)}"
        if counted_before(exchange, f"{NAME}\n{key}"):
            asked = spent = 0
        elif increment.comes_later:
            asked, spent = 1, 0
        else:
            asked = spent = increment.amount(exchange)
        return [
            TallyDemand(
                *(NAME, key, most_calls, period, asked, spent),
                tells=tells,
                refuses=refused,
            )
        ]

    def hear(exchange: Exchange, demands: Demands, verdict: Verdict) -> Response | None:
        demand = demands[0]
        assert isinstance(demand, TallyDemand), "that is what was asked"
        if verdict.wait > 0.0:
            wait = min(verdict.wait, demand.period)
            return too_many(NAME, wait, settings, exchange)
        if increment.comes_later and demand.asked:
            increment.later(
                exchange, lambda late: site.spend([replace(demand, spent=late)])
            )
        left = int(verdict.left[0]) if verdict.left else 0
        tell(exchange, settings, left, demand.limit)
        return None

    read = (settings.calls, settings.renewal_period, settings.counter_key)
    # What the increment reads of the answer is kept by itself, once there is one.
    reads = needs(*read, condition, count)["reads_request_body"]
    sets = bool(settings.remaining_calls_variable_name)
    limit = Limit(ask, hear, sets_variables=sets)
    return site.limit(limit, reads_request_body=reads)
