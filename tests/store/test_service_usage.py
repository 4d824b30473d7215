"""What was counted of endpoints' calls: written whole, read as one, old days summed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select

from bramka.domain.learning.counted import Counted, summed
from bramka.store import service_usage
from bramka.store.database import open_database, reading, writing
from bramka.store.schema import prepare_usage
from bramka.store.service_usage import DAY, SERVICE_USAGE

TODAY = 20_000 * DAY


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_database(database)
    prepare_usage(engine)
    yield engine
    engine.dispose()


def keep(engine: Engine, process: str, minute: int, calls: int) -> None:
    counted = Counted(calls=calls, errors={"InternalError": calls})
    with writing(engine) as connection:
        service_usage.keep(connection, process, {"e": {minute: counted}})


def read(engine: Engine) -> list[tuple[int, int]]:
    with reading(engine) as connection:
        found = service_usage.calls_of(connection, "e")
    assert summed(each for _, each in found).errors == {
        "InternalError": sum(each.calls for _, each in found)
    }
    return [(minute, each.calls) for minute, each in found]


def test_a_minute_that_is_written_again_counts_once(engine: Engine) -> None:
    keep(engine, "one", TODAY, 1)
    keep(engine, "two", TODAY, 10)
    keep(engine, "one", TODAY, 3)
    assert sorted(read(engine)) == [(TODAY, 3), (TODAY, 10)]


def test_days_that_are_over_become_one_row_each_and_keep_their_sums(
    engine: Engine,
) -> None:
    for minute in (TODAY - DAY - 5, TODAY - 7, TODAY - 6, TODAY + 1):
        keep(engine, "one", minute, 1)
        keep(engine, "two", minute, 1)

    def fold() -> None:
        with writing(engine) as connection:
            while service_usage.fold(connection, TODAY):
                pass

    fold()
    assert read(engine)[:2] == [(TODAY - DAY - 5, 2), (TODAY - 7, 4)]
    keep(engine, "late", TODAY - 9, 1)
    fold()
    assert read(engine)[1] == (TODAY - 9, 5)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(SERVICE_USAGE)) == 4


def test_what_is_too_old_goes(engine: Engine) -> None:
    keep(engine, "one", TODAY - 1, 1)
    keep(engine, "one", TODAY, 1)
    with writing(engine) as connection:
        service_usage.forget(connection, TODAY)
    assert read(engine) == [(TODAY, 1)]
