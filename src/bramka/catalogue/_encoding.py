"""How the columns of a table become numbers: what was learnt of each."""

from collections.abc import Sequence
from datetime import datetime, timezone
from math import inf
from typing import Literal

import msgspec
from msgspec import Struct

from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column

Scaling = Literal["none", "min-max", "gaussian", "binning"]
"""How numbers are brought to one scale: to 0…1, to deviations, to bins of one size."""
SECOND = 1e6
EPOCHS = {
    "DateTime": datetime(1970, 1, 1),  # noqa: DTZ001 - these columns know no zone
    "DateTimeOffset": datetime(1970, 1, 1, tzinfo=timezone.utc),  # noqa: UP017
}


class Feature(Struct, frozen=True, omit_defaults=True):
    """One column: its levels, or how its numbers are shifted, scaled and binned."""

    name: str
    levels: tuple[str, ...] | None = None
    shift: float = 0.0
    scale: float = 1.0
    edges: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        return 1 if self.levels is None else len(self.levels)


class Encoding(Struct, frozen=True, omit_defaults=True):
    """What was learnt about the columns; `unknown` lets levels be new."""

    features: tuple[Feature, ...]
    unknown: bool = True

    @property
    def width(self) -> int:
        return sum(feature.width for feature in self.features)

    @property
    def labels(self) -> list[str]:
        """What each number is called: the column, and the level if it has levels."""
        return [
            feature.name if level is None else f"{feature.name}_{level}"
            for feature in self.features
            for level in (feature.levels if feature.levels is not None else (None,))
        ]

    def part(self, name: str) -> slice:
        """Where the numbers of a feature stand in a row."""
        start = 0
        for feature in self.features:
            if feature.name == name:
                return slice(start, start + feature.width)
            start += feature.width
        raise KeyError(name)

    def stored(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> "Encoding":
        return msgspec.json.decode(text, type=cls)


def column_for(columns: Sequence[Column], feature: Feature) -> Column:
    """The column a feature is read from; Error 0001 or 0042 if it does not fit."""
    found = (column for column in columns if column.name == feature.name)
    return fitting(next(found, None), feature)


def fitting(column: Column | None, feature: Feature) -> Column:
    if column is None:
        raise ModuleError(
            1,
            f'Column with name or index "{feature.name}" does not exist in "Dataset".',
        )
    if feature.levels is None and column.type == "String":
        raise ModuleError(
            42,
            f'Could not convert column "{column.name}" of type String to '
            "column of type Double.",
        )
    return column


def odd_number(name: str, number: float) -> ModuleError:
    if number in (inf, -inf):
        return ModuleError(33, f'"{name}" is not finite.')
    return ModuleError(32, f'"{name}" is not a number.')


def new_level(name: str, level: str | None) -> ModuleError:
    return ModuleError(
        18,
        f'"Dataset" contains invalid data. Column "{name}" holds "{level}", which was '
        "not there at the training; unknown levels are not allowed.",
    )
