"""Opening the database, and the two kinds of transaction.

SQLite runs in WAL mode. A transaction that will write begins with BEGIN IMMEDIATE:
one that begins as a reader and then writes fails at once, whatever the busy time-out,
when another writer came first. Readers never queue.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError

from bramka.domain.errors import Invalid
from bramka.store.folding import FOLDED, fold

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the product registers here, in the file of its noun."""

BUSY_SECONDS = 15


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql+psycopg://…`; tables not made."""
    if _kind(url) == "postgresql":
        try:
            return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)
        except ModuleNotFoundError as missing:
            raise Invalid(
                f"The database is PostgreSQL, but the package '{missing.name}' is not "
                "there; install bramka[postgres].",
                target="database",
            ) from missing
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _kind(url: str) -> str:
    try:
        kind = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):
        kind = ""
    if kind not in ("sqlite", "postgresql"):
        # No more of it is repeated: a password may stand behind.
        raise Invalid(
            f"The address of the database begins with '{url.partition(':')[0][:30]}'; "
            "write postgresql+psycopg://USER@HOST/NAME or sqlite:///FILE.",
            target="database",
        )
    return kind


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # We say BEGIN ourselves: the driver would begin as a reader (see above).
    connection.isolation_level = None
    connection.create_function(FOLDED, 1, fold, deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads; all its queries see the same moment."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # SQLite does so by itself.
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def queue_writers(connection: Connection, name: str) -> None:
    """Let one writer at a time past here, until its transaction ends.

    SQLite needs no help: a transaction that writes is alone from its beginning.
    """
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"bramka {name}", 0))
        connection.execute(select(lock))


@contextmanager
def writing(engine: Engine, busy_seconds: float = BUSY_SECONDS) -> Iterator[Connection]:
    """A transaction that writes; commits at the end, rolls back on an exception.

    It waits so long for other writers where the database does not queue them.
    """
    with engine.connect().execution_options(write=True) as connection:
        if busy_seconds != BUSY_SECONDS:
            _wait_for_writers(connection, busy_seconds)
        try:
            with connection.begin():
                yield connection
        finally:
            if busy_seconds != BUSY_SECONDS:
                _wait_for_writers(connection, BUSY_SECONDS)


def _wait_for_writers(connection: Connection, seconds: float) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
