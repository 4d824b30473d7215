"""The schema: migrations and tables say the same, and several may start at once."""

import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bramka.domain.errors import Conflict
from bramka.store.database import open_database, reading, writing
from bramka.store.schema import (
    Part,
    metadata,
    prepare,
    prepare_usage,
    version_table,
)

FULL = 2
"""How SQLite tells of synchronous=FULL."""


@pytest.mark.parametrize("part", ["state", "usage"])
def test_the_migrations_make_exactly_the_tables(
    empty_database: str, part: Part
) -> None:
    engine = open_database(empty_database)
    (prepare if part == "state" else prepare_usage)(engine)
    with reading(engine) as connection:
        options = {"version_table": version_table(part), "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        difference = compare_metadata(context, metadata(part))
    engine.dispose()
    remedy = f"write it: python -m bramka.store.schema {part} 'what changed'"
    assert difference == [], remedy


def _prepare_both(url: str) -> None:
    engine = open_database(url)
    prepare(engine)
    prepare_usage(engine)
    engine.dispose()


def test_processes_that_start_at_once_prepare_it_once(empty_database: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_prepare_both, args=(empty_database,)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(180)
    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_an_older_program_says_that_a_newer_one_was_here(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    prepare(engine)
    with writing(engine) as connection:
        connection.execute(
            text(f"UPDATE {version_table('state')} SET version_num=9999")
        )
    with pytest.raises(Conflict, match=r"version 9999 .* a newer one upgraded it"):
        prepare(engine)
    engine.dispose()


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    with reading(engine) as connection:
        # As the product has set it: tests do without, see tests/conftest.py.
        assert connection.connection.info["synchronous"] == FULL
    engine.dispose()
