"""Documented examples: what stands on ports, told as JSON in a module's docstring.

A table is told by its columns: `{"x": [1, 2]}`, or with more of what is known of them:
`{"columns": {"x": ["1/2/2015"]}, "types": {"x": "DateTime"}, "kinds": {"x": "Label"},
"levels": {"x": ["a", "b"]}}`. In a result a column may begin with `"approximately"`,
then numbers are compared to six digits.

Something learnt is told by the module that gives it: `{"module": "Linear Regression",
"parameters": {}}`. With `inputs` that module has inputs, with `output` it is that
port's value, with `"trained": {"on": table, "label": "y"}` it is then trained. In a
result, `{"applied to": table, "gives": table}` tells what it does.

An archive is `{"zip": {"name": "text"}}`, pictures `{"images": 1, "text": "printed"}`.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import polars as pl
from msgspec import Struct

from bramka.domain.learning.cells import typed_series
from bramka.domain.learning.module import Learnt, Ports, UntypedModule
from bramka.domain.learning.table import Column, Table, frame_of, type_of
from bramka.domain.learning.value import Archive, Value

Told = Mapping[str, Any]
"""One value as a docstring tells it."""
ROUGHLY = "approximately"
Find = Mapping[str, UntypedModule]


class Example(Struct, frozen=True):
    """What a module's file shows: values by port, and parameters.

    A column selection is told as an object.
    """

    inputs: dict[str, dict[str, Any]]
    parameters: dict[str, Any]
    outputs: dict[str, dict[str, Any]]

    def values(self, names: Find) -> dict[str, Value]:
        """What stands on the input ports; `names` finds modules by name."""
        return {port: value_of(told, names) for port, told in self.inputs.items()}

    def settings(self) -> dict[str, str]:
        """The parameters as a graph stores them."""
        return settings_of(self.parameters)


def settings_of(parameters: Told) -> dict[str, str]:
    """Parameters as a graph stores them."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
    }


def value_of(told: Told, names: Find) -> Value:
    """The value that is told."""
    if isinstance(told.get("module"), str):
        return _learnt(told, names)
    if isinstance(told.get("zip"), dict):
        return _archive(told["zip"])
    return table_of(told)


def table_of(told: Told) -> Table:
    """The table that is told."""
    if not isinstance(told.get("columns"), dict):
        return Table.of(pl.DataFrame(dict(told)))
    series, columns = [], []
    for name, cells in told["columns"].items():
        plain = pl.Series(name, cells)
        column = Column(
            name=name,
            type=told.get("types", {}).get(name) or type_of(plain.dtype),
            kind=told.get("kinds", {}).get(name, "Feature"),
            levels=_levels(told, name),
        )
        if plain.dtype == pl.String:
            plain = typed_series(plain, column)
        series.append(plain)
        columns.append(column)
    return Table.of(frame_of(series), columns)


def _levels(told: Told, name: str) -> tuple[str, ...] | None:
    levels = told.get("levels", {}).get(name)
    return None if levels is None else tuple(levels)


def _learnt(told: Told, names: Find) -> Value:
    module = names[told["module"]]
    inputs: Ports = {
        port: value_of(each, names) for port, each in told.get("inputs", {}).items()
    }
    settings = module.settle(settings_of(told.get("parameters", {})))
    outputs = module.apply(inputs, settings)
    value = outputs[told["output"] if "output" in told else next(iter(outputs))]
    training = told.get("trained")
    if training is None:
        return value
    assert isinstance(value, Learnt)
    assert module.fit is not None
    return module.fit(value, settings, table_of(training["on"]), training.get("label"))


def _archive(files: Mapping[str, str]) -> Archive:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, text in files.items():
            # A fixed date: the same example gives the same bytes.
            packed.writestr(zipfile.ZipInfo(name), text)
    return Archive(content.getvalue())
