"""Give a trained model that tells whether images show a human face from the front.

It is OpenCV's cascade of Haar features after Viola and Jones. Score Model gives by it
true and 1 for images, as Import Images reads them, that show a face, else false and 0.
It cannot be trained further. Needs OpenCV: install bramka[images].

    {
      "inputs": {},
      "parameters": {"Minimum height": "24", "Minimum width": "24"},
      "outputs": {
        "Trained model": {
          "applied to": {
            "Image Name": ["grey.png"], "R_0_0": [9], "G_0_0": [9], "B_0_0": [9]
          },
          "gives": {"Scored Labels": [false], "Scored Probabilities": [0.0]}
        }
      }
    }
"""

from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._images import images_of, opencv
from bramka.catalogue._scores import SCORED_LABELS, SCORED_PROBABILITIES
from bramka.catalogue._software import OPENCV
from bramka.catalogue._state import plain_bytes
from bramka.domain.learning.module import Learnt, Module, ModulePort, Ports, Use
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Column, Table

FAMILY = "403eb35a83b24191a2127716292c7a5b"
FILES = {"Frontal face": "haarcascade_frontalface_default.xml"}
LEAST_FACTOR = 1.01
SCORES = (
    Column(name=SCORED_LABELS, type="Boolean", kind="Score"),
    Column(name=SCORED_PROBABILITIES, type="Double", kind="Score"),
)


class Settings(Struct, frozen=True, kw_only=True):
    """What is looked for, and how large it may be."""

    classifier: Annotated[
        Literal["Frontal face"], Meta(description="What images are searched for.")
    ] = field(name="Pre-trained classifier", default="Frontal face")
    factor: Annotated[
        float,
        Meta(
            ge=1,
            description="By how much each search is coarser; below 1.01 it is 1.01.",
        ),
    ] = field(name="Scale factor", default=1.1)
    neighbors: Annotated[
        int, Meta(ge=0, description="How many finds have to overlap to count.")
    ] = field(name="Minimum number of neighbors", default=3)
    least_height: Annotated[
        int, Meta(ge=1, description="How many points a face is high at least.")
    ] = field(name="Minimum height", default=100)
    least_width: Annotated[
        int, Meta(ge=1, description="How many points a face is wide at least.")
    ] = field(name="Minimum width", default=100)
    most_height: Annotated[
        int, Meta(ge=1, description="How many points a face is high at most.")
    ] = field(name="Maximum height", default=200)
    most_width: Annotated[
        int, Meta(ge=1, description="How many points a face is wide at most.")
    ] = field(name="Maximum width", default=200)


def run(_inputs: Ports, settings: Settings) -> Ports:
    state = plain_bytes(FILES[settings.classifier])
    return {
        "Trained model": Learnt(
            type="ILearner", family=FAMILY, settings=stored(settings), state=state
        )
    }


def use(_learnt: Learnt, settings: Settings) -> Use:
    cascade = _read(FILES[settings.classifier], get_ident())
    return Use(apply=lambda table: _scores(cascade, settings, table))


@lru_cache(maxsize=16)
def _read(name: str, _thread: int) -> Any:
    """A cascade, for one thread: it keeps what it is doing to itself."""
    library = opencv()
    return library.CascadeClassifier(str(Path(library.data.haarcascades) / name))


def _scores(cascade: Any, settings: Settings, table: Table) -> Table:
    images = images_of(table)
    found = np.array([_found(cascade, settings, image) for image in images], bool)
    frame = pl.DataFrame(
        [
            pl.Series(SCORED_LABELS, found, dtype=pl.Boolean),
            pl.Series(SCORED_PROBABILITIES, found.astype(np.float64)),
        ]
    )
    return Table(frame, SCORES)


def _found(cascade: Any, settings: Settings, image: Any) -> bool:
    library = opencv()
    grey = library.cvtColor(np.ascontiguousarray(image), library.COLOR_RGB2GRAY)
    faces = cascade.detectMultiScale(
        grey,
        scaleFactor=max(settings.factor, LEAST_FACTOR),
        minNeighbors=settings.neighbors,
        minSize=(settings.least_width, settings.least_height),
        maxSize=(settings.most_width, settings.most_height),
    )
    return len(faces) > 0


MODULE = Module(
    name="Pretrained Cascade Image Classification",
    family=FAMILY,
    category="OpenCV Library Modules",
    settings=Settings,
    inputs=(),
    outputs=(ModulePort("Trained model", "ILearner"),),
    run=run,
    use=use,
    lacking=OPENCV.lacking,
)
