"""Make a small dataset of what is typed.

Types are told from the values; without a header columns are Col1, Col2, …. An empty
line is a row of missing values, unless it is the last.

    {
      "inputs": {},
      "parameters": {"DataFormat": "CSV", "Data": "x,y\\n1,a\\n2,\\n"},
      "outputs": {
        "dataset": {
          "columns": {"x": [1, 2], "y": ["a", null]},
          "types": {"x": "Int32"}
        }
      }
    }
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._reading import read_table
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports


class Settings(Struct, frozen=True, kw_only=True):
    """What is typed, and how it is read."""

    format: Annotated[
        Literal["CSV", "TSV", "ARFF", "SVMLight"],
        Meta(description="How the text tells rows and columns."),
    ] = field(name="DataFormat", default="CSV")
    header: Annotated[
        bool,
        Meta(
            description="Take the first line as column names.",
            extra={"shown_when": ("DataFormat", ("CSV", "TSV"))},
        ),
    ] = field(name="HasHeader", default=True)
    text: Annotated[str, Meta(description="The rows, each ended by a new line.")] = (
        field(name="Data")
    )


def run(_inputs: Ports, settings: Settings) -> Ports:
    if not settings.text.strip():
        raise ModuleError(3, 'Input "Data" is null or empty.')
    content = settings.text.encode()
    return {"dataset": read_table(content, settings.format, header=settings.header)}


MODULE = Module(
    name="Enter Data Manually",
    family="4fbef0ab2c8e4a25b5c47be76eac33d6",
    category="Data Input and Output",
    settings=Settings,
    inputs=(),
    outputs=(ModulePort("dataset"),),
    run=run,
)
