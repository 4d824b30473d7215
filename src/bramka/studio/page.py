"""Pages of rows of a stored table, in its order or sorted by a column."""

from pathlib import Path

import msgspec
import polars as pl
import polars.selectors as cs
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import row_texts
from bramka.domain.learning.table import Column, Table
from bramka.studio.stored import facts_of

MOST_ROWS = 1_000
"""Of one page."""
MOST_SORTED = 10_000_000
"""Rows of a table that is sorted for a page."""
LONGEST_CELL = 2_000


class Page(Struct, frozen=True, kw_only=True):
    """Some rows; every cell is a text or None."""

    rows: int
    start: int
    columns: tuple[Column, ...]
    values: list[list[str | None]]


class Wanted(Struct, frozen=True, kw_only=True):
    """Which rows."""

    start: int = 0
    count: int = 100
    sort: str | None = None
    descending: bool = False


def page_of(folder: Path, name: str, wanted: Wanted) -> bytes:
    """The page as JSON."""
    facts = facts_of(folder, name)
    rows = facts.rows or 0
    scan = pl.scan_parquet(folder / f"{name}.parquet")
    count = min(wanted.count, MOST_ROWS)
    if wanted.sort is None:
        frame = scan.slice(wanted.start, count).collect()
    else:
        frame = _sorted(scan, facts.columns, rows, wanted, count)
    table = Table(frame, facts.columns)
    values = [[_shown(cell) for cell in row] for row in row_texts(table)]
    page = Page(rows=rows, start=wanted.start, columns=facts.columns, values=values)
    return msgspec.json.encode(page)


def _sorted(
    scan: pl.LazyFrame,
    columns: tuple[Column, ...],
    rows: int,
    wanted: Wanted,
    count: int,
) -> pl.DataFrame:
    if wanted.sort not in {column.name for column in columns}:
        raise Invalid(f"There is no column '{wanted.sort}' to sort by.", target="sort")
    if rows > MOST_SORTED:
        raise Invalid(
            f"The table has {rows} rows; at most {MOST_SORTED} are sorted for a page.",
            target="sort",
        )
    # Not by pl.col, which takes a name such as "^a$" for a pattern.
    key = scan.select(cs.by_name(wanted.sort)).collect().to_series().alias("")
    order = key.arg_sort(descending=wanted.descending, nulls_last=True)
    places = order.slice(wanted.start, count)
    numbered = scan.with_row_index("\x00row").filter(
        pl.col("\x00row").is_in(places.implode())
    )
    chosen = numbered.collect()
    ranks = pl.DataFrame({"\x00row": places, "\x00rank": range(len(places))})
    merged = chosen.join(ranks, on="\x00row", how="inner").sort("\x00rank")
    return merged.drop("\x00row", "\x00rank")


def _shown(cell: str | None) -> str | None:
    """A cell as a page shows it: very long texts are cut."""
    if cell is not None and len(cell) > LONGEST_CELL:
        return cell[:LONGEST_CELL] + "…"
    return cell
