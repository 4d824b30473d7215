"""`/developer/subscriptions/{id}/limits`: what is allowed, and what is left of it."""

import math
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import func, select

from bramka.domain.traffic.allowance import NEVER, Quota, period_start
from bramka.domain.traffic.policy import PolicyDocument, scope_of
from bramka.domain.traffic.policy_limits import LimitRule
from bramka.domain.traffic.subscription import Subscription
from bramka.portals.developer.call import Call
from bramka.portals.developer.listing import Listing, moment, whole
from bramka.portals.developer.subscriptions import own_subscription
from bramka.store.database import reading
from bramka.store.limit_rules import limit_rules
from bramka.store.policy import POLICIES
from bramka.store.product import PRODUCTS
from bramka.store.transaction import Transaction
from bramka.store.usage import USAGE

Value = TypeVar("Value")
KILOBYTE = 1024
GATEWAY, REPORTS = "gateway", "reports"


class ShownLimit(Struct, frozen=True, rename="camel", kw_only=True):
    """A limit; what is used is told where it is counted per subscription."""

    policy: str
    scope: str
    scope_id: str
    """Such as `products/starter`."""
    api: str | UnsetType = UNSET
    operation: str | UnsetType = UNSET
    calls: int | UnsetType = UNSET
    bandwidth_kb: int | UnsetType = UNSET
    renewal_period_seconds: int | UnsetType = UNSET
    used: int | UnsetType = UNSET
    remaining: int | UnsetType = UNSET
    used_kb: int | UnsetType = UNSET
    remaining_kb: int | UnsetType = UNSET
    resets_at: str | UnsetType = UNSET
    counted_by: str | UnsetType = UNSET
    """`gateway`: exactly what it counts. `reports`: calls that were answered, to
    the minute."""


def show_limits(call: Call) -> Listing[ShownLimit]:
    noun = own_subscription(call)
    documents = _documents(call.transaction, noun)
    return whole(
        [
            _shown(call, noun, scope, rule)
            for rule, scope in limit_rules(call.transaction, documents)
        ]
    )


def _documents(transaction: Transaction, noun: Subscription) -> list[PolicyDocument]:
    """The documents that stand over the calls of a subscription, widest first."""
    scopes, apis = [""], [noun.api_id] if noun.api_id else []
    if noun.product_id is not None:
        scopes.append(f"products/{noun.product_id}")
        product = PRODUCTS.find(transaction, noun.product_id)
        apis = [] if product is None else list(product.noun.apis)
    found = POLICIES.find_all(transaction, [(scope,) for scope in scopes])
    for api in apis:
        column, scope = POLICIES.column.scope, f"apis/{api}"
        below = column.startswith(f"{scope}/", autoescape=True)
        found += POLICIES.all(transaction, (column == scope) | below)
    return [record.noun for record in found]


def _shown(call: Call, noun: Subscription, scope: str, rule: LimitRule) -> ShownLimit:
    known = ShownLimit(
        policy=rule.policy,
        scope=scope_of(scope).value,
        scope_id=scope,
        api=_or_unset(rule.api),
        operation=_or_unset(rule.operation),
        calls=_or_unset(rule.calls),
        bandwidth_kb=_or_unset(rule.bandwidth),
        renewal_period_seconds=_or_unset(rule.period),
    )
    # Only quotas are kept where others can look; those by key are of no subscription.
    if rule.policy != "quota" or rule.period is None:
        return known
    return _with_use(call, noun, rule, known)


def _with_use(
    call: Call, noun: Subscription, rule: LimitRule, known: ShownLimit
) -> ShownLimit:
    now, period = call.transaction.now, float(rule.period or 0)
    anchor = noun.start_date or noun.created_date
    start = period_start(now, anchor, period)
    quota, counted_by = call.counters.quota(rule.place, rule.part + noun.id), GATEWAY
    if quota is None:
        if rule.part:
            return known
        quota, counted_by = _reported(call, noun, start), REPORTS
    elif quota.start < start:
        quota = Quota(start)
    told = {name: getattr(known, name) for name in known.__struct_fields__}
    told |= {"used": quota.calls, "counted_by": counted_by}
    if rule.calls is not None:
        told["remaining"] = max(0, rule.calls - quota.calls)
    if rule.bandwidth is not None:
        spent = math.ceil(quota.size / KILOBYTE)
        told |= {
            "used_kb": spent,
            "remaining_kb": max(0, rule.bandwidth - spent),
        }
    if period != NEVER:
        told["resets_at"] = moment(start + period)
    return ShownLimit(**told)


def _reported(call: Call, noun: Subscription, start: float) -> Quota:
    """What the reports know of a period: calls that no limit or key check refused."""
    column = USAGE.c
    calls = column.success + column.failed + column.other
    query = select(func.sum(calls), func.sum(column.bandwidth)).where(
        column.subscription == noun.id, column.minute >= int(start // 60)
    )
    with reading(call.usage) as connection:
        count, size = connection.execute(query).one()
    return Quota(start, int(count or 0), int(size or 0))


def _or_unset(value: Value | None) -> Value | UnsetType:
    return UNSET if value is None else value
