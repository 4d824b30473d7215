import io
import zipfile
from functools import cache

import cv2
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.catalogue.learning import run, scored

from bramka.catalogue import import_images, shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Archive, Value
from bramka.testing.outside import FakeOutside

Pixels = NDArray[np.uint8]


def file_of(image: Pixels, kind: str = ".png") -> bytes:
    done, content = cv2.imencode(kind, image)
    assert done
    return bytes(content)


def packed(files: dict[str, bytes]) -> Archive:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return Archive(content.getvalue())


def imported(files: dict[str, bytes]) -> Table:
    table = run("Import Images", {"Dataset": packed(files)})["Results dataset"]
    assert isinstance(table, Table)
    return table


@cache
def face() -> Pixels:
    """A drawn face, 60 points high and wide."""
    image = np.full((200, 200), 200, np.uint8)
    cv2.ellipse(image, (100, 100), (58, 79), 0, 0, 360, 150, -1)
    for x in (77, 123):
        cv2.ellipse(image, (x, 83), (15, 7), 0, 0, 360, 60, -1)
        cv2.ellipse(image, (x, 68), (18, 4), 0, 0, 360, 70, -1)
    cv2.ellipse(image, (100, 108), (7, 13), 0, 0, 360, 120, -1)
    cv2.ellipse(image, (100, 142), (23, 7), 0, 0, 360, 70, -1)
    soft = cv2.GaussianBlur(image, (0, 0), 3.3)
    return np.asarray(cv2.resize(soft, (60, 60)), np.uint8)


def noise() -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (60, 60), np.uint8)


SMALL: dict[str, str | int | float] = {"minimum_height": 30, "minimum_width": 30}


def detector(**given: str | int | float) -> Learnt:
    name = "Pretrained Cascade Image Classification"
    learnt = run(name, {}, **given)["Trained model"]
    assert isinstance(learnt, Learnt)
    return learnt


@pytest.mark.parametrize("kind", [".png", ".bmp", ".jp2", ".tiff", ".ppm", ".ras"])
def test_every_format_without_loss_gives_red_then_green_then_blue(kind: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (64, 80, 3), np.uint8)
    options = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000] if kind == ".jp2" else []
    content = bytes(cv2.imencode(kind, image, options)[1])
    table = imported({"a": content})
    cells = np.array(table.frame.row(0)[1:], np.uint8).reshape(3, 64, 80)
    assert np.array_equal(cells, image[:, :, ::-1].transpose(2, 0, 1))
    assert table.names[:3] == ("Image Name", "R_0_0", "R_0_1")
    assert table.names[-1] == "B_63_79"


def test_jpeg_is_read_and_transparency_left_out() -> None:
    clear = np.full((4, 4, 4), 77, np.uint8)
    assert set(imported({"a.png": file_of(clear)}).frame.row(0)[1:]) == {77}
    flat = np.full((8, 8, 3), 50, np.uint8)
    assert set(imported({"a": file_of(flat, ".jpg")}).frame.row(0)[1:]) == {50}


def test_images_come_from_a_container_in_the_order_of_names() -> None:
    outside = FakeOutside(
        blobs={
            "faces/b.png": file_of(np.full((2, 2), 2, np.uint8)),
            "faces/sub/a.png": file_of(np.full((2, 2), 1, np.uint8)),
            "other/c.png": b"",
        }
    )
    module = shelf().find("Import Images")
    by_key = module.settle({"Account name": "us", import_images.PATH: "faces"})
    by_address = module.settle(
        {
            import_images.ACCESS: "PublicOrSas",
            "URI": "https://us.example.org/faces?sig=secret",
        }
    )
    for settings in (by_key, by_address):
        table = module.apply({}, settings, outside)["Results dataset"]
        assert isinstance(table, Table)
        assert table.frame["Image Name"].to_list() == ["b.png", "sub/a.png"]
        assert table.frame["R_0_0"].to_list() == [2, 1]


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({}, "Error 0003: Input"),
        ({"a": b"text"}, 'Error 0049.*"a" is no image'),
        ({"a": b""}, 'Error 0049.*"a" is no image'),
        (
            {
                "a": file_of(np.zeros((2, 3), np.uint8)),
                "b": file_of(np.zeros((3, 3), np.uint8)),
            },
            'Error 0049.*"b" has 3 × 3 points in grey, but "a" has 3 × 2',
        ),
        (
            {
                "a": file_of(np.zeros((2, 2), np.uint8)),
                "b": file_of(np.zeros((2, 2, 3), np.uint8)),
            },
            'Error 0049.*"b" has 2 × 2 points in color, but "a" has 2 × 2 points in g',
        ),
        ({"a": file_of(np.zeros((257, 256), np.uint8))}, "Error 0127: .*'a' exceeds"),
    ],
)
def test_what_is_no_set_of_images_is_refused(
    files: dict[str, bytes], error: str
) -> None:
    with pytest.raises(ModuleError, match=error):
        imported(files)


def test_a_face_is_found_among_images() -> None:
    table = imported(
        {
            "MAN001.png": file_of(face()),
            "TABLE001.PNG": file_of(noise()),
            "WALL001.PNG": file_of(np.full((60, 60), 90, np.uint8)),
        }
    )
    found = scored(detector(**SMALL), table).frame
    assert found.select(
        "Image Name", "Scored Labels", "Scored Probabilities"
    ).rows() == [
        ("MAN001.png", True, 1.0),
        ("TABLE001.PNG", False, 0.0),
        ("WALL001.PNG", False, 0.0),
    ]


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({"minimum_height": 59, "minimum_width": 59}, False),
        ({"maximum_height": 31, "maximum_width": 31}, False),
        ({"minimum_number_of_neighbors": 1000}, False),
        ({"scale_factor": 1}, True),
    ],
)
def test_size_and_neighbors_limit_what_is_a_face(
    given: dict[str, str | int | float], seen: bool
) -> None:
    found = scored(detector(**SMALL | given), imported({"a": file_of(face())})).frame
    assert found["Scored Labels"].to_list() == [seen]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"x": [1]}, "no column of a color"),
        ({"R_0_0": [1], "B_0_0": [1]}, "do not run from R_0_0 to B_0_0"),
        ({"R_0_0": [1], "G_0_0": [300], "B_0_0": [1]}, "whole numbers from 0 to 255"),
    ],
)
def test_what_holds_no_images_is_not_scored(
    columns: dict[str, list[int]], reason: str
) -> None:
    with pytest.raises(ModuleError, match=f"Error 0018.*{reason}"):
        scored(detector(), Table.of(pl.DataFrame(columns)))


def test_it_cannot_be_trained() -> None:
    inputs: dict[str, Value] = {
        "Untrained model": detector(),
        "Dataset": imported({"a": file_of(face())}),
    }
    with pytest.raises(ModuleError, match="Error 0013"):
        run(
            "Train Model",
            inputs,
            label_column=ColumnSelector.of_names("R_0_0").stored(),
        )
