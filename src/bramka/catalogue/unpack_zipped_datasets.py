"""Read a file of data out of a ZIP or gzip archive of at most 2 GB unpacked.

The name may be left out if the archive has one file.

    {
      "inputs": {"Dataset": {"zip": {"a.csv": "x,y\\n1,2\\n"}}},
      "parameters": {"Dataset to Unpack": "a.csv", "File has header row": "True"},
      "outputs": {
        "Results dataset": {
          "columns": {"x": [1], "y": [2]},
          "types": {"x": "Int32", "y": "Int32"}
        }
      }
    }
"""

import gzip
import io
import zipfile
from typing import IO, Annotated, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._reading import read_table
from bramka.domain.damage import UNREADABLE
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.value import Archive

LARGEST = 2 << 30
NAME = "Dataset to Unpack"


class Settings(Struct, frozen=True, kw_only=True):
    """Which file is read, and how."""

    compression: Annotated[
        Literal["Zip", "Gzip"], Meta(description="What kind of archive it is.")
    ] = field(name="Compression file format", default="Zip")
    name: Annotated[
        str,
        Meta(
            description="The file's name in the archive.",
            extra={"shown_when": ("Compression file format", ("Zip",))},
        ),
    ] = field(name=NAME, default="")
    format: Annotated[
        Literal["CSV", "TSV", "ARFF", "SVMLIGHT"],
        Meta(description="How the file tells rows and columns."),
    ] = field(name="Dataset file format", default="CSV")
    header: Annotated[
        bool,
        Meta(
            description="Take the first line as column names.",
            extra={"shown_when": ("Dataset file format", ("CSV", "TSV"))},
        ),
    ] = field(name="File has header row", default=False)


def run(inputs: Ports, settings: Settings) -> Ports:
    archive = inputs["Dataset"]
    if not isinstance(archive, Archive):
        raise _malformed("it is no archive")
    try:
        content = _unpacked(archive.content, settings)
    except UNREADABLE as error:
        raise _malformed(str(error)) from None
    table = read_table(content, settings.format, header=settings.header)
    return {"Results dataset": table}


def _unpacked(content: bytes, settings: Settings) -> bytes:
    if settings.compression == "Gzip":
        with gzip.open(io.BytesIO(content)) as file:
            return _bounded(file)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [each.filename for each in archive.infolist() if not each.is_dir()]
        name = settings.name.strip() or (names[0] if len(names) == 1 else "")
        if name not in names:
            raise _not_there(name, ", ".join(names[:20]) or "nothing")
        with archive.open(name) as file:
            return _bounded(file)


def _bounded(file: IO[bytes] | gzip.GzipFile) -> bytes:
    """What is in the file, but no more than fits: small archives can hold much."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ModuleError(
            138,
            "Memory has been exhausted, unable to complete running of module. The file "
            f"has more than {LARGEST:,} bytes unpacked.",
        )
    return content


def _not_there(name: str, shown: str) -> ModuleError:
    """Error 0133 for a name that no file has, 0132 where none is told of many."""
    if name:
        return ModuleError(
            133,
            f"The specified file was not found. Found the following file(s): {shown}",
        )
    return ModuleError(
        132,
        "The file contains more than one file. Specify the file to expand. The "
        f"following files were found: {shown}",
    )


def _malformed(reason: str) -> ModuleError:
    return ModuleError(
        102, f"Given ZIP file is not in the correct format. It says: {reason}."
    )


MODULE = Module(
    name="Unpack Zipped Datasets",
    family="dd946a603993fd67f469ed8da139ea4d",
    category="Data Input and Output",
    settings=Settings,
    inputs=(ModulePort("Dataset", "Zip"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
