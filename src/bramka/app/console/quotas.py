"""Where this console reads quota counters: of gateways, or of the store of limits."""

from collections.abc import Sequence

from sqlalchemy import Engine

from bramka.app.settings import Settings
from bramka.domain.errors import Unsupported
from bramka.domain.traffic.quota_counter import QuotaCount, QuotaCounter
from bramka.management.quota_source import QuotaSource, ToldQuotas
from bramka.store.transaction import Transaction


def quota_source(settings: Settings, usage: Engine) -> QuotaSource:
    """Where gateways with these settings count."""
    if settings.limits_url:
        return _InTheStore(settings.limits_url)
    return ToldQuotas(usage)


class _InTheStore:
    """Counters of many nodes, in the store that the settings name."""

    def __init__(self, url: str) -> None:
        # The extra `redis` is needed only where such a store is used.
        try:
            from bramka.gateway.quota_store import StoredQuotas  # noqa: PLC0415
        except ModuleNotFoundError:
            self._store = None
        else:
            self._store = StoredQuotas(url)

    def read(
        self, transaction: Transaction, counters: Sequence[QuotaCounter]
    ) -> dict[str, QuotaCount]:
        del transaction
        if self._store is None:
            raise Unsupported(
                "limits_url is set, but the package 'redis' is not there; install "
                "bramka[redis] where the console runs."
            )
        return self._store.counts(counters)

    def write(
        self,
        transaction: Transaction,
        counters: Sequence[QuotaCounter],
        calls: int | None,
        size: int | None,
    ) -> None:
        if self._store is not None:
            self._store.set(counters, transaction.now, calls, size)

    def __repr__(self) -> str:
        return f"<_InTheStore: {self._store!r}>"
