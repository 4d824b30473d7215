"""Where the management REST reads quota counters, and has them set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine

from bramka.domain.traffic.quota_counter import QuotaCount, QuotaCounter
from bramka.store import quota_counter
from bramka.store.database import reading
from bramka.store.quota_setting import QUOTA_SETTINGS, set_counters
from bramka.store.transaction import Transaction


class QuotaSource(Protocol):
    """Reads and sets counters."""

    def read(
        self, transaction: Transaction, counters: Sequence[QuotaCounter]
    ) -> dict[str, QuotaCount]:
        """What is known of them, by id."""

    def write(
        self,
        transaction: Transaction,
        counters: Sequence[QuotaCounter],
        calls: int | None,
        size: int | None,
    ) -> None:
        """Set them in their periods; None leaves an amount as it is."""


@dataclass(frozen=True)
class ToldQuotas:
    """Counters as gateways tell of them; settings go there with the configuration."""

    usage: Engine

    def read(
        self, transaction: Transaction, counters: Sequence[QuotaCounter]
    ) -> dict[str, QuotaCount]:
        ids = [one.id for one in counters]
        with reading(self.usage) as connection:
            known = quota_counter.find(connection, ids)
        settings = QUOTA_SETTINGS.find_all(transaction, [(one,) for one in ids])
        for record in settings:
            # What was set is told at once; gateways tell of it a moment later.
            setting = record.noun
            known[setting.id] = setting.applied(known.get(setting.id))
        return known

    def write(
        self,
        transaction: Transaction,
        counters: Sequence[QuotaCounter],
        calls: int | None,
        size: int | None,
    ) -> None:
        set_counters(transaction, counters, calls, size)
