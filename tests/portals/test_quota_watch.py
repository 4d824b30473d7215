"""People are told that most of a quota is used: once in each of its periods."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import Engine, insert
from tests.databases import KINDS, new_database, new_store

from bramka.domain.traffic.mail import Notification
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import User
from bramka.portals.developer.counters import NoCounters
from bramka.portals.quota_watch import LOOK_SECONDS, QuotaWatch
from bramka.store import subscription, user
from bramka.store.database import writing
from bramka.store.mail import NOTIFICATIONS
from bramka.store.mail_queue import newest
from bramka.store.policy import POLICIES
from bramka.store.transaction import Store
from bramka.store.usage import USAGE
from bramka.testing import FakeChance, FakeClock

DAY = 86400
POLICY = (
    f'<policies><inbound><base /><quota calls="100" renewal-period="{DAY}" />'
    "</inbound></policies>"
)
EVENT = "QuotaLimitApproachingPublisherNotificationMessage"
TOLD = "quotaLimitApproachingDeveloperNotificationMessage"


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    clock = FakeClock()
    with (
        new_database(request.param, tmp_path, request, "demo") as url,
        new_store(url, clock) as store,
    ):
        with store.writing() as transaction:
            ann = User(id="ann", first_name="A", last_name="T", email="ann@x.test")
            user.put(transaction, ann)
            noun = Subscription(
                id="held",
                scope="/products/starter",
                owner_id="ann",
                created_date=clock.now(),
            )
            keys = subscription.Keys("a" * 32, "b" * 32)
            subscription.put(transaction, noun, keys)
            document = PolicyDocument(scope="products/starter", text=POLICY)
            POLICIES.put(transaction, document)
            desk = Notification(id=EVENT, emails=("desk@x.test",))
            NOTIFICATIONS.put(transaction, desk)
        yield store


def count(engine: Engine, minute: float, calls: int) -> None:
    """Calls that were answered in a minute."""
    row: dict[str, object] = {
        column.name: b"" if column.name == "histogram" else 0
        for column in USAGE.columns
    }
    texts = {column.name: "" for column in USAGE.primary_key if column.name != "minute"}
    row |= texts | {"minute": int(minute // 60), "success": calls}
    with writing(engine) as connection:
        connection.execute(insert(USAGE).values(row | {"subscription": "held"}))


def watch(store: Store) -> QuotaWatch:
    portal = "http://portal.test"
    return QuotaWatch(store, store.engine, NoCounters(), FakeChance(), portal)


def told(store: Store) -> list[tuple[str, str]]:
    with store.reading() as transaction:
        mails, _ = newest(transaction, 0, 100)
    return sorted((one.template, one.recipient) for one in mails)


def pass_time(store: Store, seconds: float) -> None:
    clock = store.clock
    assert isinstance(clock, FakeClock)
    clock.advance(seconds)


def test_the_owner_and_the_publisher_are_told_once_in_a_period(store: Store) -> None:
    looking = watch(store)
    count(store.engine, store.clock.now() + 60, 89)
    pass_time(store, 120)
    assert looking.look() == 0
    count(store.engine, store.clock.now() + 60, 1)
    assert looking.look() == 0
    pass_time(store, LOOK_SECONDS)
    assert looking.look() == 1
    assert told(store) == [(EVENT, "desk@x.test"), (TOLD, "ann@x.test")]
    pass_time(store, LOOK_SECONDS)
    assert looking.look() == 0
    assert watch(store).look() == 0
    pass_time(store, DAY)
    count(store.engine, store.clock.now(), 95)
    pass_time(store, LOOK_SECONDS)
    assert looking.look() == 1
    assert len(told(store)) == 4


def test_who_cannot_call_is_told_nothing(store: Store) -> None:
    with store.writing() as transaction:
        noun = subscription.SUBSCRIPTIONS.get(transaction, "held").noun
        suspended = structs.replace(noun, state="suspended")
        subscription.SUBSCRIPTIONS.replace(transaction, suspended)
    count(store.engine, store.clock.now() + 60, 100)
    pass_time(store, 120)
    assert watch(store).look() == 0
