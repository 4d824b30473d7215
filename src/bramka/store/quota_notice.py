"""Which subscriptions were told that a quota comes near: once in each period."""

from sqlalchemy import Column, Double, ForeignKey, Table, delete, insert, select

from bramka.store.columns import TEXT
from bramka.store.database import METADATA, queue_writers
from bramka.store.transaction import Transaction

QUOTA_NOTICE = Table(
    "quota_notice",
    METADATA,
    Column(
        "subscription_id",
        TEXT,
        ForeignKey("subscription.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("scope", TEXT, primary_key=True),
    Column("until", Double, nullable=False, index=True),
)
_ROW = QUOTA_NOTICE.c


def first_in_period(
    transaction: Transaction, subscription_id: str, scope: str, until: float
) -> bool:
    """Note that somebody is told; False if they were, for the period that ends then."""
    queue_writers(transaction.connection, "quota notices")
    past = delete(QUOTA_NOTICE).where(_ROW.until <= transaction.now)
    transaction.connection.execute(past)
    same = (_ROW.subscription_id == subscription_id, _ROW.scope == scope)
    if transaction.connection.scalar(select(_ROW.until).where(*same)) is not None:
        return False
    transaction.connection.execute(
        insert(QUOTA_NOTICE).values(
            subscription_id=subscription_id, scope=scope, until=until
        )
    )
    return True
