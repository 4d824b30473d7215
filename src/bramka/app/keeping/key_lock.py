"""Keeps the keys of a data folder as they are while somebody works with them.

Who uses keys holds the lock together with all others who do; who exchanges them, alone.
It ends with the process, however that ends. Other machines are seen by presence.py.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bramka.domain.errors import Conflict

FILE = "keys.lock"


@contextmanager
def keys_in_use(data: Path) -> Iterator[None]:
    """Let nobody exchange the keys meanwhile; Conflict while somebody does."""
    with _held(
        data, fcntl.LOCK_SH, "being exchanged or restored; try again when that is done"
    ):
        yield


@contextmanager
def keys_exchanged(data: Path) -> Iterator[None]:
    """Let nobody use the keys meanwhile; Conflict while somebody does."""
    with _held(
        data, fcntl.LOCK_EX, "in use by a role or a command; stop what runs there"
    ):
        yield


@contextmanager
def _held(data: Path, how: int, otherwise: str) -> Iterator[None]:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(data / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"The keys of {data} are {otherwise}.") from None
        yield
    finally:
        os.close(file)
