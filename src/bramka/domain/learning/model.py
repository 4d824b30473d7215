"""A model of somebody's own in a package: its files, and who knows how to call it."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.learning.compiled import Form
from bramka.domain.learning.table import Column, Table

Flavour = Literal[
    "function", "skops", "pickle", "onnx", "lightgbm", "xgboost", "pyfunc"
]
Frames = Literal["", "pandas", "polars"]
RUNS_CODE: frozenset[Flavour] = frozenset(("function", "pickle", "pyfunc"))
"""Flavours whose files are code: loading them does whatever their author wrote."""


class Model(Struct, frozen=True, kw_only=True):
    """What a scorer loads: one main file, and the function in it if there is one."""

    flavour: Flavour
    file: str
    entry: str = ""
    """The function in a Python file; the class of which a model of XGBoost is."""
    archive: str = ""
    """A file with a folder, packed, that has to lie beside the model as files."""
    frames: Frames = ""
    """What a function takes that is not called row by row."""
    columns: tuple[Column, ...] = ()
    """What it takes; empty where the model itself is asked."""
    outputs: tuple[Column, ...] = ()
    """What it gives, where its author said so."""
    gaps: bool = True
    """Whether it takes rows that miss values; known once it was compiled."""


class Asked(Struct, frozen=True, kw_only=True, tag="score"):
    """One call of a scorer: a table as bytes."""

    table: bytes


class Compile(Struct, frozen=True, kw_only=True, tag="compile"):
    """Asks for a quicker form of the model that was loaded last.

    `model` is that model with its columns and outputs known.
    """

    model: Model
    sample: bytes
    """Rows to compare on, as a table; it may have none."""


class Compare(Struct, frozen=True, kw_only=True, tag="compare"):
    """Asks whether rows scored together give the bits that each gives alone."""

    sample: bytes


class Loaded(Struct, frozen=True, kw_only=True, tag="load"):
    """The first message to a scorer: everything it needs."""

    model: Model
    files: dict[str, bytes]
    folder: str = ""
    """Where the model's archive lies as files."""


class Answered(Struct, frozen=True, kw_only=True, tag="answer"):
    """What a scorer gives: a table, or why not. `columns` answer the loading."""

    table: bytes = b""
    error: str = ""
    columns: tuple[Column, ...] = ()
    isolation: tuple[str, ...] = ()
    """What keeps the process apart, in words."""
    form: Form = "direct"
    why: str = ""
    content: bytes = b""
    """What came of compiling."""
    same: bool = False
    """What came of comparing."""


Message = Asked | Loaded | Compile | Compare


def zeros(columns: tuple[Column, ...]) -> Table:
    """One row of nothing much, to see what a model makes of it."""
    given: dict[str, bool | str] = {"Boolean": False, "String": ""}
    return Table.empty(columns) if not columns else _one_row(columns, given)


def _one_row(columns: tuple[Column, ...], given: dict[str, bool | str]) -> Table:
    empty = Table.empty(columns)
    row = {each.name: [given.get(each.type, 0)] for each in columns}
    frame = empty.frame.clear()
    frame = frame.vstack(
        type(frame)(row, schema=frame.schema, strict=False),
    )
    return Table(frame, empty.columns)


def onnx_of(model: Model, file: str, content: bytes) -> Loaded:
    """The same model as a scorer loads it from the ONNX made of it."""
    return Loaded(
        model=replace(model, flavour="onnx", file=file), files={file: content}
    )
