"""What quota counters were set to; kept until their period ends."""

from collections.abc import Iterable

from msgspec.structs import replace

from bramka.domain.traffic.quota_counter import QuotaCounter, QuotaSetting
from bramka.store.change import newest_version, queue_for_change
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

QUOTA_SETTINGS = Collection(QuotaSetting, "quota_setting", wire="quotaSettings")


def set_counters(
    transaction: Transaction,
    counters: Iterable[QuotaCounter],
    calls: int | None,
    size: int | None,
) -> None:
    """Have gateways set these counters; None leaves an amount as it is."""
    queue_for_change(transaction)
    QUOTA_SETTINGS.delete_all(
        transaction, QUOTA_SETTINGS.column.until < transaction.now
    )
    now = transaction.now
    for counter in counters:
        start, until = counter.start(now), counter.until(now)
        before = QUOTA_SETTINGS.find(transaction, counter.id)
        setting = QuotaSetting(id=counter.id, start=start, until=until)
        if before is not None and before.noun.start == start:
            setting = before.noun
        # Larger than any before: versions only grow, and we are alone here.
        number = newest_version(transaction) + 1
        if calls is not None:
            setting = replace(setting, calls=calls, calls_number=number)
        if size is not None:
            setting = replace(setting, size=size, size_number=number)
        QUOTA_SETTINGS.put(transaction, setting)
