"""Rows of the index as nouns: containers and blobs, found, changed, forgotten."""

import sqlite3
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from bramka.blobs.call import Place
from bramka.blobs.conditions import Standing
from bramka.blobs.fault import Fault
from bramka.blobs.pieces import Piece

Metadata = dict[str, str]


class Container(Struct, frozen=True):
    """A container as it stands."""

    id: int
    name: str
    etag: str
    modified: float
    metadata: Metadata

    @property
    def standing(self) -> Standing:
        return Standing(self.etag, self.modified)


class Properties(Struct, frozen=True, omit_defaults=True):
    """The HTTP headers a blob is served with; `md5` is base64 text."""

    content_type: str = "application/octet-stream"
    content_encoding: str = ""
    content_language: str = ""
    content_disposition: str = ""
    cache_control: str = ""
    md5: str = ""


class Blob(Struct, frozen=True):
    """A committed blob as it stands."""

    id: int
    name: str
    etag: str
    created: float
    modified: float
    size: int
    properties: Properties
    metadata: Metadata

    @property
    def standing(self) -> Standing:
        return Standing(self.etag, self.modified)


class Part(Struct, frozen=True):
    """One block of a blob, committed or staged, with the piece that holds it."""

    block: str
    piece: Piece


SELECT_BLOB = (
    "SELECT id, name, etag, created, modified, size, properties, metadata FROM blob"
)

Row = tuple[int, str, str, float, float, int, str, str]


def as_blob(row: Row) -> Blob:
    """A blob from a row of SELECT_BLOB."""
    properties = msgspec.json.decode(row[6], type=Properties)
    metadata = msgspec.json.decode(row[7], type=Metadata)
    return Blob(*row[:6], properties, metadata)


def find_container(connection: sqlite3.Connection, place: Place) -> Container | None:
    row = connection.execute(
        "SELECT id, name, etag, modified, metadata FROM container"
        " WHERE account = ? AND name = ?",
        (place.account, place.container),
    ).fetchone()
    if row is None:
        return None
    number, name, etag, modified, metadata = row
    return Container(
        number, name, etag, modified, msgspec.json.decode(metadata, type=Metadata)
    )


def require_container(connection: sqlite3.Connection, place: Place) -> Container:
    container = find_container(connection, place)
    if container is None:
        raise Fault("ContainerNotFound")
    return container


def find_blob(
    connection: sqlite3.Connection, container: Container, name: str
) -> Blob | None:
    row = connection.execute(
        SELECT_BLOB + " WHERE container = ? AND name = ?",
        (container.id, name),
    ).fetchone()
    return None if row is None else as_blob(row)


def require_blob(connection: sqlite3.Connection, place: Place) -> Blob:
    blob = find_blob(connection, require_container(connection, place), place.name)
    if blob is None:
        raise Fault("BlobNotFound")
    return blob


def parts_of(connection: sqlite3.Connection, blob: Blob) -> list[Part]:
    """The committed blocks of a blob, in order."""
    rows = connection.execute(
        "SELECT block, piece.name, piece.size FROM part"
        " JOIN piece ON piece.name = part.piece WHERE blob = ? ORDER BY position",
        (blob.id,),
    )
    return [Part(block, Piece(name, size)) for block, name, size in rows]


def staged_at(
    connection: sqlite3.Connection, container: Container, name: str
) -> list[Part]:
    """The uncommitted blocks under a name, by block ID."""
    rows = connection.execute(
        "SELECT block, piece.name, piece.size FROM staged"
        " JOIN piece ON piece.name = staged.piece"
        " WHERE container = ? AND staged.name = ? ORDER BY block",
        (container.id, name),
    )
    return [Part(block, Piece(piece, size)) for block, piece, size in rows]


def put_blob(
    connection: sqlite3.Connection, container: Container, blob: Blob, parts: list[Part]
) -> None:
    """Let the blob stand with these parts; what stood there and was staged is gone."""
    drop_blob(connection, container, blob.name)
    drop_staged(connection, container, blob.name)
    cursor = connection.execute(
        "INSERT INTO blob (container, name, etag, created, modified, size, properties,"
        " metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (container.id, *_as_row(blob)),
    )
    connection.executemany(
        "INSERT INTO part (blob, position, block, piece) VALUES (?, ?, ?, ?)",
        (
            (cursor.lastrowid, position, part.block, part.piece.name)
            for position, part in enumerate(parts)
        ),
    )


def change_blob(connection: sqlite3.Connection, blob: Blob) -> None:
    """Give the blob of this id other properties and metadata; its parts stay."""
    connection.execute(
        "UPDATE blob SET name = ?, etag = ?, created = ?, modified = ?, size = ?,"
        " properties = ?, metadata = ? WHERE id = ?",
        (*_as_row(blob), blob.id),
    )


def as_json(noun: Properties | Metadata) -> str:
    """Properties or metadata as the index keeps them."""
    return msgspec.json.encode(noun).decode()


def _as_row(blob: Blob) -> tuple[str, str, float, float, int, str, str]:
    return (
        blob.name,
        blob.etag,
        blob.created,
        blob.modified,
        blob.size,
        as_json(blob.properties),
        as_json(blob.metadata),
    )


def check_block_length(
    connection: sqlite3.Connection, container: Container, name: str, part: Part
) -> None:
    """Refuse a block whose ID is not as long as those of the blob's other blocks."""
    row = connection.execute(
        "SELECT block FROM staged WHERE container = ? AND name = ? LIMIT 1",
        (container.id, name),
    ).fetchone()
    if row is not None and len(row[0]) != len(part.block):
        raise Fault("InvalidBlobOrBlock")


def stage(
    connection: sqlite3.Connection,
    container: Container,
    name: str,
    part: Part,
    now: float,
) -> list[Part]:
    """Keep an uncommitted block; returns the one of the same ID it replaces, if any."""
    rows = connection.execute(
        "SELECT piece.name, piece.size FROM staged"
        " JOIN piece ON piece.name = staged.piece"
        " WHERE container = ? AND staged.name = ? AND block = ?",
        (container.id, name, part.block),
    ).fetchall()
    connection.execute(
        "INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?)",
        (container.id, name, part.block, part.piece.name, now),
    )
    return [Part(part.block, Piece(*row)) for row in rows]


def add_piece(connection: sqlite3.Connection, piece: Piece) -> None:
    connection.execute("INSERT INTO piece VALUES (?, ?)", (piece.name, piece.size))


def drop_blob(connection: sqlite3.Connection, container: Container, name: str) -> None:
    connection.execute(
        "DELETE FROM blob WHERE container = ? AND name = ?", (container.id, name)
    )


def drop_staged(
    connection: sqlite3.Connection, container: Container, name: str
) -> None:
    connection.execute(
        "DELETE FROM staged WHERE container = ? AND name = ?", (container.id, name)
    )


def forget_loose(
    connection: sqlite3.Connection, candidates: Iterable[Part]
) -> list[Piece]:
    """Forget those pieces that no blob and no staged block needs any more."""
    loose = []
    for part in candidates:
        gone = connection.execute(
            "DELETE FROM piece WHERE name = ?1"
            " AND NOT EXISTS (SELECT 1 FROM part WHERE piece = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM staged WHERE piece = ?1)",
            (part.piece.name,),
        )
        if gone.rowcount:
            loose.append(part.piece)
    return loose
