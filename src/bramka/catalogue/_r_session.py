"""R, in a process and folder of its own: tables in and out, what it drew and printed.

Tables go over files, a column each, so that numbers keep every bit and missing values
stay apart from empty ones.
"""

import json
import shutil
import sys
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl

from bramka.catalogue import _python_child
from bramka.catalogue._columns import fresh_name
from bramka.catalogue._isolated import (
    FILE,
    MEMORY,
    failed,
    last_lines,
    left_file,
    run_isolated,
)
from bramka.catalogue._software import R
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import INTEGERS, Column, Table, frame_of
from bramka.domain.learning.value import Archive

SECONDS = 300
FUNCTIONS = Path(__file__).with_name("_r_functions.R")
RESULT = "result"
_REFUSED = "refused.txt"
_MISSING = -(2**31)
_MISSING_NUMBER = 0x7FF00000000007A2
"""How R tells a missing number from what is no number."""
_MICROSECONDS = 1e6


def run_r(
    folder: Path, task: str, script: str, *, seed: int = 0, bundle: str = ""
) -> str:
    """Do one of the tasks of `_r_functions.R` with a script; what was printed."""
    R.require()
    program = shutil.which("Rscript") or ""
    (folder / "script.R").write_text(script.replace("\r\n", "\n"), encoding="utf-8")
    shutil.copyfile(FUNCTIONS, folder / FUNCTIONS.name)
    asked = {
        "command": [program, "--vanilla", FUNCTIONS.name, task, str(seed)],
        "readable": [str(Path(program).resolve().parents[1]), "/etc/R"],
        "bundle": bundle,
        "limits": {"memory": MEMORY, "file": FILE, "seconds": SECONDS},
    }
    (folder / _python_child.TASK).write_text(json.dumps(asked), encoding="utf-8")
    command = [sys.executable, "-I", "-S", _python_child.__file__]
    code, printed = run_isolated(command, folder, SECONDS, 63)
    if code:
        raise failed(_reason(folder, code, printed), 63)
    return printed


def _reason(folder: Path, code: int, printed: str) -> str:
    told = left_file(folder / _REFUSED)
    if told is None:
        return f"The process ended with {code}. {last_lines(printed)}"
    return last_lines(told.decode("utf-8", "replace"))


def put_bundle(folder: Path, bundle: Archive) -> str:
    """Put an archive where the process unpacks it into src; the file's name."""
    if not zipfile.is_zipfile(BytesIO(bundle.content)):
        raise ModuleError(102, "Given ZIP file is not in the correct format.")
    (folder / "bundle.zip").write_bytes(bundle.content)
    return "bundle.zip"


def put_roles(folder: Path, features: Sequence[str], label: str | None) -> None:
    """Tell which column is the label, and which are features."""
    (folder / "roles").write_bytes(_strings([label or "", *features]))


def put_table(folder: Path, name: str, table: Table) -> None:
    """Write a table as R reads it."""
    place = folder / name
    place.mkdir()
    kinds = [
        _put_column(place / str(number), column, table.series(column.name))
        for number, column in enumerate(table.columns, 1)
    ]
    (place / "names").write_bytes(_strings(table.names))
    about = "\n".join([str(table.height), *kinds])
    (place / "about").write_text(about + "\n", encoding="utf-8")


def _put_column(path: Path, column: Column, cells: pl.Series) -> str:
    if column.levels is not None:
        return _put_factor(path, column.levels, cells.cast(pl.String))
    if column.type == "Boolean":
        return _put_integers(path, "logical", cells)
    if column.type in INTEGERS and column.type != "Int64":
        return _put_integers(path, "integer", cells)
    if column.type in ("DateTime", "DateTimeOffset", "TimeSpan"):
        numbers = cells.cast(pl.Int64) / _MICROSECONDS
        return _put_numbers(
            path, "span" if column.type == "TimeSpan" else "time", numbers
        )
    if column.type == "String":
        texts = [None if cell is None else f"={cell}" for cell in cells]
        path.write_bytes(_strings([text or "" for text in texts]))
        return "text"
    return _put_numbers(path, "double", cells)


def _put_factor(path: Path, levels: Sequence[str], cells: pl.Series) -> str:
    codes = {level: number for number, level in enumerate(levels, 1)}
    path.with_name(f"{path.name}.levels").write_bytes(_strings(levels))
    numbers = pl.Series([codes.get(cell) for cell in cells], dtype=pl.Int32)
    return _put_integers(path, "factor", numbers)


def _put_integers(path: Path, kind: str, cells: pl.Series) -> str:
    numbers = cells.cast(pl.Int32).fill_null(_MISSING).to_numpy()
    path.write_bytes(numbers.astype("=i4").tobytes())
    return kind


def _put_numbers(path: Path, kind: str, cells: pl.Series) -> str:
    numbers = cells.cast(pl.Float64).fill_null(0.0).to_numpy().astype("=f8")
    numbers.view("=u8")[cells.is_null().to_numpy()] = _MISSING_NUMBER
    path.write_bytes(numbers.tobytes())
    return kind


def _strings(texts: Sequence[str]) -> bytes:
    """Texts as R reads them, each with an end, which none can hold itself."""
    return b"".join(text.replace("\0", "").encode() + b"\0" for text in texts)


def table_left(folder: Path) -> Table:
    """The table that R wrote, under names that differ."""
    place = folder / RESULT
    about = left_file(place / "about")
    names = left_file(place / "names")
    if about is None or names is None or place.is_symlink():
        raise failed("It left no result.", 63)
    rows, *kinds = about.decode().split()
    called: dict[str, None] = {}
    for name in _texts(names):
        called[fresh_name(name, called)] = None
    try:
        found = [
            _column(place / str(number), name, kind, int(rows))
            for number, (name, kind) in enumerate(zip(called, kinds, strict=True), 1)
        ]
        frame = frame_of([series for series, _ in found])
    except (ValueError, KeyError, IndexError, pl.exceptions.PolarsError) as error:
        raise failed(f"It left no table: {error}", 63) from None
    return Table.of(frame, [column for _, column in found if column is not None])


def _column(
    path: Path, name: str, kind: str, rows: int
) -> tuple[pl.Series, Column | None]:
    content = left_file(path) or b""
    if kind == "text":
        cells = [text[1:] if text else None for text in _texts(content)]
        series = pl.Series(name, cells, dtype=pl.String)
    elif kind in ("factor", "integer", "logical"):
        series = _integers(name, content)
    else:
        series = _numbers(name, content)
    if len(series) != rows:
        raise ValueError(f"column {name} has {len(series)} of {rows} values.")
    if kind == "factor":
        levels = tuple(_texts(left_file(path.with_name(f"{path.name}.levels")) or b""))
        texts = [None if code is None else levels[code - 1] for code in series]
        column = Column(name=name, type="String", levels=levels)
        return pl.Series(name, texts, dtype=pl.String), column
    return _retyped(series, kind), None


def _retyped(series: pl.Series, kind: str) -> pl.Series:
    if kind == "logical":
        return series.cast(pl.Boolean)
    if kind in ("time", "span"):
        moments = (series * _MICROSECONDS).round().cast(pl.Int64, strict=False)
        return moments.cast(pl.Datetime("us") if kind == "time" else pl.Duration("us"))
    return series


def _integers(name: str, content: bytes) -> pl.Series:
    numbers = np.frombuffer(content, "=i4")
    series = pl.Series(name, numbers)
    return series.set(pl.Series(numbers == _MISSING), None)


def _numbers(name: str, content: bytes) -> pl.Series:
    numbers = np.frombuffer(content, "=f8")
    low = np.frombuffer(content, "=u8") & 0xFFFFFFFF
    missing = np.isnan(numbers) & (low == _MISSING_NUMBER & 0xFFFFFFFF)
    return pl.Series(name, numbers).set(pl.Series(missing), None)


def _texts(content: bytes) -> list[str]:
    return [each.decode("utf-8", "replace") for each in content.split(b"\0")[:-1]]
