"""A compiled model as a service calls it: no process, and no frames for few rows."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import polars as pl

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.compiled import Compiled
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import Definition
from bramka.domain.learning.small_table import SmallTable
from bramka.domain.learning.table import DTYPES, Table
from bramka.studio.compiled_rows import CompiledRows, Matrix


class CompiledFunction:
    """Plain data scores; what was published as code is never loaded."""

    row_wise = together = True

    def __init__(self, definition: Definition, compiled: Compiled) -> None:
        self.definition = definition
        [port], [output] = definition.inputs, definition.outputs
        self._input, self._output = port, output
        self._compiled, self._rows = compiled, CompiledRows(compiled)

    def __repr__(self) -> str:
        return f"<CompiledFunction: {self.definition.name}>"

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        del parameters
        names = [column.name for column in self._input.columns]
        frame = inputs[self._input.name].frame.select(names)
        output = self._output
        if not frame.height:
            return {output.name: Table.empty(output.columns)}
        numbers = pl.all().cast(pl.Float64).fill_null(float("nan"))
        matrix = frame.select(numbers).to_numpy()
        if not self._compiled.gaps and np.isnan(matrix).any():
            raise self._unfit("NaN")
        if np.isinf(matrix).any():
            raise self._unfit("infinity")
        cells = zip(*map(self._cells, self._scores(matrix)), strict=True)
        series = [
            pl.Series(column.name, values, dtype=DTYPES[column.type])
            for column, values in zip(output.columns, cells, strict=True)
        ]
        return {output.name: Table(pl.DataFrame(series), output.columns)}

    def score_small(
        self, inputs: Mapping[str, SmallTable], parameters: Mapping[str, Any]
    ) -> Mapping[str, SmallTable]:
        """The outcome of `score` for few rows, made of plain values."""
        del parameters
        given, output = inputs[self._input.name], self._output
        rows = [self._row(row) for row in zip(*given.cells, strict=True)]
        cells: list[list[Cell]] = (
            [list(column) for column in zip(*rows, strict=True)]
            if rows
            else [[] for _ in output.columns]
        )
        return {output.name: SmallTable(output.columns, cells, given.height)}

    def _scores(self, matrix: Matrix) -> list[list[float]]:
        scores: list[list[float]] = self._rows.rows(matrix).tolist()
        return scores

    def _row(self, row: Sequence[Cell]) -> list[Cell]:
        # Models of other columns than numbers and truth values are not compiled.
        cells = cast("Sequence[float | None]", row)
        numbers = [math.nan if cell is None else float(cell) for cell in cells]
        if not math.isfinite(sum(numbers)):
            for number in numbers:
                self._check(number)
        return self._cells(self._rows.row(numbers))

    def _cells(self, scores: Sequence[float]) -> list[Cell]:
        """The label, and the probabilities behind it."""
        classes = self._compiled.classes
        if not classes:
            return [scores[0]]
        if len(scores) == 1:
            return [classes[scores[0] > 0]]
        label = classes[scores.index(max(scores))]
        if not self._compiled.probabilities:
            return [label]
        if len(scores) == 2:
            return [label, scores[1]]
        return [label, *scores]

    def _check(self, number: float) -> None:
        if math.isinf(number):
            raise self._unfit("infinity")
        if math.isnan(number) and not self._compiled.gaps:
            raise self._unfit("NaN")

    def _unfit(self, what: str) -> ModuleError:
        reason = f"ValueError: Input X contains {what}."
        return ModuleError(
            1000,
            f"{self.definition.name} library exception: {reason}",
            module=self.definition.name,
        )
