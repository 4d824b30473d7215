"""What takes and gives whole frames of pandas or polars; in a scorer process only."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.table import DTYPES, Column, Table, frame_of
from bramka.studio.own_scores import LABELS, labels, scores_table


def missing(error: ImportError) -> Invalid:
    """What to install, of an import that failed."""
    name = str(error.name or error).partition(".")[0]
    return Invalid(
        f"It needs '{name}', which is not installed; install that package where Bramka "
        f"is (pip install {name})."
    )


def pandas_of(frame: pl.DataFrame) -> Any:
    """The rows as pandas has them: texts as objects, gaps as NaN."""
    try:
        import pandas as pd  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing(error) from None
    # Functions walk through texts one by one, where Arrow's strings are slow.
    with pd.option_context("mode.string_storage", "python"):
        return frame.to_pandas()


def table_of(found: Any, outputs: Sequence[Column] = ()) -> Table:
    """What was given, as a table; with these columns, where they are told."""
    frame = _frame(found)
    if not outputs:
        return Table.of(frame)
    if len(outputs) == 1 and frame.columns == [LABELS]:
        frame.columns = [outputs[0].name]
    missing = [each.name for each in outputs if each.name not in frame.columns]
    if missing:
        raise Invalid(
            f"It gave the columns {', '.join(map(repr, frame.columns))[:500]}; "
            f"'{missing[0]}' is missing."
        )
    return Table(
        frame_of([_typed(frame[each.name], each) for each in outputs]), (*outputs,)
    )


def _typed(series: pl.Series, column: Column) -> pl.Series:
    try:
        return series.cast(DTYPES[column.type])
    except pl.exceptions.PolarsError:
        raise Invalid(
            f"It gave {series.dtype} for '{column.name}', which is no {column.type}."
        ) from None


def _frame(found: Any) -> pl.DataFrame:
    """Frames, columns, arrays and lists as a frame."""
    if isinstance(found, pl.LazyFrame):
        found = found.collect()
    if isinstance(found, pl.DataFrame):
        return found
    if isinstance(found, pl.Series):
        return found.to_frame(found.name or LABELS)
    if hasattr(found, "to_frame") and hasattr(found, "index"):
        found = found.to_frame(LABELS if found.name is None else found.name)
    if hasattr(found, "columns") and hasattr(found, "dtypes"):
        return _from_pandas(found)
    if isinstance(found, dict):
        return pl.DataFrame({str(name): list(cells) for name, cells in found.items()})
    if isinstance(found, list) and found and isinstance(found[0], dict):
        return pl.DataFrame(found, infer_schema_length=None)
    array = np.asarray(found)
    if not array.ndim:
        raise Invalid(f"It gave {str(found)[:100]!r} instead of a row for each row.")
    return scores_table(labels(array), len(array)).frame


def _from_pandas(found: Any) -> pl.DataFrame:
    """Without the index, and with gaps where pandas has NaN."""
    names = [str(name) for name in found.columns]
    if len(set(names)) < len(names):
        raise Invalid(f"It gave two columns of one name: {', '.join(names)[:500]}.")
    try:
        series = [
            pl.Series(name, pl.from_pandas(found.iloc[:, at]))
            for at, name in enumerate(names)
        ]
    except Exception as error:  # Objects of all kinds: Arrow has a class for each.
        raise Invalid(
            f"It gave a frame that is no table of numbers, texts and times: {error}"
        ) from None
    return frame_of(series)
