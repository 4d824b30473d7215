"""Rows to try a model on at publication, and what two outcomes of them differ by.

It runs in a scorer process: the model may be code.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from msgspec.structs import replace

from bramka.domain.learning.model import Model
from bramka.domain.learning.table import DTYPES, NUMBERS, Column, Table
from bramka.studio.own_model import Ready

GAPS = 0.1
"""So many of the numbers drawn are missing, where a model takes that."""
DRAWN = 200
"""Rows drawn beside the sample, where a model takes numbers only."""
TYPES = NUMBERS | {"Boolean"}
COMPANIES = {1: 24, 2: 4, 7: 4, 32: 3}
"""How many rows are scored together, and how often, to see whether that matters."""


class Unlike(Exception):
    """An estimator cannot be told in this form, or scores otherwise."""


def same_alone(model: Model, score: Ready, sample: Table) -> bool:
    """Whether rows get the same bits in any company; False where it cannot be seen."""
    model = replace(model, columns=sample.columns)
    model = replace(model, gaps=model.gaps and takes_gaps(score, model.columns))
    try:
        rows = trial(sample, model, ())
    except Unlike:
        return False
    known = score(rows).frame.rows()
    for size, times in COMPANIES.items():
        for start in range(0, rows.height, max(1, rows.height // times)):
            found = score(rows.slice(start, size)).frame.rows()
            # As text: it tells zeros of both signs apart, and NaN is NaN.
            if repr(found) != repr(known[start : start + size]):
                return False
    return True


def takes_gaps(direct: Ready, columns: tuple[Column, ...]) -> bool:
    """Whether a model scores a row of which everything is missing."""
    missing = [
        pl.Series(each.name, [None], dtype=DTYPES[each.type]) for each in columns
    ]
    try:
        direct(Table(pl.DataFrame(missing), columns))
    except Exception:  # As above: whatever it says, it does not take it.
        return False
    return True


def trial(sample: Table, model: Model, hard: Sequence[Sequence[float]]) -> Table:
    """The sample, and rows of numbers at all scales and at the hard places."""
    columns = model.columns
    names = [column.name for column in columns]
    if any(column.type not in TYPES for column in columns):
        if not sample.height:
            raise Unlike("it takes texts, and there is no sample to compare on")
        return sample
    draw = np.random.default_rng(len(columns))
    drawn = draw.normal(size=(DRAWN, len(columns))) * 10.0 ** draw.integers(
        -1, 3, size=(DRAWN, 1)
    )
    whole = len({len(numbers) for numbers in hard}) == 1
    rows = draw.random(DRAWN // 2)
    for place, numbers in enumerate(hard):
        if numbers:
            # Numbers that may belong together, as rows a model has seen, stay so.
            chosen = rows if whole else draw.random(DRAWN // 2)
            at = (chosen * len(numbers)).astype(int)
            drawn[: DRAWN // 2, place] = np.asarray(numbers)[at]
    frame = pl.DataFrame(drawn, schema=names)
    frame = frame.select(
        _as_type(pl.nth(place), column) for place, column in enumerate(columns)
    )
    if model.gaps:
        gaps = pl.Series(draw.random(DRAWN) < GAPS)
        frame = frame.select(
            pl.when(~gaps.shuffle(place)).then(pl.nth(place))
            for place in range(len(columns))
        )
    if sample.height:
        # Series by series: names like ^a.*$ would be patterns in an expression.
        given = [
            sample.frame[column.name].cast(DTYPES[column.type]) for column in columns
        ]
        frame = pl.concat([pl.DataFrame(given), frame])
    return Table(frame, columns)


def _as_type(numbers: pl.Expr, column: Column) -> pl.Expr:
    if column.type == "Boolean":
        return numbers > 0
    if column.type == "Byte":
        numbers = numbers.abs().clip(0, 255)
    return numbers.cast(DTYPES[column.type])


def difference(wanted: Table, found: Table, close: float) -> float:
    """How far two outcomes are apart at most; refused when that is not close."""
    if [(each.name, each.type) for each in wanted.columns] != [
        (each.name, each.type) for each in found.columns
    ]:
        raise Unlike("it gives other columns")
    most = 0.0
    for column in wanted.columns:
        ours, theirs = found.frame[column.name], wanted.frame[column.name]
        if column.type not in ("Double", "Single"):
            if not ours.equals(theirs):
                raise Unlike(f"'{column.name}' differs")
            continue
        size = np.maximum(1.0, np.abs(theirs.to_numpy()))
        far = float((np.abs(ours.to_numpy() - theirs.to_numpy()) / size).max())
        if not far <= close:
            raise Unlike(f"'{column.name}' differs by {far:.0e}")
        most = max(most, far)
    return most
