"""Refuse a subscription that spent its calls or bytes of the period, with 403.

    <quota calls="100" bandwidth="40000" renewal-period="604800" />

The period is fixed and begins with the subscription; 0 means it never renews.
Bandwidth is in kilobytes of request and response bodies. Children `<api>` and
`<operation>` are counted by themselves. Without a subscription nothing is counted.
"""

import math
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.demand import Demands, QuotaDemand, Verdict
from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import Quotas, Site
from bramka.domain.traffic.step import Limit, Run, Step
from bramka.policies._limits import KILOBYTE, WhenAway, refuses, sizes_of, spent
from bramka.policies._parts import CHILDREN, WHOLE, Id, Name, Part, parts

__all__ = ["CHILDREN", "ONCE", "SCOPES", "SECTIONS", "Settings", "compile"]

SECTIONS = frozenset({Section.INBOUND})
SCOPES = frozenset({Scope.PRODUCT})
ONCE = True

Amount = Annotated[int, Meta(ge=1)]
Calls = Annotated[Amount | None, Meta(description="Calls in each period.")]
Bandwidth = Annotated[Amount | None, Meta(description="Kilobytes in each period.")]
Period = Annotated[
    int, Meta(ge=0, description="Length of the period in seconds; 0: never renews.")
]


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<quota>`; calls or bandwidth or both are needed."""

    renewal_period: Period
    calls: Calls = None
    bandwidth: Bandwidth = None
    when_store_is_away: WhenAway = None


class PartSettings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<api>` and `<operation>` inside; either name or id is needed."""

    renewal_period: Period
    calls: Calls = None
    bandwidth: Bandwidth = None
    name: Name = None
    id: Id = None


@dataclass(frozen=True, slots=True)
class _Rule:
    """One quota; a rule for a part counts only calls of that part."""

    part: Part
    calls: float
    size: float
    period: float


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    whole = _rule(site, site.element, WHOLE, settings)
    inner = tuple(
        _rule(site, element, part, site.settings(element, PartSettings))
        for part, element in parts(site, PartSettings)
    )
    if not inner and whole.size == math.inf and not site.counts_elsewhere:
        return Step(_calls_only(site.quotas(), whole))
    rules, place = (*inner, whole), site.place
    refused = refuses(settings.when_store_is_away)

    def ask(exchange: Exchange) -> Demands:
        subscription = exchange.subscription
        if subscription is None:
            return ()
        anchor = subscription.start_date or subscription.created_date
        return [
            QuotaDemand(
                place,
                subscription.id,
                anchor,
                rule.period,
                rule.calls,
                rule.size,
                part=rule.part.prefix,
                refuses=refused,
            )
            for rule in rules
            if rule.part.covers(exchange)
        ]

    def tell(exchange: Exchange, demands: Demands, verdict: Verdict) -> Response | None:
        if verdict.wait > 0.0:
            what = "bandwidth" if verdict.by_size else "call volume"
            return spent("quota", what, verdict.wait)
        quotas = [one for one in demands if isinstance(one, QuotaDemand)]
        if any(one.size != math.inf for one in quotas):
            exchange.after(lambda done: site.spend(sizes_of(done, quotas)))
        return None

    return site.limit(Limit(ask, tell))


def _calls_only(quotas: Quotas, rule: _Rule) -> Run:
    """The common case, without a thing it does not need."""
    calls, period, take = int(rule.calls), rule.period, quotas.take

    def run(exchange: Exchange) -> Response | None:
        subscription = exchange.subscription
        if subscription is None:
            return None
        anchor = subscription.start_date or subscription.created_date
        left = take(subscription.id, exchange.timestamp, anchor, period, calls)
        return None if left == 0.0 else spent("quota", "call volume", left)

    return run


def _rule(
    site: Site, element: Element, part: Part, limits: Settings | PartSettings
) -> _Rule:
    if limits.calls is None and limits.bandwidth is None:
        site.refuse(f"<{element.name}> needs calls or bandwidth", element.place)
    return _Rule(
        part,
        math.inf if limits.calls is None else limits.calls,
        math.inf if limits.bandwidth is None else limits.bandwidth * KILOBYTE,
        float(limits.renewal_period),
    )
