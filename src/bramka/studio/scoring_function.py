"""A published graph as a scoring function: only what hangs on the inputs runs again."""

from collections.abc import Mapping, Sequence
from typing import Any

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import Cell
from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.graph import Experiment, port_id
from bramka.domain.learning.module import RowStep
from bramka.domain.learning.service import Definition
from bramka.domain.learning.small_table import SmallTable
from bramka.domain.learning.table import Column, Table
from bramka.studio.live import Live, Settled

MOST_VARIANTS = 16
"""So many sets of parameter values are kept ready."""


class GraphFunction:
    """Scores tables by running the live part of a graph."""

    def __init__(
        self, live: Live, definition: Definition, parts: Mapping[str, Table]
    ) -> None:
        self.definition = definition
        self.row_wise = live.row_wise
        self._live = live
        self._parts = parts
        self._settled = live.settle({})

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.definition.name}>"

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        live = self._live
        settled = live.settle(parameters) if parameters else self._settled
        tables = dict(self._parts)
        for port in self.definition.inputs:
            place = next(key for key, name in live.inputs.items() if name == port.name)
            tables[place] = _conform(inputs, port.name, port.columns)
        for name in live.order:
            module = live.modules[name]
            given = {}
            for wanted in module.inputs:
                place = port_id(name, wanted.name)
                if place not in tables:
                    place = live.wiring.source_of.get(place, "")
                if place in tables:
                    given[wanted.name] = tables[place]
            for output, table in module.apply(given, settled[name]).items():
                tables[port_id(name, output)] = table
        return {name: tables[place] for name, place in live.outputs.items()}


class ChainFunction(GraphFunction):
    """A graph that is a chain of row-wise modules: scores few rows without frames."""

    def __init__(
        self, live: Live, definition: Definition, parts: Mapping[str, Table]
    ) -> None:
        super().__init__(live, definition, parts)
        self._columns = definition.inputs[0].columns
        self._variants: dict[tuple[object, ...], list[RowStep]] = {}
        self._plain = self._steps(self._settled)

    def score_small(
        self, inputs: Mapping[str, SmallTable], parameters: Mapping[str, Any]
    ) -> Mapping[str, SmallTable]:
        """The outcome of `score` for few rows, made of plain values."""
        small = inputs[self.definition.inputs[0].name]
        steps = self._variant(parameters) if parameters else self._plain
        rows: list[Sequence[Cell]] = list(zip(*small.cells, strict=True))
        for step in steps:
            rows = [step.apply(row) for row in rows]
        columns = steps[-1].columns
        cells = (
            [list(column) for column in zip(*rows, strict=True)]
            if rows
            else [[] for _ in columns]
        )
        name = self.definition.outputs[0].name
        return {name: SmallTable(columns, cells, small.height)}

    def _variant(self, parameters: Mapping[str, Any]) -> list[RowStep]:
        key = tuple(sorted((name, str(value)) for name, value in parameters.items()))
        steps = self._variants.get(key)
        if steps is None:
            steps = self._steps(self._live.settle(parameters))
            if len(self._variants) >= MOST_VARIANTS:
                self._variants.clear()
            self._variants[key] = steps
        return steps

    def _steps(self, settled: Settled) -> list[RowStep]:
        columns, steps = self._columns, []
        for name in self._live.order:
            step = self._live.modules[name].apply_row(columns, settled[name])
            assert step is not None, "a chain holds modules with row functions only"
            steps.append(step)
            columns = step.columns
        return steps


def scoring_function(
    experiment: Experiment,
    catalogue: Catalogue,
    definition: Definition,
    parts: Mapping[str, Table],
) -> GraphFunction:
    """What scores for a published graph, by the quickest way it allows."""
    live = Live(experiment, catalogue)
    kind = GraphFunction if live.chain() is None else ChainFunction
    return kind(live, definition, parts)


def _conform(
    inputs: Mapping[str, Table], port: str, columns: Sequence[Column]
) -> Table:
    """The table of an input port, with its columns in their order and of their type."""
    names = [column.name for column in columns]
    table = inputs.get(port)
    if table is None:
        raise Invalid(f"Input {port!r} is missing.", target=port)
    for name in names:
        if name not in table.names:
            raise Invalid(f"Input {port!r} lacks the column {name!r}.", target=port)
    return Table.of(table.frame.select(names), columns)
