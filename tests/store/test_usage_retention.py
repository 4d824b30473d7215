"""Old usage: minutes become hours, hours become days, and no sum changes."""

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select

from bramka.domain.traffic.logged_request import LoggedRequest
from bramka.domain.traffic.usage import Batch, Row
from bramka.store import request_log
from bramka.store.database import open_database, reading, writing
from bramka.store.schema import prepare_usage
from bramka.store.usage import USAGE, Span, ingest, totals
from bramka.store.usage_retention import DAY_SECONDS, Retention, UsageSweeper

DAYS = 6
NOW = 20_000.0 * DAY_SECONDS
MINUTE = int(NOW // 60)
KEPT = Retention(minutes=1, hours=3, most_requests=5)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_database(database)
    prepare_usage(engine)
    chance = random.Random(1)
    rows = []
    for _ in range(300):
        minute = MINUTE - chance.randrange(DAYS * 1440)
        row = Row(minute=minute, api=chance.choice("ab"), place=chance.choice("xy"))
        row.add(chance.choice((200, 401, 500)), chance.randrange(1, 10**6), 7)
        rows.append(row)
    with writing(engine) as connection:
        ingest(connection, Batch(gateway="g", batch="b", rows=tuple(rows)), NOW)
    yield engine
    engine.dispose()


def sweep(engine: Engine, kept: Retention) -> None:
    sweeper = UsageSweeper(engine, kept)
    while not sweeper.sweep(NOW):
        pass


def test_sums_and_histograms_stay_exact(engine: Engine) -> None:
    def sums() -> list[Row]:
        with reading(engine) as connection:
            found = totals(connection, Span(0, MINUTE + 1), ("api", "place"))
        return sorted(found, key=lambda row: (row.api, row.place))

    before = sums()
    sweep(engine, KEPT)
    assert sums() == before
    sweep(engine, KEPT)
    assert sums() == before


def test_old_minutes_are_hours_and_older_ones_days(engine: Engine) -> None:
    sweep(engine, KEPT)
    with reading(engine) as connection:
        minutes = list(connection.scalars(select(USAGE.c.minute)))
    old = [minute for minute in minutes if minute < MINUTE - 1440]
    assert all(minute % 60 == 0 for minute in old)
    assert all(minute % 1440 == 0 for minute in old if minute < MINUTE - 3 * 1440)
    assert any(minute % 60 for minute in minutes)


def test_days_go_at_last(engine: Engine) -> None:
    sweep(engine, Retention(days=2))
    with reading(engine) as connection:
        assert connection.scalar(select(func.min(USAGE.c.minute))) >= MINUTE - 2 * 1440


def test_the_newest_single_calls_stay(engine: Engine) -> None:
    for start in (0, 4):
        made = [
            LoggedRequest(
                request_id=str(n),
                timestamp=NOW - n * DAY_SECONDS,
                method="GET",
                url="http://gateway/a",
                response_code=200,
                api_micros=1,
            )
            for n in range(start, start + 4)
        ]
        with writing(engine) as connection:
            request_log.note(connection, made, KEPT.most_requests)
    with reading(engine) as connection:
        found, total = request_log.page(connection, top=2)
    assert ([one.request_id for one in found], total) == (["7", "6"], 5)
    sweep(engine, Retention(requests=5.5))
    with reading(engine) as connection:
        found, _ = request_log.page(connection)
    assert [one.request_id for one in found] == ["5", "4", "3"]
