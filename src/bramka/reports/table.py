"""Reports as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Sequence

import msgspec
from msgspec import Struct

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(kind: type[Struct], records: Sequence[Struct]) -> bytes:
    """One line per record below the names of all fields; nothing for no value."""
    fields = msgspec.structs.fields(kind)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.encode_name for field in fields])
    for record in records:
        writer.writerow([_cell(getattr(record, field.name)) for field in fields])
    return text.getvalue().encode()


def _cell(value: object) -> object:
    # A spreadsheet would run a name that is written as a formula.
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
