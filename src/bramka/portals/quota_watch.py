"""Tells people that most of a quota is used, once in each of its periods."""

from datetime import datetime

from msgspec import UNSET
from sqlalchemy import Engine, select

from bramka.domain.clock import Chance
from bramka.portals.developer.call import Call
from bramka.portals.developer.counters import Counters
from bramka.portals.developer.limits import ShownLimit, show_limits
from bramka.portals.developer.reader import Reader
from bramka.store import notice, quota_notice
from bramka.store.database import reading
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.transaction import Store, Transaction
from bramka.store.usage import USAGE

NEAR = 0.9
"""The part of a quota that is used when its end is near."""
LOOK_SECONDS = 300.0
OVERLAP_SECONDS = 900.0
"""Counts arrive late by a while: gateways hand them over when they can."""
FOR_EVER = 10 * 365 * 86400.0


class QuotaWatch:
    """Looks now and then at the subscriptions that were used since."""

    def __init__(
        self,
        store: Store,
        usage: Engine,
        counters: Counters,
        chance: Chance,
        portal: str,
    ) -> None:
        self._store, self._usage, self._counters = store, usage, counters
        self._chance, self._portal = chance, portal
        self._next_at = 0.0
        self._since = 0.0

    def __repr__(self) -> str:
        return f"<QuotaWatch: {self._portal}>"

    def look(self) -> int:
        """Tell whom it concerns, if it is time to look; how many were told."""
        clock = self._store.clock
        if clock.monotonic() < self._next_at:
            return 0
        self._next_at = clock.monotonic() + LOOK_SECONDS
        since, self._since = self._since, clock.now() - OVERLAP_SECONDS
        return sum(self._look_at(one) for one in self._used(since))

    def _used(self, since: float) -> list[str]:
        column = USAGE.c
        query = select(column.subscription).where(column.minute >= int(since // 60))
        with reading(self._usage) as connection:
            return list(connection.scalars(query.distinct()))

    def _look_at(self, subscription_id: str) -> int:
        with self._store.reading() as transaction:
            near = self._near(transaction, subscription_id)
        told = 0
        for limit in near:
            with self._store.writing() as transaction:
                told += self._tell(transaction, subscription_id, limit)
        return told

    def _near(self, transaction: Transaction, subscription_id: str) -> list[ShownLimit]:
        found = SUBSCRIPTIONS.find(transaction, subscription_id)
        if found is None or found.noun.owner_id is None or found.noun.state != "active":
            return []
        call = Call(
            transaction=transaction,
            usage=self._usage,
            chance=self._chance,
            counters=self._counters,
            gateway="",
            portal=self._portal,
            reader=Reader(user_id=found.noun.owner_id),
            url="",
            ids={"subscription": subscription_id},
            query={},
            body=b"",
        )
        return [one for one in show_limits(call).value if is_near(one)]

    def _tell(
        self, transaction: Transaction, subscription_id: str, limit: ShownLimit
    ) -> bool:
        noun = SUBSCRIPTIONS.get(transaction, subscription_id).noun
        until = transaction.now + FOR_EVER
        if limit.resets_at is not UNSET:
            until = datetime.fromisoformat(limit.resets_at).timestamp()
        scope = f"{limit.scope_id} {limit.api or ''} {limit.operation or ''}"
        if not quota_notice.first_in_period(transaction, noun.id, scope, until):
            return False
        notice.quota_near(transaction, self._portal, noun)
        return True


def is_near(limit: ShownLimit) -> bool:
    """Whether most of a quota is used, of its calls or of its bandwidth."""
    pairs = ((limit.used, limit.calls), (limit.used_kb, limit.bandwidth_kb))
    return any(
        used is not UNSET and allowed is not UNSET and used >= NEAR * allowed
        for used, allowed in pairs
    )
