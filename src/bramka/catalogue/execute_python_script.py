"""Run a function azureml_main of one's own on the datasets.

It takes up to two pandas data frames and returns a sequence of which the first is the
result; its index is not kept. A bundle's files can be imported. PNG files it writes and
what it prints come out at Python Device. It runs on the Python of this server, in a
process of its own with 300 seconds and 4 GB of memory, without network and without
other files, as far as the kernel can (Linux, x86-64 or ARM64; Python Device says if it
could not). Categories come in as texts, missing numbers as NaN, which goes out as
missing. Needs pandas: install bramka[scripts].

    {
      "inputs": {"Dataset1": {"x": [1, 2]}},
      "parameters": {
        "Python script": "def azureml_main(a):\\n    print('hi')\\n    return a + 1,"
      },
      "outputs": {
        "Results dataset": {"x": [2, 3]},
        "Python Device": {"images": 0, "text": "hi"}
      }
    }
"""

import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

import msgspec
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue import _python_child
from bramka.catalogue._columns import fresh_name
from bramka.catalogue._isolated import (
    FILE,
    MEMORY,
    failed,
    last_lines,
    left_file,
    pictures,
    run_isolated,
)
from bramka.catalogue._software import PANDAS
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Archive, Pictures, table_on

SECONDS = 300
DATASETS = ("Dataset1", "Dataset2")
BUNDLE = "Script Bundle"
SAMPLE = """def azureml_main(dataframe1 = None, dataframe2 = None):
    return dataframe1,
"""


class Settings(Struct, frozen=True, kw_only=True):
    """What to run."""

    script: Annotated[
        str, Meta(description="Python that defines the function azureml_main.")
    ] = field(name="Python script", default=SAMPLE)
    version: Annotated[
        Literal[
            "Anaconda 2.0/Python 2.7.7",
            "Anaconda 4.0/Python 2.7.11",
            "Anaconda 4.0/Python 3.5",
        ],
        Meta(description="Kept for old experiments: this server's Python runs all."),
    ] = field(name="Python Version", default="Anaconda 4.0/Python 3.5")


def run(inputs: Ports, settings: Settings) -> Ports:
    PANDAS.require()
    with TemporaryDirectory(prefix="bramka-script-") as name:
        folder = Path(name).resolve()
        _prepare(folder, inputs, settings)
        command = [sys.executable, "-I", _python_child.__file__]
        code, printed = run_isolated(command, folder, SECONDS, 85)
        if code:
            raise failed(_reason(folder, code, printed), 85)
        return {
            "Results dataset": _result(folder),
            "Python Device": Pictures(images=pictures(folder), text=printed),
        }


def _prepare(folder: Path, inputs: Ports, settings: Settings) -> None:
    """Put into the folder what the process reads."""
    frames = []
    for port in DATASETS:
        if port in inputs:
            table_on(inputs, port).frame.write_ipc(folder / f"{port}.arrow")
            frames.append(f"{port}.arrow")
    bundle = inputs.get(BUNDLE)
    if isinstance(bundle, Archive):
        if not zipfile.is_zipfile(BytesIO(bundle.content)):
            raise ModuleError(102, "Given ZIP file is not in the correct format.")
        (folder / "bundle.zip").write_bytes(bundle.content)
    task = {
        "script": settings.script,
        "frames": frames,
        "bundle": "bundle.zip" if isinstance(bundle, Archive) else "",
        "limits": {"memory": MEMORY, "file": FILE, "seconds": SECONDS},
    }
    (folder / _python_child.TASK).write_text(json.dumps(task), encoding="utf-8")


def _reason(folder: Path, code: int, printed: str) -> str:
    told = left_file(folder / _python_child.REFUSED)
    if told is None:
        return f"The process ended with {code}. {last_lines(printed)}"
    return last_lines(told.decode("utf-8", "replace"))


def _result(folder: Path) -> Table:
    """The table that the process wrote, under names that differ."""
    names = left_file(folder / _python_child.NAMES)
    content = left_file(folder / _python_child.TABLE)
    if names is None or content is None:
        raise failed("It left no result.", 85)
    try:
        frame = pl.read_ipc(BytesIO(content))
        called: dict[str, None] = {}
        for name in msgspec.json.decode(names, type=list[str]):
            called[fresh_name(name, called)] = None
        frame.columns = list(called)
    except (ValueError, pl.exceptions.PolarsError) as error:
        raise failed(f"It left no table: {error}", 85) from None
    return Table.of(frame)


MODULE = Module(
    name="Execute Python Script",
    family="cdb56f957f4c404dbde75bb972e6f232",
    category="Python Language Modules",
    settings=Settings,
    inputs=(
        *(ModulePort(port, optional=True) for port in DATASETS),
        ModulePort(BUNDLE, "Zip", optional=True),
    ),
    outputs=(
        ModulePort("Results dataset"),
        ModulePort("Python Device", "Visualization"),
    ),
    run=run,
    lacking=PANDAS.lacking,
)
