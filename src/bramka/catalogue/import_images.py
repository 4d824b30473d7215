"""Read images out of a container of blobs, or out of a ZIP archive.

Each row is an image: its name, then red, green and blue of every point, as R_0_0,
R_0_1 … B_9_9 (row and column). Rows are in the order of names. All images have to be
alike in size and color, and have at most 65,536 points; transparency is left out.
Formats are told from the content: BMP, JPEG, JPEG 2000, PNG, PBM, PGM, PPM, Sun raster
and TIFF. Needs OpenCV: install bramka[images].

    {
      "inputs": {
        "Dataset": {
          "zip": {"b.pgm": "P2 2 1 255\\n0 9\\n", "a.pgm": "P2 2 1 255\\n9 0\\n"}
        }
      },
      "parameters": {},
      "outputs": {
        "Results dataset": {
          "columns": {
            "Image Name": ["a.pgm", "b.pgm"],
            "R_0_0": [9, 0], "R_0_1": [0, 9],
            "G_0_0": [9, 0], "G_0_1": [0, 9],
            "B_0_0": [9, 0], "B_0_1": [0, 9]
          },
          "types": {
            "R_0_0": "Byte", "R_0_1": "Byte", "G_0_0": "Byte",
            "G_0_1": "Byte", "B_0_0": "Byte", "B_0_1": "Byte"
          }
        }
      }
    }
"""

import io
import zipfile
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._images import table_of_images
from bramka.catalogue._outside import named_blobs_at, no_way, told_as_download
from bramka.catalogue._software import OPENCV
from bramka.domain.damage import UNREADABLE
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.outside import Outside
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Archive

ACCESS = "Please specify authentication type"
PATH = "Path to container, directory or blob"
MOST_IMAGES = 100_000
LARGEST = 2 << 30
_ACCOUNT = {"shown_when": (ACCESS, ("Account",))}


class Settings(Struct, frozen=True, kw_only=True):
    """Where the images are, if no archive is connected, and how to get in."""

    access: Annotated[
        Literal["Account", "PublicOrSas"],
        Meta(description="Whether a key or an address opens the container."),
    ] = field(name=ACCESS, default="Account")
    uri: Annotated[
        str,
        Meta(
            description="The container's address, signature and all.",
            extra={"shown_when": (ACCESS, ("PublicOrSas",)), "secret": True},
        ),
    ] = field(name="URI", default="")
    account: Annotated[
        str, Meta(description="The storage account's name.", extra=_ACCOUNT)
    ] = field(name="Account name", default="")
    key: Annotated[
        str,
        Meta(
            description="The storage account's key.", extra={**_ACCOUNT, "secret": True}
        ),
    ] = field(name="Account key", default="")
    path: Annotated[
        str, Meta(description="The container, or a folder in it.", extra=_ACCOUNT)
    ] = field(name=PATH, default="")


def run(inputs: Ports, settings: Settings) -> Ports:
    archive = inputs.get("Dataset")
    if not isinstance(archive, Archive):
        return no_way(inputs, settings)
    try:
        with zipfile.ZipFile(io.BytesIO(archive.content)) as packed:
            contents = _unpacked(packed)
    except UNREADABLE as error:
        raise ModuleError(
            102, f"Given ZIP file is not in the correct format. It says: {error}."
        ) from None
    return {"Results dataset": _table(contents)}


def _unpacked(packed: zipfile.ZipFile) -> dict[str, bytes]:
    files = [each for each in packed.infolist() if not each.is_dir()]
    if len(files) > MOST_IMAGES or sum(each.file_size for each in files) > LARGEST:
        raise ModuleError(
            138,
            "Memory has been exhausted, unable to complete running of module. The "
            f"archive has {len(files):,} files; it may have {MOST_IMAGES:,}, of "
            f"{LARGEST:,} bytes together.",
        )
    return {each.filename: packed.read(each) for each in files}


def reach(inputs: Ports, settings: Settings, outside: Outside) -> Ports:
    if "Dataset" in inputs:
        return run(inputs, settings)
    with told_as_download():
        if settings.access == "PublicOrSas":
            base, mark, signature = _given("URI", settings.uri).partition("?")
            store, path = outside.signed_blob(_all_below(base) + mark + signature)
        else:
            account = _given("Account name", settings.account)
            path = _all_below(_given(PATH, settings.path))
            store, path = outside.account_blob(account, settings.key, path)
    folder = path.rpartition("/")[0]
    found = named_blobs_at(store, path, MOST_IMAGES)
    contents = {name.removeprefix(f"{folder}/"): each for name, each in found.items()}
    return {"Results dataset": _table(contents)}


def _table(contents: dict[str, bytes]) -> Table:
    if not contents:
        raise ModuleError(3, 'Input "Dataset" is null or empty.')
    return table_of_images(contents)


def _all_below(path: str) -> str:
    return f"{path.rstrip('/')}/*"


def _given(name: str, value: str) -> str:
    if not value.strip():
        raise ModuleError(3, f'Input "{name}" is null or empty.')
    return value.strip()


MODULE = Module(
    name="Import Images",
    family="a5abf74564918fb04f2aaabff03c0e90",
    category="OpenCV Library Modules",
    settings=Settings,
    inputs=(ModulePort("Dataset", "Zip", optional=True),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    reach=reach,
    lacking=OPENCV.lacking,
)
