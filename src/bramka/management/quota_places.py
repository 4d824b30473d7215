"""Where gateways count what, for one counter key: read from the policy documents."""

from collections.abc import Iterator

from sqlalchemy import or_

from bramka.domain.traffic.allowance import anchor_of, by_key_prefix
from bramka.domain.traffic.policy_limits import LimitRule
from bramka.domain.traffic.quota_counter import QuotaCounter
from bramka.store.limit_rules import INCLUDE, limit_rules
from bramka.store.policy import POLICIES
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.transaction import Transaction

BY_KEY, BY_SUBSCRIPTION = "quota-by-key", "quota"
BEGINNING = "0001-01-01T00:00:00Z"


def counters_of(transaction: Transaction, key: str) -> list[QuotaCounter]:
    """The counters of a key: those by key, and those of a subscription with its id."""
    found: dict[str, QuotaCounter] = {}
    for rule, scope in _rules(transaction):
        counter = None
        if rule.period is not None and rule.policy == BY_KEY:
            counter = _by_key(rule, float(rule.period), key)
        elif rule.period is not None and rule.policy == BY_SUBSCRIPTION:
            counter = _of_subscription(
                transaction, rule, float(rule.period), scope, key
            )
        if counter is not None:
            found.setdefault(counter.id, counter)
    return list(found.values())


def _by_key(rule: LimitRule, period: float, key: str) -> QuotaCounter | None:
    try:
        anchor = anchor_of(rule.first_period_start or BEGINNING)
    except ValueError:
        return None
    whole = by_key_prefix(period, anchor) + key
    return QuotaCounter(place=BY_KEY, key=whole, anchor=anchor, period=period)


def _of_subscription(
    transaction: Transaction, rule: LimitRule, period: float, scope: str, key: str
) -> QuotaCounter | None:
    found = SUBSCRIPTIONS.find(transaction, key)
    if found is None or found.noun.scope != f"/{scope}":
        return None
    anchor = found.noun.start_date or found.noun.created_date
    return QuotaCounter(
        place=rule.place,
        key=found.noun.id,
        anchor=anchor,
        period=period,
        part=rule.part,
    )


def _rules(transaction: Transaction) -> Iterator[tuple[LimitRule, str]]:
    """Every limit of the documents that may set quotas, and where these stand."""
    text = POLICIES.column.text
    documents = POLICIES.all(
        transaction, or_(text.contains("quota"), text.contains(INCLUDE))
    )
    return limit_rules(transaction, (one.noun for one in documents))
