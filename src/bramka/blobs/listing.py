"""Listings: names in order, folded at a delimiter, a page at a time."""

import sqlite3
from collections.abc import Iterator

from msgspec import Struct

from bramka.blobs.call import Place
from bramka.blobs.rows import (
    SELECT_BLOB,
    Blob,
    Container,
    as_blob,
    find_container,
    require_container,
)

LAST_CHARACTER = "\U0010ffff"
BATCH = 500


class Page(Struct, frozen=True):
    """A page of a listing; `next_name` is where the next page begins, if any."""

    blobs: list[Blob]
    prefixes: list[str]
    next_name: str


def list_blobs(
    connection: sqlite3.Connection,
    place: Place,
    *,
    prefix: str,
    delimiter: str,
    start: str,
    limit: int,
) -> Page:
    """Blobs whose names begin with `prefix`, from `start` on."""
    container = require_container(connection, place)
    page = Page([], [], "")
    entries = _entries(connection, container, prefix, delimiter, max(start, prefix))
    for folded, blob in entries:
        if len(page.blobs) + len(page.prefixes) == limit:
            return Page(page.blobs, page.prefixes, blob.name)
        if folded:
            page.prefixes.append(folded)
        else:
            page.blobs.append(blob)
    return page


def _entries(
    connection: sqlite3.Connection,
    container: Container,
    prefix: str,
    delimiter: str,
    start: str,
) -> Iterator[tuple[str, Blob]]:
    """Blobs in order; the first of each folder stands for it, with its prefix."""
    cursor: str | None = start
    while cursor is not None:
        batch = _batch(connection, container, prefix, cursor)
        cursor = batch[-1].name + "\x00" if len(batch) == BATCH else None
        passed = ""
        for blob in batch:
            if passed and blob.name.startswith(passed):
                continue
            end = blob.name.find(delimiter, len(prefix)) if delimiter else -1
            passed = blob.name[: end + len(delimiter)] if end >= 0 else ""
            yield passed, blob
        if passed and cursor is not None:
            # The rest of the folder is jumped over, however large it is.
            cursor = passed + LAST_CHARACTER


def _batch(
    connection: sqlite3.Connection, container: Container, prefix: str, start: str
) -> list[Blob]:
    rows = connection.execute(
        SELECT_BLOB + " WHERE container = ? AND name >= ? AND name < ?"
        " ORDER BY name LIMIT ?",
        (container.id, start, prefix + LAST_CHARACTER, BATCH),
    )
    return [as_blob(row) for row in rows]


def list_containers(
    connection: sqlite3.Connection, account: str, *, prefix: str, start: str, limit: int
) -> tuple[list[Container], str]:
    """Containers in order, and the name the next page begins with."""
    rows = connection.execute(
        "SELECT name FROM container WHERE account = ? AND name >= ? AND name < ?"
        " ORDER BY name LIMIT ?",
        (account, max(start, prefix), prefix + LAST_CHARACTER, limit + 1),
    ).fetchall()
    found = (find_container(connection, Place(account, name)) for (name,) in rows)
    containers = [container for container in found if container is not None]
    if len(containers) <= limit:
        return containers, ""
    return containers[:limit], containers[limit].name
