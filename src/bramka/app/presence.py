"""Says, while a role runs, that it does; see `store/presence.py` for who asks."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from bramka.app.clock import SystemChance
from bramka.app.settings import Settings
from bramka.store.database import open_database, writing
from bramka.store.presence import (
    BEAT_SECONDS,
    PRESENCE,
    Presence,
    beat,
    leave,
    refuse_present,
)
from bramka.store.schema import prepare

ENDING_SECONDS = 3.0
log = logging.getLogger(__name__)


@contextmanager
def present(settings: Settings, role: str) -> Iterator[None]:
    """Let those who exchange keys, on any machine, know of this process."""
    if not settings.database.startswith("postgresql"):
        yield  # All are on this machine, and hold the lock of the keys.
        return
    engine = open_database(settings.database)
    own = Presence(
        id=SystemChance().hex(16),
        role=role,
        host=socket.gethostname(),
        process=os.getpid(),
    )
    over = threading.Event()
    _try(engine, own)
    beating = threading.Thread(target=_beat, args=(engine, own, over), daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join(ENDING_SECONDS)
        if not beating.is_alive():  # Else the database is away: it forgets us itself.
            with suppress(SQLAlchemyError), writing(engine) as connection:
                leave(connection, own)
            engine.dispose()


def refuse_others(settings: Settings) -> None:
    """Conflict, which names them, while roles work with the database."""
    if not settings.database.startswith("postgresql"):
        return  # The lock of the keys tells; to ask would make an empty file.
    engine = open_database(settings.database)
    try:
        with writing(engine) as connection:
            # A database to restore into may be empty.
            if inspect(connection).has_table(PRESENCE.name):
                refuse_present(connection)
    finally:
        engine.dispose()


def _beat(engine: Engine, own: Presence, over: threading.Event) -> None:
    while not over.wait(BEAT_SECONDS):
        _try(engine, own)


def _try(engine: Engine, own: Presence) -> None:
    """Say it; while the database is away nobody can exchange its keys either."""
    try:
        prepare(engine)
        with writing(engine) as connection:
            beat(connection, own)
    except SQLAlchemyError as error:
        log.debug("the database does not hear of this process: %s", error)
