"""A place that one process at a time holds, on whichever machine.

It is given back when the process ends, however that ends: so who finds it free knows
that nobody is at work.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, func, select

Release = Callable[[], None]


def hold_alone(engine: Engine, folder: Path, name: str) -> Release | None:
    """Take the place; None while somebody holds it. The answer gives it back.

    With PostgreSQL the database knows who holds it; with SQLite all are on one
    machine, and a file in `folder` does.
    """
    if engine.dialect.name == "postgresql":
        return _in_database(engine, name)
    return _in_folder(folder / f"{name}.lock")


def _in_database(engine: Engine, name: str) -> Release | None:
    # It belongs to the connection, not to a transaction: this one stays open.
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    key = func.hashtextextended(f"bramka {name}", 0)
    if not connection.scalar(select(func.pg_try_advisory_lock(key))):
        connection.close()
        return None

    def release() -> None:
        # Not back into the pool: whoever got it next would hold the place.
        connection.invalidate()
        connection.close()

    return release


def _in_folder(path: Path) -> Release | None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return lambda: os.close(file)
