"""Refuse a subscription that calls too often, with 429.

    <rate-limit calls="5" renewal-period="60" />

The window slides and is exact: in no stretch of `renewal-period` seconds are more
than `calls` calls admitted. Children `<api>` and `<operation>` are counted by
themselves. Without a subscription the policy does nothing.
"""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.demand import Demands, Verdict, WindowDemand
from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.site import Site, Windows
from bramka.domain.traffic.step import Limit, Run, Step
from bramka.policies._limits import WhenAway, refuses, tell, too_many
from bramka.policies._parts import CHILDREN, WHOLE, Id, Name, Part, parts

__all__ = ["CHILDREN", "ONCE", "SCOPES", "SECTIONS", "Settings", "compile"]
from bramka.policies._refusals import check_header_names

SECTIONS = frozenset({Section.INBOUND})
SCOPES = frozenset({Scope.PRODUCT, Scope.API, Scope.OPERATION})
ONCE = True
NAME = "rate-limit"


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<rate-limit>`."""

    calls: Annotated[
        int, Meta(ge=1, description="Calls admitted in any stretch of the period.")
    ]
    renewal_period: Annotated[
        int, Meta(ge=1, le=300, description="Length of the window in seconds.")
    ]
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


class PartSettings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<api>` and `<operation>` inside; either name or id is needed."""

    calls: Annotated[int, Meta(ge=1, description="Calls admitted for this part.")]
    renewal_period: Annotated[
        int, Meta(ge=1, le=300, description="Length of the window in seconds.")
    ]
    name: Name = None
    id: Id = None


@dataclass(frozen=True, slots=True)
class _Rule:
    """One window; a rule for a part counts only calls of that part."""

    part: Part
    calls: int
    period: float


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    check_header_names(site, settings)
    whole = _rule(WHOLE, settings)
    inner = tuple(
        _rule(part, site.settings(element, PartSettings))
        for part, element in parts(site, PartSettings)
    )
    if not inner and _only_limits(settings) and not site.counts_elsewhere:
        return Step(_plain(site.windows(), whole, settings))
    rules, place = (*inner, whole), site.place
    refused = refuses(settings.when_store_is_away)
    tells = bool(
        settings.remaining_calls_header_name or settings.remaining_calls_variable_name
    )

    def ask(exchange: Exchange) -> Demands:
        subscription = exchange.subscription
        if subscription is None:
            return ()
        return [
            WindowDemand(
                place,
                subscription.id,
                rule.calls,
                rule.period,
                part=rule.part.prefix,
                tells=tells and rule is whole,
                refuses=refused,
            )
            for rule in rules
            if rule.part.covers(exchange)
        ]

    def hear(
        exchange: Exchange, _demands: Demands, verdict: Verdict
    ) -> Response | None:
        if verdict.wait > 0.0:
            return too_many(NAME, verdict.wait, settings, exchange)
        left = int(verdict.left[0]) if verdict.left else 0
        tell(exchange, settings, left, settings.calls)
        return None

    sets = bool(settings.remaining_calls_variable_name)
    return site.limit(Limit(ask, hear, sets_variables=sets))


def _only_limits(settings: Settings) -> bool:
    return not (
        settings.retry_after_variable_name
        or settings.remaining_calls_header_name
        or settings.remaining_calls_variable_name
        or settings.total_calls_header_name
    )


def _plain(windows: Windows, rule: _Rule, settings: Settings) -> Run:
    """The common case, without a thing it does not need."""
    calls, period, take = rule.calls, rule.period, windows.take

    def run(exchange: Exchange) -> Response | None:
        subscription = exchange.subscription
        if subscription is None:
            return None
        wait = take(subscription.id, exchange.started, calls, period)
        if wait == 0.0:
            return None
        return too_many(NAME, wait, settings, exchange)

    return run


def _rule(part: Part, limits: Settings | PartSettings) -> _Rule:
    return _Rule(part, limits.calls, float(limits.renewal_period))
