"""The three kinds of work on a job, each accepted or refused by the ledger as a whole.

Whatever is written under a lease bears its fence in the name, and whoever finds that
the lease is lost deletes what they wrote.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from bramka.domain.blob import BlobLocator, BlobReference, BlobStore
from bramka.domain.errors import BramkaError, Invalid, Unavailable
from bramka.domain.learning.delimited import (
    Delimited,
    delimited_for,
    read_delimited,
    write_delimited,
)
from bramka.domain.learning.job import Piece, Plan, Task, part_name
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import Definition, Port, ScoringFunction
from bramka.domain.learning.table import Table
from bramka.jobs.failure import located
from bramka.jobs.ledger import Ledger, Lost
from bramka.jobs.planner import WHOLE, Limits, cut
from bramka.jobs.pulse import Pulse

READ_SIZE = 1 << 20


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


def plan(task: Task, tools: Tools, pulse: Pulse) -> None:
    """Cut the job into chunks."""
    function = tools.load(task.package)
    made = _plan(function, task.spec.inputs, tools)
    pulse.check()
    if not tools.ledger.set_plan(task.lease, made):
        raise Lost


def score(task: Task, tools: Tools, pulse: Pulse) -> None:
    """Score one chunk and hand in its parts, one for each output."""
    assert task.piece is not None
    function = tools.load(task.package)
    tables = {
        port.name: _read_piece(task, port, tools) for port in function.definition.inputs
    }
    pulse.check()
    outputs = _score(function, tables, task.spec.parameters, task.piece)
    pulse.check()
    parts = {
        part_name(
            task.lease.job, name, task.piece.number, task.lease.fence
        ): write_delimited(
            outputs[name], kind, header=kind.header and task.piece.number == 0
        )
        for name, kind in _output_kinds(task).items()
    }
    rows = max((len(table) for table in tables.values()), default=0)
    _hand_in(task, tools, parts, rows)


def publish(task: Task, tools: Tools, pulse: Pulse) -> None:
    """Join the parts in order and put each output where it belongs, whole."""
    parts = tools.ledger.parts(task.lease.job)
    for name, reference in task.spec.outputs.items():
        store, path = tools.locator.find(reference)
        names = [part_name(task.lease.job, name, *part) for part in parts]
        store.write(path, _joined(tools.staging, names, pulse))
    if not tools.ledger.finish_job(task.lease):
        raise Lost


def _plan(
    function: ScoringFunction, inputs: Mapping[str, BlobReference], tools: Tools
) -> Plan:
    definition = function.definition
    ports = definition.inputs
    if not ports:
        return WHOLE
    store, path = tools.locator.find(inputs[ports[0].name])
    size = store.size(path)
    for port in ports[1:]:
        other, place = tools.locator.find(inputs[port.name])
        other.size(place)
    if len(ports) > 1 or not function.row_wise:
        return WHOLE

    def read(start: int, length: int) -> bytes:
        return _read(store, path, start, min(length, size - start))

    limits = tools.limits.for_width(width(definition))
    return cut(read, size, header=_kind(path).header, limits=limits)


def width(definition: Definition) -> int:
    """How many columns all ports of a service have together."""
    return sum(len(port.columns) for port in definition.inputs + definition.outputs)


def _read_piece(task: Task, port: Port, tools: Tools) -> Table:
    piece = task.piece
    assert piece is not None
    store, path = tools.locator.find(task.spec.inputs[port.name])
    stop = store.size(path) if piece.stop is None else piece.stop
    content = _read(store, path, piece.start, stop - piece.start)
    return read_delimited(
        task.header + content,
        _kind(path),
        columns=port.columns,
        first_row=piece.first_row + 1,
    )


def _read(store: BlobStore, path: str, start: int, length: int) -> bytes:
    content = store.read(path, start, length) if length else b""
    if len(content) < length:
        raise Invalid(
            f"The blob {path} became shorter while the job read it: it has no bytes "
            f"behind {start + len(content)}. Submit the job again."
        )
    return content


def _kind(path: str) -> Delimited:
    kind = delimited_for(path)
    if kind is None:
        raise Invalid(f"The blob {path} is not named .csv, .tsv, .nh.csv or .nh.tsv.")
    return kind


def _output_kinds(task: Task) -> dict[str, Delimited]:
    return {
        name: _kind(reference.relative_location or "")
        for name, reference in task.spec.outputs.items()
    }


def _score(
    function: ScoringFunction,
    tables: Mapping[str, Table],
    parameters: Mapping[str, Any],
    piece: Piece,
) -> Mapping[str, Table]:
    try:
        return function.score(tables, parameters)
    except ModuleError as error:
        if piece.stop is None:
            raise
        raise located(function, tables, parameters, error, piece.first_row) from error


def _hand_in(task: Task, tools: Tools, parts: Mapping[str, bytes], rows: int) -> None:
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
    # When the answer is lost we do not know whether the parts count: they stay.
    if not tools.ledger.finish_chunk(task.lease, rows):
        _delete(tools.staging, parts)
        raise Lost


def _delete(store: BlobStore, names: Iterable[str]) -> None:
    for name in names:
        store.delete(name)


def _joined(store: BlobStore, names: list[str], pulse: Pulse) -> Iterator[bytes]:
    """All parts, piece by piece; nothing is published once the lease is lost."""
    for name in names:
        start = 0
        while piece := store.read(name, start, READ_SIZE):
            yield piece
            start += len(piece)
        pulse.check()
    pulse.confirm()
