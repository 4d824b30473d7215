"""Reads what a job takes in: by ranges, and only the version that was planned."""

from collections.abc import Mapping

from msgspec import Struct

from bramka.domain.blob import BlobLocator, BlobReference, BlobStore
from bramka.domain.errors import BramkaError, Invalid, Unavailable
from bramka.domain.learning.delimited import Delimited
from bramka.domain.learning.file_format import FileFormat, format_of, read_file
from bramka.domain.learning.job import Piece, Plan
from bramka.domain.learning.parquet import as_table, read_footer, read_groups
from bramka.domain.learning.service import Port
from bramka.domain.learning.table import Table
from bramka.jobs.planner import WHOLE, Limits, cut, cut_arff, cut_groups


class Input(Struct, frozen=True, kw_only=True):
    """One input of a job: a blob, the version that counts, and its format."""

    store: BlobStore
    path: str
    kind: FileFormat
    version: str

    def read(self, start: int, length: int) -> bytes:
        """Exactly these bytes; Unavailable when the store gives fewer."""
        content = self.store.read(self.path, start, length) if length else b""
        if len(content) < length:
            raise Unavailable(
                f"The store gave {len(content)} of {length} bytes of {self.path} from "
                f"{start} on."
            )
        return content

    def size(self) -> int:
        return self.store.size(self.path)

    def check(self) -> None:
        """Refuse a blob that is not the one that was planned."""
        found = self.store.version(self.path)
        if found != self.version:
            raise Invalid(
                f"The blob {self.path} was replaced while the job read it: its version "
                f"was {self.version}, now it is {found}. Submit the job again."
            )


class Content(Struct, frozen=True):
    """The rows of one chunk: text with the header before it, or a table."""

    kind: FileFormat
    header: bytes
    rows: bytes | Table

    def table(self, port: Port, first_row: int) -> Table:
        """The rows with the columns of a port; `first_row` is for messages."""
        if isinstance(self.rows, Table):
            return as_table(self.rows.frame, port.columns, first_row)
        text = self.header + self.rows
        return read_file(text, self.kind, columns=port.columns, first_row=first_row)


def open_input(
    reference: BlobReference, locator: BlobLocator, version: str | None = None
) -> Input:
    """The blob a reference means, in the version it has now or had when planned."""
    store, path = locator.find(reference)
    kind = format_of(path)
    known = store.version(path) if version is None else version
    return Input(store=store, path=path, kind=kind, version=known)


def plan_inputs(inputs: Mapping[str, Input], limits: Limits, *, row_wise: bool) -> Plan:
    """How to cut a job; Unavailable when an input is replaced at this moment."""
    made, problem = WHOLE, None
    if len(inputs) == 1 and row_wise:
        [only] = inputs.values()
        try:
            made = _cut(only, limits)
        except BramkaError as error:
            problem = error
    for one in inputs.values():
        if one.store.version(one.path) != one.version:
            raise Unavailable(f"The blob {one.path} was replaced while it was planned.")
    if problem is not None:
        raise problem
    versions = {name: one.version for name, one in inputs.items()}
    return Plan(header=made.header, pieces=made.pieces, versions=versions)


def read_piece(given: Input, piece: Piece, header: bytes) -> Content:
    """The rows of a chunk, as they were when the job was planned."""
    try:
        found = _read(given, piece, header)
    except BramkaError:
        given.check()
        raise
    given.check()
    return found


def _cut(given: Input, limits: Limits) -> Plan:
    size = given.size()
    if given.kind == "parquet":
        return cut_groups(read_footer(given.read, size), limits)

    def read(start: int, length: int) -> bytes:
        return given.read(start, min(length, size - start))

    if given.kind == "arff":
        return cut_arff(read, size, limits=limits)
    assert isinstance(given.kind, Delimited)
    return cut(read, size, header=given.kind.header, limits=limits)


def _read(given: Input, piece: Piece, header: bytes) -> Content:
    if given.kind == "parquet":
        return Content("parquet", b"", _parquet(given, piece))
    stop = given.size() if piece.stop is None else piece.stop
    return Content(given.kind, header, given.read(piece.start, stop - piece.start))


def _parquet(given: Input, piece: Piece) -> Table:
    footer = read_footer(given.read, given.size())
    stop = len(footer.groups) if piece.stop is None else piece.stop
    before = sum(group.rows for group in footer.groups[: piece.start])
    frame = read_groups(given.read, footer.groups[piece.start : stop], footer)
    return Table.of(frame.slice(piece.first_row - before, piece.rows))
