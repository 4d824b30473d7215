"""What a script printed and drew, as the table that old clients know as `output2`."""

import base64
from collections.abc import Sequence

import msgspec
import polars as pl

from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Pictures

PYTHON_DEVICE = (Column(name="Standard Output"), Column(name="Graphics"))
R_DEVICE = (Column(name="R Output JSON"),)


def device_table(found: Pictures, columns: Sequence[Column]) -> Table:
    """One row, of the columns that were published."""
    drawn = [_address("image/png;base64", _packed(image)) for image in found.images]
    if tuple(columns) == R_DEVICE:
        told = {
            "visualizationType": "rOutput",
            "Standard Output": found.text,
            "Standard Error": "",
            "Graphics Device": drawn,
        }
        row: tuple[str | None, ...] = (msgspec.json.encode(told).decode(),)
    else:
        row = (_address("text/plain", found.text), drawn[0] if drawn else None)
    cells = zip(columns, row, strict=True)
    frame = pl.DataFrame({column.name: [cell] for column, cell in cells})
    return Table(frame.cast(pl.String), tuple(columns))


def _packed(image: bytes) -> str:
    return base64.b64encode(image).decode()


def _address(kind: str, content: str) -> str:
    return f"data:{kind},{content}"
