"""Tables as bytes: an Arrow IPC file, its column descriptions beside it."""

import hashlib
import io
import json

import msgspec
import polars as pl

from bramka.domain.learning.table import Column, Table


def table_bytes(table: Table) -> bytes:
    """One table as bytes: a line of JSON that describes the columns, then Arrow IPC."""
    buffer = io.BytesIO()
    buffer.write(msgspec.json.encode(table.columns) + b"\n")
    table.frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


def table_from(content: bytes) -> Table:
    """The table that `table_bytes` wrote."""
    head, _, body = content.partition(b"\n")
    columns = msgspec.json.decode(head, type=tuple[Column, ...])
    return Table(pl.read_ipc(io.BytesIO(body)), columns)


def digest_of(content: bytes | object) -> str:
    """The SHA-256 of bytes, or of the JSON of anything else."""
    if not isinstance(content, bytes):
        content = json.dumps(content, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()
