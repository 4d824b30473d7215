"""The three kinds of work on a job, each accepted or refused by the ledger as a whole.

Whatever is written under a lease bears its fence in the name, and whoever finds that
the lease is lost deletes what they wrote.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import polars as pl
from msgspec import Struct

from bramka.domain.blob import BlobLocator, BlobStore
from bramka.domain.errors import BramkaError, Unavailable
from bramka.domain.learning.delimited import write_delimited
from bramka.domain.learning.file_format import FileFormat, format_of, write_part
from bramka.domain.learning.job import SET_ASIDE, Piece, Task, part_name
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.parquet import joined
from bramka.domain.learning.service import (
    Definition,
    Port,
    ScoringFunction,
    Training,
    Warming,
)
from bramka.domain.learning.small_table import (
    MOST_ROWS,
    SmallScoring,
    small_of,
    table_of,
)
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Learnt
from bramka.jobs.failure import located
from bramka.jobs.intake import Content, open_input, plan_inputs, read_piece
from bramka.jobs.ledger import Ledger, Lost
from bramka.jobs.planner import Limits
from bramka.jobs.pulse import Pulse
from bramka.jobs.set_aside import HEADER, joined_lists, readable, rows_of, score_most

READ_SIZE = 1 << 20
ROWS_AT_ONCE = 4_096

Tables = Mapping[str, Table | Learnt]
Parameters = Mapping[str, Any]


class Tools(Struct, frozen=True, kw_only=True):
    """What work on a job needs; `bramka.app` hands it over."""

    ledger: Ledger
    locator: BlobLocator
    """Finds the inputs and outputs that callers name."""
    staging: BlobStore
    """Where parts lie until their job is published."""
    load: Callable[[str], ScoringFunction]
    """Loads a published package by its name."""
    limits: Limits = Limits()


class Scored(Struct, frozen=True):
    """The results of one chunk."""

    tables: Tables
    rows: int
    set_aside: Table | None = None


def plan(task: Task, tools: Tools, pulse: Pulse) -> None:
    """Cut the job into chunks."""
    function = tools.load(task.package)
    if isinstance(function, Warming):
        # A model's process takes seconds to start: meanwhile the input is cut.
        threading.Thread(target=function.warm, daemon=True).start()
    definition = function.definition
    inputs = {
        port.name: open_input(task.spec.inputs[port.name], tools.locator)
        for port in definition.inputs
    }
    limits = tools.limits.for_width(width(definition))
    made = plan_inputs(inputs, limits, row_wise=function.row_wise)
    pulse.check()
    if not pulse.insist(lambda: tools.ledger.set_plan(task.lease, made)):
        raise Lost


def width(definition: Definition) -> int:
    """How many columns all ports of a service have together."""
    return sum(len(port.columns) for port in definition.inputs + definition.outputs)


def score(task: Task, tools: Tools, pulse: Pulse) -> None:
    """Score one chunk and hand in its parts, one for each output."""
    assert task.piece is not None
    function = tools.load(task.package)
    cut = task.piece.stop is not None
    if cut and task.spec.set_aside is not None:
        scored = _score_most(function, task, task.piece, tools)
    elif task.spec.set_aside is not None:
        scored = _score_readable(function, task, task.piece, tools, pulse)
    else:
        scored = _score(function, task, task.piece, tools, pulse)
    pulse.check()
    _hand_in(task, tools, pulse, _parts(task, task.piece, scored), scored)


def publish(task: Task, tools: Tools, pulse: Pulse) -> None:
    """Join the parts in order and put each output where it belongs, whole."""
    job = task.lease.job
    parts = tools.ledger.parts(job)
    for name, reference in task.spec.outputs.items():
        store, path = tools.locator.find(reference)
        names = [part_name(job, name, *part) for part in parts]
        pieces = _joined(tools.staging, names, format_of(path))
        store.write(path, _guarded(pieces, pulse))
    if task.spec.set_aside is not None and tools.ledger.set_aside(job):
        store, path = tools.locator.find(task.spec.set_aside)
        names = [part_name(job, SET_ASIDE, *part) for part in parts]
        store.write(path, _guarded(_listed(tools.staging, names), pulse))
    if not pulse.insist(lambda: tools.ledger.finish_job(task.lease)):
        raise Lost


def _score(
    function: ScoringFunction, task: Task, piece: Piece, tools: Tools, pulse: Pulse
) -> Scored:
    """All rows, or the refusal of the first that fails."""
    tables = {
        port.name: _content(task, piece, tools, port).table(port, piece.first_row + 1)
        for port in function.definition.inputs
    }
    pulse.check()
    rows = max((len(table) for table in tables.values()), default=0)
    parameters = task.spec.parameters
    try:
        return Scored(_results(function, tables, parameters, rows), rows)
    except ModuleError as error:
        if piece.stop is None:
            raise
        raise located(function, tables, parameters, error, piece.first_row) from error


def _in_slices(
    function: ScoringFunction,
    tables: Mapping[str, Table],
    parameters: Parameters,
    rows: int,
) -> Mapping[str, Table]:
    """Score some rows at a time where rows do not need each other.

    What stands between two modules may be a thousand columns wide: it has to fit into
    memory, and a small piece fits into the processor's as well.
    """
    if not function.row_wise or len(tables) != 1 or rows <= ROWS_AT_ONCE:
        return function.score(tables, parameters)
    [(port, table)] = tables.items()
    pieces = [
        function.score({port: table.slice(start, ROWS_AT_ONCE)}, parameters)
        for start in range(0, rows, ROWS_AT_ONCE)
    ]
    return {
        name: Table(
            pl.concat([piece[name].frame for piece in pieces]), pieces[0][name].columns
        )
        for name in pieces[0]
    }


def _score_most(
    function: ScoringFunction, task: Task, piece: Piece, tools: Tools
) -> Scored:
    """All rows that do not fail, and a list of those that do."""
    [port] = function.definition.inputs
    rows = rows_of(_content(task, piece, tools, port), port, piece.first_row)

    def score_rows(table: Table) -> Mapping[str, Table]:
        return function.score({port.name: table}, task.spec.parameters)

    tables, refused = score_most(rows, score_rows, piece.first_row)
    return Scored(tables, len(rows), refused)


def _score_readable(
    function: ScoringFunction, task: Task, piece: Piece, tools: Tools, pulse: Pulse
) -> Scored:
    """All rows together but those that cannot be read, which are listed."""
    ports = function.definition.inputs
    found = {
        port.name: readable(_content(task, piece, tools, port), port) for port in ports
    }
    pulse.check()
    rows = max((len(good) + len(bad) for good, bad in found.values()), default=0)
    tables = {name: good for name, (good, _) in found.items()}
    refused = joined_lists({name: bad for name, (_, bad) in found.items()})
    results = _results(function, tables, task.spec.parameters, rows)
    return Scored(results, rows, refused)


def _content(task: Task, piece: Piece, tools: Tools, port: Port) -> Content:
    """What one input has for a chunk."""
    version = task.versions.get(port.name, "")
    given = open_input(task.spec.inputs[port.name], tools.locator, version)
    return read_piece(given, piece, task.header)


def _results(
    function: ScoringFunction,
    tables: Mapping[str, Table],
    parameters: Parameters,
    rows: int,
) -> Tables:
    if function.definition.models and isinstance(function, Training):
        return function.train(tables, parameters)
    if rows <= MOST_ROWS and isinstance(function, SmallScoring):
        few = {name: small_of(table) for name, table in tables.items()}
        found = function.score_small(few, parameters)
        return {name: table_of(small) for name, small in found.items()}
    return _in_slices(function, tables, parameters, rows)


def _parts(task: Task, piece: Piece, scored: Scored) -> dict[str, bytes]:
    lease, first = task.lease, piece.number == 0
    parts = {}
    for name, reference in task.spec.outputs.items():
        kind = format_of(reference.relative_location or "")
        part = part_name(lease.job, name, piece.number, lease.fence)
        parts[part] = write_part(scored.tables[name], kind, first=first)
    if scored.set_aside is not None:
        part = part_name(lease.job, SET_ASIDE, piece.number, lease.fence)
        parts[part] = write_delimited(scored.set_aside, header=False)
    return parts


def _hand_in(
    task: Task, tools: Tools, pulse: Pulse, parts: Mapping[str, bytes], scored: Scored
) -> None:
    try:
        for name, content in parts.items():
            tools.staging.write(name, [content])
    except BramkaError as error:
        _delete(tools.staging, parts)
        # Whatever ails our own storage, it is no fault of the job.
        raise Unavailable(error.message) from error
    except BaseException:
        _delete(tools.staging, parts)
        raise
    refused = 0 if scored.set_aside is None else len(scored.set_aside)
    finish = tools.ledger.finish_chunk
    # When the answer is lost we do not know whether the parts count: they stay.
    if not pulse.insist(lambda: finish(task.lease, scored.rows, refused)):
        _delete(tools.staging, parts)
        raise Lost


def _delete(store: BlobStore, names: Iterable[str]) -> None:
    for name in names:
        store.delete(name)


def _guarded(pieces: Iterable[bytes], pulse: Pulse) -> Iterator[bytes]:
    """The same bytes; nothing is published once the lease is lost."""
    for piece in pieces:
        yield piece
        pulse.check()
    pulse.confirm()


def _joined(store: BlobStore, names: list[str], kind: FileFormat) -> Iterator[bytes]:
    """All parts as one file, piece by piece."""
    if kind != "parquet":
        return (piece for name in names for piece in _pieces(store, name))
    return joined(
        [(_reader(store, name), store.size(name)) for name in names], READ_SIZE
    )


def _listed(store: BlobStore, names: list[str]) -> Iterator[bytes]:
    yield HEADER
    for name in names:
        yield from _pieces(store, name)


def _reader(store: BlobStore, name: str) -> Callable[[int, int], bytes]:
    return lambda start, length: store.read(name, start, length)


def _pieces(store: BlobStore, name: str) -> Iterator[bytes]:
    """A part, and Unavailable unless it is whole."""
    size = store.size(name)
    for start in range(0, size, READ_SIZE):
        length = min(READ_SIZE, size - start)
        piece = store.read(name, start, length)
        if len(piece) < length:
            raise Unavailable(f"The store gave only a piece of the part {name}.")
        yield piece
