"""Turn text into counts of hashed words and n-grams.

Each text column gets 2^bitsize new integer columns; the original columns stay. Words
are what stands between blanks, exactly as written. The counts are Vowpal Wabbit's.
At most 100,000 new columns and 250,000,000 new cells (1 GB) are made at once.

    {
      "inputs": {"Dataset": {"Col2": ["This is a good day"]}},
      "parameters": {"Hashing bitsize": "3", "N-grams": "2"},
      "outputs": {
        "Transformed dataset": {
          "Col2": ["This is a good day"],
          "Col2_HashingFeature.0": [1],
          "Col2_HashingFeature.1": [1],
          "Col2_HashingFeature.2": [2],
          "Col2_HashingFeature.3": [2],
          "Col2_HashingFeature.4": [0],
          "Col2_HashingFeature.5": [2],
          "Col2_HashingFeature.6": [0],
          "Col2_HashingFeature.7": [1]
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated

import polars as pl
from msgspec import Meta, Struct, field

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
)
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.text_hashing import Hashing
from bramka.domain.learning.value import table_on

MOST_COLUMNS = 100_000
MOST_CELLS = 250_000_000


class Settings(Struct, frozen=True, kw_only=True):
    """What is hashed, and into how many columns."""

    target: Annotated[
        ColumnSelector,
        Meta(
            description="The text columns to hash; all text features if not set.",
            extra={"aliases": ("Target columns",)},
        ),
    ] = field(
        name="Target column(s)",
        default=ColumnSelector.of_types("String", kind="Feature"),
    )
    bitsize: Annotated[
        int,
        Meta(gt=0, le=31, description="Each text gives 2 to this power new columns."),
    ] = field(name="Hashing bitsize", default=10)
    ngrams: Annotated[
        int,
        Meta(ge=0, le=10, description="The longest run of words counted; 0 is as 1."),
    ] = field(name="N-grams", default=2)
    digits_as_int: Annotated[
        bool,
        Meta(
            description="Let a word of digits be its own hash, as Vowpal Wabbit does "
            "unless it is told to hash all."
        ),
    ] = field(name="Digits as integers", default=True)

    @property
    def hashing(self) -> Hashing:
        return Hashing(self.bitsize, max(self.ngrams, 1), self.digits_as_int)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    targets = _targets(table.columns, settings)
    _check_size(len(targets) << settings.bitsize, table.height)
    result = table
    for target in targets:
        texts = table.series(target).cast(pl.Binary).to_list()
        columns = _new_columns(target, result.names, settings.hashing.width)
        counts = settings.hashing.dense(texts)
        series = [
            pl.Series(column.name, count)
            for column, count in zip(columns, counts, strict=True)
        ]
        result = result.append(Table(pl.DataFrame(series), columns))
    return {"Transformed dataset": result}


def row(columns: Sequence[Column], settings: Settings, _others: Ports) -> RowStep:
    targets = _targets(columns, settings)
    _check_size(len(targets) << settings.bitsize, 1)
    names = [column.name for column in columns]
    places = [names.index(target) for target in targets]
    given = tuple(columns)
    for target in targets:
        names = [column.name for column in given]
        given += _new_columns(target, names, settings.hashing.width)
    count = settings.hashing.one

    def hash_row(cells: Sequence[Cell]) -> list[Cell]:
        result = list(cells)
        for place in places:
            text = cells[place]
            result += count(text.encode() if isinstance(text, str) else None)
        return result

    return RowStep(given, hash_row)


def _targets(columns: Sequence[Column], settings: Settings) -> list[str]:
    if not columns:
        raise ModuleError(3, 'Input "Dataset" is null or empty.')
    types = {column.name: column.type for column in columns}
    targets = list(dict.fromkeys(settings.target.names(columns)))
    for target in targets:
        if types[target] != "String":
            raise ModuleError(
                17,
                f'Cannot process column "{target}" of type {types[target]}. '
                "The type is not supported by the module.",
            )
    return targets


def _check_size(columns: int, rows: int) -> None:
    if columns > MOST_COLUMNS:
        found = f"{columns:,} new columns are asked for; at most {MOST_COLUMNS:,} fit"
    elif columns * rows > MOST_CELLS:
        found = (
            f"{columns:,} new columns for {rows:,} rows are {columns * rows:,} cells; "
            f"at most {MOST_CELLS:,} fit"
        )
    else:
        return
    raise ModuleError(
        138,
        "Memory has been exhausted, unable to complete running of module. "
        f'{found}. Lower "Hashing bitsize" or take fewer target columns or rows.',
    )


def _new_columns(target: str, taken: Sequence[str], width: int) -> tuple[Column, ...]:
    """Columns for the counts of one text; a number tells repeated hashings apart."""
    known, number = set(taken), 1
    while True:
        mark = f"{target}_HashingFeature{number if number > 1 else ''}."
        names = [f"{mark}{slot}" for slot in range(width)]
        if known.isdisjoint(names):
            return tuple(Column(name=name, type="Int32") for name in names)
        number += 1


MODULE = Module(
    name="Feature Hashing",
    family="c9a826602d9c411d81224d9e0b3ce92a",
    category="Text Analytics",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Transformed dataset"),),
    run=run,
    row=row,
    row_wise=True,
)
