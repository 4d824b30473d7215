"""Columns may be called anything: the results are those of columns called x and y."""

from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest

from bramka.catalogue import shelf
from bramka.catalogue._example import settings_of, value_of
from bramka.domain.learning.module import Ports, UntypedModule
from bramka.domain.learning.table import Table
from bramka.testing.outside import FakeOutside

SHELF = shelf()
ODD = (
    "^a$",
    "",
    "*",
    "^.*$",
    "two\nlines",
    'said "so"',
    "__index",
    "a.b[0]",
    "ż🚪" * 150,
    "it's {0} %s",
)
FIXED = {
    *("Scored Labels", "Scored Probabilities", "User", "Item", "Rating"),
    *("Name", "Value", "Column", "Table", "Hash", "Class000", "Class001"),
    *("Id", "NGram", "DF", "IDF", "Assignments"),
}
"""What other modules call their columns; those who read them know them by name."""
UNTOLD = {
    # They are named in a text, by the rules of SQL, of scripts, or of a condition.
    *("Apply SQL Transformation", "Execute Python Script", "Execute R Script"),
    "Split Data",
    # Nothing stands on their inputs that has columns to be called, or they are fixed.
    *("Create R Model", "Pretrained Cascade Image Classification"),
}

Told = Any
"""A part of an example, as JSON holds it."""


class Calling:
    """Tells an example with its columns called otherwise."""

    def __init__(self, first: int) -> None:
        self.names: dict[str, str] = {}
        self._numbers = count(first)

    def table(self, told: Mapping[str, Told]) -> dict[str, Told]:
        parts = ("columns", "kinds", "types", "levels")
        if isinstance(told.get("columns"), dict):
            return {part: self._named(told[part]) for part in parts if part in told}
        return self._named(told)

    def _named(self, cells: Mapping[str, Told]) -> dict[str, Told]:
        return {self.name(name): each for name, each in cells.items()}

    def name(self, name: str) -> str:
        if name in FIXED or name.startswith(("DistancesTo", "R_", "G_", "B_")):
            return name
        if name not in self.names:
            number = next(self._numbers)
            again = number // len(ODD)
            self.names[name] = ODD[number % len(ODD)] + f" {again}" * (again > 0)
        return self.names[name]

    def value(self, told: Mapping[str, Told]) -> dict[str, Told]:
        if "zip" in told:
            return dict(told)
        if not isinstance(told.get("module"), str):
            return self.table(told)
        found = dict(told)
        if "inputs" in told:
            found["inputs"] = self.values(told["inputs"])
        if "parameters" in told:
            found["parameters"] = self.parameters(told["parameters"])
        if "trained" in told:
            found["trained"] = {
                "on": self.table(told["trained"]["on"]),
                "label": self.name(told["trained"]["label"])
                if told["trained"].get("label")
                else None,
            }
        return found

    def values(self, told: Mapping[str, Told]) -> dict[str, Told]:
        return {port: self.value(each) for port, each in told.items()}

    def parameters(self, told: Mapping[str, Told]) -> dict[str, Told]:
        return {name: self._parameter(each) for name, each in told.items()}

    def _parameter(self, told: Told) -> Told:
        if not isinstance(told, dict) or "rules" not in told:
            return told
        rules = [
            {**rule, "columns": [self.name(each) for each in rule["columns"]]}
            if rule["ruleType"] == "ColumnNames"
            else rule
            for rule in told["rules"]
        ]
        return {**told, "rules": rules}


def ran(module: UntypedModule, told: Mapping[str, Told], given: Told) -> Ports:
    inputs = {port: value_of(each, SHELF.names) for port, each in told.items()}
    return module.apply(inputs, module.settle(settings_of(given)), FakeOutside({}))


def cells(table: Table, names: Mapping[str, str]) -> list[list[Any]]:
    """Columns of cells in turn, where cells may name columns."""
    return [
        [names.get(cell, cell) if isinstance(cell, str) else cell for cell in column]
        for column in table.frame.get_columns()
    ]


def told_examples() -> list[Any]:
    found = []
    for module in SHELF.values():
        example = SHELF.example_of(module)
        calling = Calling(0)
        calling.values(example.inputs)
        if calling.names and module.name not in UNTOLD:
            found.append(pytest.param(module, id=SHELF.file_of(module)))
    return found


@pytest.mark.parametrize("module", told_examples())
@pytest.mark.parametrize("first", [0, 3], ids=["a pattern", "all columns"])
def test_oddly_named_columns_give_the_same_cells(
    module: UntypedModule, first: int
) -> None:
    example, calling = SHELF.example_of(module), Calling(first)
    inputs = calling.values(example.inputs)
    odd = ran(module, inputs, calling.parameters(example.parameters))
    plain = ran(module, example.inputs, example.parameters)
    for port, value in plain.items():
        if isinstance(value, Table):
            found = odd[port]
            assert isinstance(found, Table)
            assert cells(found, {}) == cells(value, calling.names)
            assert list(found.names) == found.frame.columns
