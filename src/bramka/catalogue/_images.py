"""Images as rows of a table: a name, then the red, green and blue of each point."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bramka.catalogue._libraries import Library
from bramka.catalogue._reading import unparsed
from bramka.catalogue._software import OPENCV
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import Column, Table

NAME = "Image Name"
CHANNELS = "RGB"
MOST_POINTS = 65_536
_POINT = re.compile(r"[RGB]_(\d+)_(\d+)")

Image = NDArray[np.uint8]
"""Rows, columns, and red, green and blue."""

_OPENCV = Library("cv2")


def opencv() -> Library:
    """The library; Error 1000 if it is not installed."""
    OPENCV.require()
    # What is wrong with an image is told by us.
    _OPENCV.utils.logging.setLogLevel(_OPENCV.utils.logging.LOG_LEVEL_SILENT)
    return _OPENCV


def table_of_images(contents: Mapping[str, bytes]) -> Table:
    """A row for each image file, by name; all have to be alike."""
    library = opencv()
    names = sorted(contents)
    images = [_image(library, name, contents[name]) for name in names]
    for name, image in zip(names, images, strict=True):
        if image.shape != images[0].shape:
            raise unparsed(
                f'"{name}" has {_told(image)}, but "{names[0]}" has '
                f"{_told(images[0])}; all images have to be alike."
            )
    colored = [_colors(image) for image in images]
    columns = (Column(name=NAME, type="String"), *_points(colored[0].shape))
    cells = np.stack([image.transpose(2, 0, 1).ravel() for image in colored])
    points = pl.DataFrame(cells, schema=[each.name for each in columns[1:]])
    return Table(points.insert_column(0, pl.Series(NAME, names)), columns)


def _image(library: Library, name: str, content: bytes) -> Image:
    """One image, without transparency; grey ones have no third dimension."""
    data = np.frombuffer(content, np.uint8)
    try:
        kept = library.imdecode(data, library.IMREAD_UNCHANGED) if len(data) else None
        if kept is None:
            raise unparsed(f'"{name}" is no image of a known format.')
        way = "IMREAD_GRAYSCALE" if kept.ndim == 2 else "IMREAD_COLOR"
        image: Image = library.imdecode(data, getattr(library, way))
    except library.error as error:
        raise unparsed(f'"{name}" is no image that can be read: {error}') from None
    if image.shape[0] * image.shape[1] > MOST_POINTS:
        raise ModuleError(
            127,
            f"Image pixel size in the file '{name}' exceeds allowed limit: "
            f"'{MOST_POINTS}'",
        )
    return image


def _colors(image: Image) -> Image:
    """Red, green and blue; the library gives blue first."""
    return image[:, :, ::-1] if image.ndim > 2 else np.stack([image] * 3, axis=2)


def _told(image: Image) -> str:
    colors = "color" if image.ndim > 2 else "grey"
    return f"{image.shape[1]} × {image.shape[0]} points in {colors}"


def _points(shape: Sequence[int]) -> list[Column]:
    return [
        Column(name=f"{channel}_{row}_{place}", type="Byte")
        for channel in CHANNELS
        for row in range(shape[0])
        for place in range(shape[1])
    ]


def images_of(table: Table) -> NDArray[np.uint8]:
    """The images that a table holds, by rows; Error 0018 if it holds none.

    A point that is missing is black.
    """
    names = [name for name in table.names if _POINT.fullmatch(name)]
    last = _POINT.fullmatch(names[-1]) if names else None
    if last is None:
        raise _no_images("it has no column of a color, as R_0_0 is")
    height, width = int(last[1]) + 1, int(last[2]) + 1
    wanted = [each.name for each in _points((height, width))]
    if len(wanted) > 3 * MOST_POINTS or names != wanted:
        raise _no_images(f"its columns of colors do not run from R_0_0 to {names[-1]}")
    frame = table.select(names).frame
    # Queries over so many columns take seconds.
    if set(frame.dtypes) != {pl.UInt8()}:
        frame = _bytes(frame)
    cells = frame.to_numpy()
    if np.issubdtype(cells.dtype, np.floating):  # Some are missing.
        cells = np.nan_to_num(cells).astype(np.uint8)
    return cells.reshape(-1, 3, height, width).transpose(0, 2, 3, 1)


def _bytes(frame: pl.DataFrame) -> pl.DataFrame:
    try:
        return pl.DataFrame([each.cast(pl.UInt8) for each in frame.get_columns()])
    except pl.exceptions.PolarsError as error:
        raise _no_images(f"colors are whole numbers from 0 to 255: {error}") from None


def _no_images(reason: str) -> ModuleError:
    return ModuleError(18, f"Dataset is not valid. It holds no images: {reason}.")
