"""Blobs of a depot: put, stage, commit, copy, change, delete, read."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from bramka.blobs.call import Place
from bramka.blobs.conditions import Standing
from bramka.blobs.containers import Guard
from bramka.blobs.depot import Change, Depot
from bramka.blobs.fault import Fault
from bramka.blobs.pieces import Piece
from bramka.blobs.rows import (
    Blob,
    Container,
    Metadata,
    Part,
    Properties,
    add_piece,
    change_blob,
    check_block_length,
    drop_blob,
    find_blob,
    parts_of,
    put_blob,
    require_blob,
    require_container,
    stage,
    staged_at,
)

Choice = Callable[[list[Part], list[Part]], list[Part]]
"""From the committed and the staged blocks, the parts of the new blob."""


@dataclass(frozen=True)
class Draft:
    """What a blob is to be, apart from its bytes."""

    properties: Properties
    metadata: Metadata


def put_piece(
    depot: Depot, place: Place, piece: Piece | None, draft: Draft, guard: Guard
) -> Blob:
    """Let the blob be this one piece (None: empty)."""
    with depot.changing() as change:
        if piece is not None:
            add_piece(change.connection, piece)
        parts = [] if piece is None else [Part("", piece)]
        return _replace(depot, change, place, parts, draft, guard)


def commit_blocks(
    depot: Depot, place: Place, choose: Choice, draft: Draft, guard: Guard
) -> Blob:
    """Let the blob be the blocks that `choose` picks."""
    with depot.changing() as change:
        container = require_container(change.connection, place)
        standing = find_blob(change.connection, container, place.name)
        committed = parts_of(change.connection, standing) if standing else []
        staged = staged_at(change.connection, container, place.name)
        parts = choose(committed, staged)
        return _replace(depot, change, place, parts, draft, guard)


def copy_blob(
    depot: Depot,
    source: Place,
    target: Place,
    *,
    draft: Callable[[Blob], Draft],
    source_guard: Guard,
    guard: Guard,
) -> Blob:
    """Let the target be made of the source's pieces: nothing is copied on disk."""
    with depot.changing() as change:
        original = require_source(change, source)
        source_guard(original.standing)
        parts = [
            msgspec.structs.replace(part, block="")
            for part in parts_of(change.connection, original)
        ]
        return _replace(depot, change, target, parts, draft(original), guard)


def require_source(change: Change, source: Place) -> Blob:
    """The blob to copy from; its absence is the copy's fault."""
    try:
        return require_blob(change.connection, source)
    except Fault as fault:
        raise Fault("CannotVerifyCopySource") from fault


def _replace(
    depot: Depot,
    change: Change,
    place: Place,
    parts: list[Part],
    draft: Draft,
    guard: Guard,
) -> Blob:
    connection = change.connection
    container = require_container(connection, place)
    old = find_blob(connection, container, place.name)
    guard(old.standing if old else None)
    etag, now = depot.stamp()
    blob = Blob(
        0,
        place.name,
        etag,
        old.created if old else now,
        now,
        sum(part.piece.size for part in parts),
        draft.properties,
        draft.metadata,
    )
    change.freed += parts_of(connection, old) if old else []
    change.freed += staged_at(connection, container, place.name)
    put_blob(connection, container, blob, parts)
    return blob


def stage_block(depot: Depot, place: Place, part: Part) -> None:
    """Keep a block that no reader sees until a block list names it."""
    depot.expire_staged()
    with depot.changing() as change:
        container = require_container(change.connection, place)
        check_block_length(change.connection, container, place.name, part)
        add_piece(change.connection, part.piece)
        _, now = depot.stamp()
        change.freed += stage(change.connection, container, place.name, part, now)


def change_properties(
    depot: Depot, place: Place, revise: Callable[[Blob], Draft], guard: Guard
) -> Blob:
    """Give a blob other properties and metadata; its bytes stay."""
    with depot.changing() as change:
        blob = require_blob(change.connection, place)
        guard(blob.standing)
        draft = revise(blob)
        etag, now = depot.stamp()
        changed = msgspec.structs.replace(
            blob,
            etag=etag,
            modified=now,
            properties=draft.properties,
            metadata=draft.metadata,
        )
        change_blob(change.connection, changed)
        return changed


def delete_blob(depot: Depot, place: Place, guard: Guard) -> None:
    with depot.changing() as change:
        blob = require_blob(change.connection, place)
        guard(blob.standing)
        change.freed += parts_of(change.connection, blob)
        container = require_container(change.connection, place)
        drop_blob(change.connection, container, place.name)


def standing_at(depot: Depot, place: Place) -> Standing | None:
    """What stands under the name now; the container must exist."""
    with depot.reading() as connection:
        container: Container = require_container(connection, place)
        blob = find_blob(connection, container, place.name)
        return blob.standing if blob else None


def read_blob(depot: Depot, place: Place) -> tuple[Blob, list[Part]]:
    """A blob and its parts, in order."""
    with depot.reading() as connection:
        blob = require_blob(connection, place)
        return blob, parts_of(connection, blob)


def read_blocks(
    depot: Depot, place: Place
) -> tuple[Blob | None, list[Part], list[Part]]:
    """The blob if there is one, its committed blocks, and the staged ones."""
    with depot.reading() as connection:
        container = require_container(connection, place)
        blob = find_blob(connection, container, place.name)
        staged = staged_at(connection, container, place.name)
        if blob is None and not staged:
            raise Fault("BlobNotFound")
        return blob, parts_of(connection, blob) if blob else [], staged
