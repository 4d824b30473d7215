"""Draw a sample, assign rows to folds, pick a fold, or keep the first rows.

Which rows are in which fold is told beside the dataset; it is lost with any other
step, so pick folds and cross-validate right behind. Seed 0 is a seed like others, so
runs can be repeated. Sampled rows keep their order.

    {
      "inputs": {"Dataset": {"n": [1, 2, 3]}},
      "parameters": {
        "Partition or sample mode": "Head",
        "Number of rows to select": "2"
      },
      "outputs": {"oDataset": {"n": [1, 2]}}
    }
"""

from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._chance import (
    LEAST_SEED,
    MOST_SEED,
    Rows,
    chance,
    chosen_by_group,
    chosen_rows,
    share_of,
)
from bramka.catalogue._folds import folds_of, with_folds
from bramka.catalogue._strata import strata
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

_MODE = "Partition or sample mode"
_SAMPLING = {"shown_when": (_MODE, ("Sampling",))}
_FOLDS = {"shown_when": (_MODE, ("Assign to Folds",))}
_PICK = {"shown_when": (_MODE, ("Pick Fold",))}
_METHOD = "Specify the partitioner method"
PROPORTIONS = "List of proportions separated by comma"
FOLD_KEY = "Stratification key column"
CUSTOM = "Stratified split for customized fold assignment"
CUSTOM_KEY = "Stratification key column for customized fold assignment"
SAMPLE_KEY = "Stratification key column for sampling"


class Settings(Struct, frozen=True, kw_only=True):
    """What is done, and how chance takes part in it."""

    mode: Annotated[
        Literal["Sampling", "Assign to Folds", "Pick Fold", "Head"],
        Meta(description="What is done."),
    ] = field(name=_MODE, default="Sampling")
    replacement: Annotated[
        bool,
        Meta(description="Let a row be drawn for several folds.", extra=_FOLDS),
    ] = field(name="Use replacement in the partitioning", default=False)
    randomized: Annotated[
        bool,
        Meta(description="Draw the rows; if not, deal them in turn.", extra=_FOLDS),
    ] = field(name="Randomized split", default=True)
    seed: Annotated[
        int,
        Meta(
            ge=LEAST_SEED,
            le=MOST_SEED,
            description="Where chance begins.",
            extra=_FOLDS,
        ),
    ] = field(name="Random seed", default=0)
    method: Annotated[
        Literal["Partition evenly", "Partition with customized proportions"],
        Meta(description="Whether folds are equal or as large as told.", extra=_FOLDS),
    ] = field(name=_METHOD, default="Partition evenly")
    folds: Annotated[
        int,
        Meta(
            ge=1,
            description="How many equal folds are made.",
            extra={"shown_when": (_METHOD, ("Partition evenly",))},
        ),
    ] = field(name="Specify number of folds to split evenly into", default=5)
    proportions: Annotated[
        str,
        Meta(
            description="The share of each fold; what lacks to 1 makes one more.",
            extra={"shown_when": (_METHOD, ("Partition with customized proportions",))},
        ),
    ] = field(name=PROPORTIONS, default="")
    stratified: Annotated[
        bool,
        Meta(
            description="Divide each group of rows by the same shares.",
            extra={"shown_when": (_METHOD, ("Partition evenly",))},
        ),
    ] = field(name="Stratified split", default=False)
    key: Annotated[
        ColumnSelector,
        Meta(
            description="The column whose values make the groups.",
            extra={"shown_when": ("Stratified split", ("True",))},
        ),
    ] = field(name=FOLD_KEY, default=ColumnSelector())
    custom_stratified: Annotated[
        bool,
        Meta(
            description="Divide each group of rows by the same shares.",
            extra={"shown_when": (_METHOD, ("Partition with customized proportions",))},
        ),
    ] = field(name=CUSTOM, default=False)
    custom_key: Annotated[
        ColumnSelector,
        Meta(
            description="The column whose values make the groups.",
            extra={"shown_when": (CUSTOM, ("True",))},
        ),
    ] = field(name=CUSTOM_KEY, default=ColumnSelector())
    fold: Annotated[
        int, Meta(ge=1, description="The fold that is picked.", extra=_PICK)
    ] = field(name="Specify which fold to be sampled from", default=1)
    complement: Annotated[
        bool, Meta(description="Pick all rows but the fold's.", extra=_PICK)
    ] = field(name="Pick complement of the selected fold", default=False)
    rate: Annotated[
        float, Meta(ge=0, le=1, description="The share of rows.", extra=_SAMPLING)
    ] = field(name="Rate of sampling", default=0.01)
    sample_seed: Annotated[
        int,
        Meta(
            ge=LEAST_SEED,
            le=MOST_SEED,
            description="Where chance begins.",
            extra=_SAMPLING,
        ),
    ] = field(name="Random seed for sampling", default=0)
    sample_stratified: Annotated[
        bool,
        Meta(description="Take the same share of each group.", extra=_SAMPLING),
    ] = field(name="Stratified split for sampling", default=False)
    sample_key: Annotated[
        ColumnSelector,
        Meta(
            description="The column whose values make the groups.",
            extra={"shown_when": ("Stratified split for sampling", ("True",))},
        ),
    ] = field(name=SAMPLE_KEY, default=ColumnSelector())
    rows: Annotated[
        int,
        Meta(
            ge=0,
            description="How many of the first rows are kept.",
            extra={"shown_when": (_MODE, ("Head",))},
        ),
    ] = field(name="Number of rows to select", default=10)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    match settings.mode:
        case "Head":
            result = table.slice(0, settings.rows)
        case "Sampling":
            result = _rows(table, _sample(table, settings))
        case "Pick Fold":
            result = _rows(table, _picked(table, settings))
        case "Assign to Folds":
            folds = [fold.tolist() for fold in _assigned(table, settings)]
            result = with_folds(table, folds)
    return {"oDataset": result}


def _rows(table: Table, rows: Rows) -> Table:
    return Table(table.frame[rows], table.columns)


def _sample(table: Table, settings: Settings) -> Rows:
    drawn = chance(settings.sample_seed)
    if settings.sample_stratified:
        groups = strata(table, settings.sample_key, SAMPLE_KEY)
        return chosen_by_group(groups, settings.rate, drawn)
    return chosen_rows(table.height, share_of(table.height, settings.rate), drawn)


def _picked(table: Table, settings: Settings) -> Rows:
    folds = folds_of(table)
    if folds is None or settings.fold > len(folds):
        has = "no folds" if folds is None else f"{len(folds)} folds"
        raise ModuleError(
            18,
            f"Dataset is not valid. Fold {settings.fold} is to be picked, but the "
            f'dataset has {has}; assign them with "Assign to Folds" right before.',
        )
    chosen = np.unique(np.array(folds[settings.fold - 1], dtype=np.int64))
    if settings.complement:
        return np.setdiff1d(np.arange(table.height), chosen)
    return np.array(folds[settings.fold - 1], dtype=np.int64)


def _assigned(table: Table, settings: Settings) -> list[Rows]:
    """The rows of each fold: rows are lined up, then dealt by the shares."""
    shares = _shares(settings)
    drawn = chance(settings.seed)
    if settings.replacement:
        sizes = np.diff(np.floor(np.cumsum([0, *shares]) * table.height + 1e-9))
        return [
            np.sort(drawn.integers(0, table.height, int(size)))
            if table.height
            else np.empty(0, dtype=np.int64)
            for size in sizes
        ]
    line = np.arange(table.height)
    if settings.randomized:
        line = drawn.permutation(line)
    groups = None
    if settings.method != "Partition evenly" and settings.custom_stratified:
        groups = strata(table, settings.custom_key, CUSTOM_KEY)
    elif settings.stratified:
        groups = strata(table, settings.key, FOLD_KEY)
    if groups is not None:
        line = line[np.argsort(groups[line], kind="stable")]
    return [np.sort(line[fold]) for fold in _dealt(len(line), shares)]


def _dealt(count: int, shares: list[float]) -> list[Rows]:
    """Places in line for each fold: each next one goes where it lacks the most.

    With equal shares that is dealing in turn, so neighbours in line, which are alike
    in a stratified split, go to different folds.
    """
    if len(set(shares)) == 1:
        return [np.arange(start, count, len(shares)) for start in range(len(shares))]
    sizes = _sizes(count, np.array(shares))
    turns = np.concatenate([(np.arange(size) + 0.5) / max(size, 1) for size in sizes])
    owners = np.repeat(np.arange(len(shares)), sizes)
    order = owners[np.argsort(turns, kind="stable")]
    return [np.flatnonzero(order == fold) for fold in range(len(shares))]


def _sizes(count: int, shares: np.ndarray) -> Rows:
    ends = np.floor(np.cumsum(shares) * count + 1e-9).astype(np.int64)
    ends[-1] = count
    return np.diff(ends, prepend=0)


def _shares(settings: Settings) -> list[float]:
    if settings.method == "Partition evenly":
        return [1 / settings.folds] * settings.folds
    try:
        shares = [float(share) for share in settings.proportions.split(",")]
    except ValueError:
        shares = []
    if not shares or min(shares) <= 0 or sum(shares) > 1 + 1e-9:
        raise ModuleError(
            2,
            f'Failed to parse "{PROPORTIONS}" parameter: "{settings.proportions}" must '
            "be numbers above 0 that add up to 1 at most, as .5, .25, .25",
        )
    rest = 1 - sum(shares)
    return shares if rest < 1e-9 else [*shares, rest]


MODULE = Module(
    name="Partition and Sample",
    family="a8726e341b3e4515b59a3e4a475654b8",
    category="Data Transformation / Sample and Split",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("oDataset"),),
    run=run,
)
