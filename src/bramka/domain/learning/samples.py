"""Sample values for documents and help pages; a call made of them is a valid call."""

from bramka.domain.learning.service import (
    Column,
    ColumnType,
    Definition,
    GlobalParameter,
    Port,
)
from bramka.domain.learning.table import INTEGERS, NUMBERS

SampleCell = str | int | float | bool | None

_PLACEHOLDERS: dict[ColumnType, str] = {
    "Boolean": "False",
    "DateTime": "1/1/2000 12:00:00 AM",
    "DateTimeOffset": "1/1/2000 12:00:00 AM +00:00",
    "TimeSpan": "00:00:00",
}


def sample_rows(port: Port, *, real: bool = True) -> list[list[str | None]]:
    """Two rows of text: the service's own samples, or placeholders."""
    if real and port.samples:
        return [list(row) for row in (port.samples * 2)[:2]]
    return [[placeholder(column) for column in port.columns] for _ in range(2)]


def placeholder(column: Column) -> str:
    """A value for a column of which no sample is known."""
    if column.levels:
        return column.levels[0]
    if column.type in NUMBERS:
        return "0"
    return _PLACEHOLDERS.get(column.type, "value")


def sample_table(port: Port, *, real: bool = True) -> dict[str, object]:
    """A sample of the table format."""
    return {
        "ColumnNames": [column.name for column in port.columns],
        "Values": sample_rows(port, real=real),
    }


def sample_objects(port: Port, *, real: bool = True) -> list[dict[str, SampleCell]]:
    """A sample of the swagger format: one object, its values of JSON's own types."""
    row = sample_rows(port, real=real)[0]
    return [
        {
            column.name: json_value(column, text)
            for column, text in zip(port.columns, row, strict=True)
        }
    ]


def json_value(column: Column, text: str | None) -> SampleCell:
    """A text as the JSON value that a document shows for it."""
    if text is None:
        return None
    if column.type == "Boolean":
        return text.lower() in ("true", "1")
    try:
        if column.type in INTEGERS:
            return int(text)
        if column.type in NUMBERS:
            number = float(text)
            # JSON knows no infinities; as a text they are understood all the same.
            return number if abs(number) < float("inf") else text
    except ValueError:
        return text
    return text


def sample_parameters(definition: Definition) -> dict[str, object]:
    """A valid value for each parameter."""
    return {each.name: _parameter(each) for each in definition.parameters}


def _parameter(declared: GlobalParameter) -> object:
    if declared.has_default:
        return declared.default
    if declared.type == "Enumerated":
        return declared.values[0] if declared.values else ""
    if declared.type == "Bool":
        return False
    if declared.type == "String":
        return "value"
    low, high = declared.minimum, declared.maximum
    number = max(low if low is not None else 0, 0)
    number = min(number, high) if high is not None else number
    return int(number) if declared.type == "Int" else number
