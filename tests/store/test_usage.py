"""Rollups: every batch counted once, sums exact."""

import random
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from bramka.domain.traffic.usage import Batch, Key, Row, merged
from bramka.store.database import open_database, reading, writing
from bramka.store.schema import prepare_usage
from bramka.store.usage import BATCH, REMEMBERED_SECONDS, Span, ingest, read, totals

NOW = 1_700_000_000.0
ALWAYS = Span(0, 10**9)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_database(database)
    prepare_usage(engine)
    yield engine
    engine.dispose()


def calls(seed: int, number: int = 40) -> tuple[Row, ...]:
    """Rows of random calls, one each."""
    chance = random.Random(seed)
    rows = []
    for _ in range(number):
        row = Row(
            minute=chance.randrange(100, 140),
            api=chance.choice(("", "a", "b")),
            operation=chance.choice(("x", "y")),
            product=chance.choice(("", "starter")),
        )
        status = chance.choice((200, 200, 304, 401, 429, 400, 404, 500))
        row.add(status, chance.randrange(1, 10**6), chance.randrange(10**5))
        if chance.random() < 0.5:
            row.backend.add(chance.randrange(1, 1000))
        rows.append(row)
    return tuple(rows)


def bring(engine: Engine, name: str, rows: tuple[Row, ...], now: float = NOW) -> bool:
    with writing(engine) as connection:
        return ingest(connection, Batch(gateway="g", batch=name, rows=rows), now)


def standing(engine: Engine) -> dict[Key, Row]:
    with reading(engine) as connection:
        return {row.key: row for row in read(connection)}


def test_batches_add_up(engine: Engine) -> None:
    for number in range(5):
        assert bring(engine, str(number), calls(number))
    wanted = merged(row for number in range(5) for row in calls(number))
    assert standing(engine) == wanted


def test_a_batch_that_comes_again_counts_nothing(engine: Engine) -> None:
    assert bring(engine, "one", calls(1))
    before = standing(engine)
    assert not bring(engine, "one", calls(1))
    assert standing(engine) == before


def test_an_empty_batch_is_fine(engine: Engine) -> None:
    assert bring(engine, "empty", ())
    assert standing(engine) == {}


def test_gateways_that_deliver_at_once_and_twice_are_counted_once(
    engine: Engine,
) -> None:
    threads = [
        threading.Thread(target=bring, args=(engine, str(n % 6), calls(n % 6)))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert standing(engine) == merged(row for n in range(6) for row in calls(n))


def test_batches_of_long_ago_are_forgotten(engine: Engine) -> None:
    bring(engine, "old", calls(1))
    bring(engine, "new", calls(2), NOW + REMEMBERED_SECONDS + 1)
    with reading(engine) as connection:
        assert list(connection.scalars(select(BATCH.c.batch))) == ["new"]


@pytest.mark.parametrize("by", [(), ("api",), ("api", "operation"), ("product",)])
def test_totals_are_the_sums_of_what_was_brought(
    engine: Engine, by: tuple[str, ...]
) -> None:
    bring(engine, "one", calls(1))
    bring(engine, "two", calls(2))
    wanted: dict[tuple[str, ...], Row] = {}
    for row in (*calls(1), *calls(2)):
        whole = wanted.setdefault(
            tuple(getattr(row, name) for name in by), Row(minute=0)
        )
        whole.merge(row)
    with reading(engine) as connection:
        found = totals(connection, ALWAYS, by)
    assert len(found) == len(wanted)
    for row in found:
        expected = wanted[tuple(getattr(row, name) for name in by)]
        assert (row.calls, row.bandwidth) == (expected.calls, expected.bandwidth)
        assert (row.latency, row.backend) == (expected.latency, expected.backend)
        assert row.histogram == expected.histogram


def test_totals_by_time_begin_at_whole_intervals(engine: Engine) -> None:
    bring(engine, "one", calls(1))
    with reading(engine) as connection:
        found = totals(connection, Span(0, 10**9, every=15), ())
    assert {row.minute for row in found} <= {90, 105, 120, 135}
    assert sum(row.calls for row in found) == 40


def test_a_span_leaves_out_what_is_before_and_after(engine: Engine) -> None:
    bring(engine, "one", calls(1))
    inside = [row for row in calls(1) if 110 <= row.minute < 120]
    with reading(engine) as connection:
        (found,) = totals(connection, Span(110, 120), ())
    assert found.calls == len(inside)
