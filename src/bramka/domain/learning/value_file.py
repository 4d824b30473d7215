"""Values of ports as bytes: a line of JSON that says what follows, then its content."""

import hashlib
import io
import json
from typing import Any

import msgspec
import polars as pl
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Archive, Learnt, Pictures, Value


class Head(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the first line says."""

    kind: str
    columns: tuple[Column, ...] = ()
    report: dict[str, Any] | None = None


def value_bytes(value: Value) -> bytes:
    """A value as bytes; a table's content is an Arrow IPC file."""
    match value:
        case Table():
            return table_bytes(value)
        case Learnt() | Pictures():
            body = msgspec.msgpack.encode(value)
            head = Head(kind="learnt" if isinstance(value, Learnt) else "pictures")
        case Archive():
            body, head = value.content, Head(kind="archive")
    return msgspec.json.encode(head) + b"\n" + body


def value_from(content: bytes) -> Value:
    """The value that `value_bytes` wrote; runs no code of what it reads."""
    first, _, body = content.partition(b"\n")
    if first.startswith(b"["):
        return table_from(content)
    head = msgspec.json.decode(first, type=Head)
    match head.kind:
        case "table":
            return Table(pl.read_ipc(io.BytesIO(body)), head.columns, head.report)
        case "learnt":
            return msgspec.msgpack.decode(body, type=Learnt)
        case "pictures":
            return msgspec.msgpack.decode(body, type=Pictures)
        case "archive":
            return Archive(body)
    raise Invalid(f"A file holds a {head.kind!r}, which this version cannot read.")


def table_bytes(table: Table, *, packed: bool = True) -> bytes:
    """One table as bytes: a line of JSON that describes the columns, then Arrow IPC.

    What goes through a pipe at once need not be packed: that would cost more.
    """
    buffer = io.BytesIO()
    head: object = table.columns
    if table.report is not None:
        head = Head(kind="table", columns=table.columns, report=dict(table.report))
    buffer.write(msgspec.json.encode(head) + b"\n")
    table.frame.write_ipc(buffer, compression="zstd" if packed else "uncompressed")
    return buffer.getvalue()


def table_from(content: bytes) -> Table:
    """The table that `table_bytes` wrote; Invalid if it is something else."""
    first, _, body = content.partition(b"\n")
    if first.startswith(b"["):
        columns = msgspec.json.decode(first, type=tuple[Column, ...])
        return Table(pl.read_ipc(io.BytesIO(body)), columns)
    value = value_from(content)
    if not isinstance(value, Table):
        raise Invalid("A file that should hold a table holds something else.")
    return value


def digest_of(content: bytes | object) -> str:
    """The SHA-256 of bytes, or of the JSON of anything else."""
    if not isinstance(content, bytes):
        content = json.dumps(content, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()
