"""A database of every released schema is upgraded, and keeps what is in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    insert,
    select,
    types,
)
from tests.databases import new_database

from bramka.store.audit import AUDIT
from bramka.store.change import CHANGE
from bramka.store.database import open_database, reading, writing
from bramka.store.schema import (
    FOLDER,
    Part,
    newest,
    prepare,
    prepare_usage,
    upgrade_within,
)


def revisions(part: str) -> list[str]:
    """All but the newest, which every other test is about."""
    found = sorted(path.stem[:4] for path in Path(FOLDER, part).glob("0*.py"))
    assert found[-1] == newest("state" if part == "state" else "usage")
    return found[:-1]


PARTS: tuple[Part, Part] = ("state", "usage")
CASES = [
    *(("sqlite", part, one) for part in PARTS for one in revisions(part)),
    # The longest way is enough of PostgreSQL: each step is a part of it.
    *(("postgresql", part, "0001") for part in PARTS),
]


@pytest.mark.parametrize(("kind", "part", "revision"), CASES)
def test_rows_outlive_the_upgrade(
    kind: str,
    part: Part,
    revision: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    with new_database(kind, tmp_path, request, "nothing") as url:
        engine = open_database(url)
        try:
            before = fill(engine, part, revision)
            (prepare if part == "state" else prepare_usage)(engine)
            after = content(engine)
        finally:
            engine.dispose()
    assert len(before) >= 2
    for name, columns in before.items():
        # A column may go, as what it says is told elsewhere; a row may not.
        there = {column: columns[column] for column in columns if column in after[name]}
        assert there == {column: after[name][column] for column in there}
        assert len(columns) - len(there) <= 1


def fill(engine: Engine, part: Part, revision: str) -> dict[str, dict[str, Any]]:
    """One row in each table of a revision; what the rows hold."""
    with writing(engine) as connection:
        upgrade_within(connection, part, revision)
        for table in tables_there(connection):
            row = {column.name: value_for(column) for column in table.columns}
            connection.execute(insert(table).values(row))
    return content(engine)


def content(engine: Engine) -> dict[str, dict[str, Any]]:
    """Of each table that has a row: the first, by column."""
    found: dict[str, dict[str, Any]] = {}
    with reading(engine) as connection:
        for table in tables_there(connection):
            rows = connection.execute(select(table).order_by(*table.primary_key))
            for row in rows.mappings():
                found.setdefault(table.name, dict(row))
    return found


def tables_there(connection: Connection) -> Sequence[Table]:
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not name.endswith("_version"))
    return found.sorted_tables


def value_for(column: Column[Any]) -> object:
    """The same for all of a kind, so that what points to another row is right."""
    if isinstance(column.type, JSON):
        return ["kept"]
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, LargeBinary):
        return b"\x80"
    if isinstance(column.type, types.Integer | types.Float | types.Numeric):
        return 7
    return "kept"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_gateways_are_told_of_diagnostics_and_caches_from_before(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with new_database(kind, tmp_path, request, "nothing") as url:
        engine = open_database(url)
        try:
            fill(engine, "state", "0008")
            prepare(engine)
            with reading(engine) as connection:
                query = select(CHANGE.c.table, CHANGE.c.key).order_by(CHANGE.c.version)
                told = [tuple(row) for row in connection.execute(query)]
        finally:
            engine.dispose()
    told.remove(("kept", "kept"))
    assert told == [("diagnostics", "kept/kept"), ("caches", "kept")]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_proved_us_to_backends_leaves_the_audit_log(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shown = {"url": "https://shop.example.com", "credentials": {"header": {"a": ["b"]}}}
    bare = {"url": "https://shop.example.com"}
    given = {
        "/backends/shop": (None, shown),
        "/Backends/shop": (shown, bare),
        "/products/shop": (shown, None),
    }
    with new_database(kind, tmp_path, request, "nothing") as url:
        engine = open_database(url)
        try:
            with writing(engine) as connection:
                upgrade_within(connection, "state", "0019")
                for path, (before, after) in given.items():
                    row = {"actor": "a", "role": "owner", "method": "PUT", "moment": 1}
                    row |= {"path": path, "before": before, "after": after}
                    connection.execute(insert(AUDIT).values(row))
            prepare(engine)
            with reading(engine) as connection:
                query = select(AUDIT.c.path, AUDIT.c.before, AUDIT.c.after)
                kept = {path: seen for path, *seen in connection.execute(query)}
        finally:
            engine.dispose()
    assert kept == {
        "/backends/shop": [None, bare],
        "/Backends/shop": [bare, bare],
        "/products/shop": [shown, None],
    }
