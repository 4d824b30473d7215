"""Values on disk so that pages of rows can be read without reading the rest.

A table is `NAME.parquet` beside `NAME.json`, everything else `NAME.value` beside it.
The JSON is written last: what has none is not there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import polars as pl
from msgspec import Struct

from bramka.domain.errors import Missing
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Learnt, PortType, Value, type_of_value
from bramka.domain.learning.value_file import value_bytes, value_from

GROUP_ROWS = 100_000
"""Rows of one row group at most, so that a page costs little."""
GROUP_CELLS = 4_000_000


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a stored value without opening it."""

    type: PortType
    size: int = 0
    rows: int | None = None
    columns: tuple[Column, ...] = ()
    report: dict[str, Any] | None = None
    trained: bool = False

    @property
    def is_table(self) -> bool:
        return self.rows is not None


def group_rows(columns: int) -> int:
    """How many rows of so many columns are read at once."""
    return min(GROUP_ROWS, max(100, GROUP_CELLS // max(1, columns)))


def stem_of(port: str) -> str:
    """How the files of a port are named, whatever the port is called."""
    return quote(port, safe=" ()")[:180]


def keep(folder: Path, name: str, value: Value) -> Facts:
    """Write a value under a name."""
    if isinstance(value, Table):
        path = folder / f"{name}.parquet"
        value.frame.write_parquet(path, row_group_size=group_rows(len(value.columns)))
        report = None if value.report is None else dict(value.report)
        return keep_table_facts(folder, name, value.columns, value.height, report)
    path = folder / f"{name}.value"
    path.write_bytes(value_bytes(value))
    trained = isinstance(value, Learnt) and value.trained
    facts = Facts(type=type_of_value(value), size=path.stat().st_size, trained=trained)
    return _note(folder, name, facts)


def keep_table_facts(
    folder: Path,
    name: str,
    columns: tuple[Column, ...],
    rows: int,
    report: dict[str, Any] | None = None,
) -> Facts:
    """Say what stands in `NAME.parquet`, which is there already."""
    size = (folder / f"{name}.parquet").stat().st_size
    facts = Facts(
        type="DataTable", size=size, rows=rows, columns=columns, report=report
    )
    return _note(folder, name, facts)


def facts_of(folder: Path, name: str) -> Facts:
    """What is known of a value; Missing if there is none."""
    try:
        text = (folder / f"{name}.json").read_bytes()
    except FileNotFoundError:
        raise Missing(
            "What was kept there is gone; run the experiment again."
        ) from None
    return msgspec.json.decode(text, type=Facts)


def load(folder: Path, name: str) -> Value:
    """The whole value."""
    facts = facts_of(folder, name)
    if facts.is_table:
        frame = pl.read_parquet(folder / f"{name}.parquet")
        return Table(frame, facts.columns, facts.report)
    return value_from((folder / f"{name}.value").read_bytes())


def pieces(folder: Path, name: str) -> Iterator[Table]:
    """The rows of a table in pieces that fit into memory; at least one."""
    facts = facts_of(folder, name)
    scan = pl.scan_parquet(folder / f"{name}.parquet")
    step = group_rows(len(facts.columns))
    for start in range(0, max(1, facts.rows or 0), step):
        yield Table(scan.slice(start, step).collect(), facts.columns)


def _note(folder: Path, name: str, facts: Facts) -> Facts:
    draft = folder / f".{name}.json"
    draft.write_bytes(msgspec.json.encode(facts))
    draft.rename(folder / f"{name}.json")
    return facts
