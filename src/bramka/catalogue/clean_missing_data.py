"""Fill or remove missing values, and learn how, for data to come.

Only columns whose share of missing values is within both ratios are cleaned. MICE and
PPCA tell missing numbers from the numbers of their row (MICE by linear regression, in
rounds; PPCA by a normal distribution of few directions); texts, categories and dates
get the most frequent value there. The indicator columns are part of the cleaning
transformation, so new data gets them too.

    {
      "inputs": {"Dataset": {"x": [1, null, 4], "y": ["a", "b", null]}},
      "parameters": {
        "Columns to be cleaned": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["x"], "exclude": false}]
        },
        "Cleaning mode": "Replace with mean",
        "Generate missing value indicator column": "True"
      },
      "outputs": {
        "Cleaned dataset": {
          "x": [1, 2, 4],
          "y": ["a", "b", null],
          "x_IsMissing": [false, true, false]
        },
        "Cleaning transformation": {
          "applied to": {"x": [null, 7]},
          "gives": {"x": [2, 7], "x_IsMissing": [true, false]}
        }
      }
    }
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field, to_builtins

from bramka.catalogue._cleaning import Cleaning, cleaning_from, fill_of, model_of
from bramka.catalogue._columns import ALL_COLUMNS, require_rows
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import transform
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, Module, ModulePort, Ports, Use
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

FAMILY = "d2c5ca2f732341a39b7eda917c99f0c4"
MODE = "Cleaning mode"
_LEARNT = (
    "Replace using MICE",
    "Replace with mean",
    "Replace with median",
    "Replace with mode",
    "Replace using Probabilistic PCA",
)


class Settings(Struct, frozen=True, kw_only=True):
    """What happens to missing values, and in which columns."""

    chosen: Annotated[
        ColumnSelector, Meta(description="The columns that are cleaned.")
    ] = field(name="Columns to be cleaned", default=ALL_COLUMNS)
    minimum: Annotated[
        float,
        Meta(ge=0, le=1, description="Columns that miss a smaller share stay."),
    ] = field(name="Minimum missing value ratio", default=0.0)
    maximum: Annotated[
        float,
        Meta(ge=0, le=1, description="Columns that miss a larger share stay."),
    ] = field(name="Maximum missing value ratio", default=1.0)
    mode: Annotated[
        Literal[
            "Replace using MICE",
            "Custom substitution value",
            "Replace with mean",
            "Replace with median",
            "Replace with mode",
            "Remove entire row",
            "Remove entire column",
            "Replace using Probabilistic PCA",
        ],
        Meta(description="What happens to missing values."),
    ] = field(name=MODE, default="Custom substitution value")
    value: Annotated[
        str,
        Meta(
            description="What stands for missing values; a value of the column's type.",
            extra={"shown_when": (MODE, ("Custom substitution value",))},
        ),
    ] = field(name="Replacement value", default="0")
    empty: Annotated[
        Literal["Propagate", "Remove"],
        Meta(
            description="Whether columns without any value stay or go.",
            extra={"shown_when": (MODE, _LEARNT)},
        ),
    ] = field(name="Cols with all missing values", default="Remove")
    indicator: Annotated[
        bool,
        Meta(
            description="Add a column that tells where values were missing.",
            extra={"shown_when": (MODE, ("Custom substitution value", *_LEARNT))},
        ),
    ] = field(name="Generate missing value indicator column", default=False)
    iterations: Annotated[
        int,
        Meta(
            ge=1,
            le=10,
            description="So many rounds of equations.",
            extra={"shown_when": (MODE, ("Replace using MICE",))},
        ),
    ] = field(name="Number of iterations", default=5)
    pca_iterations: Annotated[
        int,
        Meta(
            ge=1,
            le=50,
            description="So many rounds of expectation and maximisation.",
            extra={"shown_when": (MODE, ("Replace using Probabilistic PCA",))},
        ),
    ] = field(name="Number of iterations for PCA prediction", default=10)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    cleaning = _learn(table, settings)
    learnt = transform(FAMILY, settings, to_builtins(cleaning), table.columns)
    return {
        "Cleaned dataset": use(learnt, settings).apply(table),
        "Cleaning transformation": learnt,
    }


def use(learnt: Learnt, _settings: Settings) -> Use:
    cleaning = cleaning_from(state_from(learnt.state or b""))
    return Use(apply=cleaning.clean, row=cleaning.row)


def _learn(table: Table, settings: Settings) -> Cleaning:
    names = _within(table, settings)
    if settings.mode == "Remove entire row":
        return Cleaning(complete=names)
    if settings.mode == "Remove entire column":
        return Cleaning(
            removed=[name for name in names if table.series(name).null_count()]
        )
    removed: list[str] = []
    if settings.mode in _LEARNT:
        require_rows(table.height, 1)
        empty = [n for n in names if table.series(n).null_count() == table.height]
        removed = empty if settings.empty == "Remove" else []
        names = [name for name in names if name not in empty]
    model = model_of(table, names, settings.mode, _rounds(settings))
    told = model.names if model else []
    fills = [
        fill_of(table, name, settings.mode, settings.value)
        for name in names
        if name not in told
    ]
    flagged = names if settings.indicator else []
    return Cleaning(removed=removed, fills=fills, model=model, flagged=flagged)


def _within(table: Table, settings: Settings) -> list[str]:
    """The chosen columns whose share of missing values is within the ratios."""
    names = list(dict.fromkeys(settings.chosen.names(table.columns)))
    if not table.height:
        return names
    shares = [table.series(name).null_count() / table.height for name in names]
    return [
        name
        for name, share in zip(names, shares, strict=True)
        if settings.minimum <= share <= settings.maximum
    ]


def _rounds(settings: Settings) -> int:
    chained = settings.mode == "Replace using MICE"
    return settings.iterations if chained else settings.pca_iterations


MODULE = Module(
    name="Clean Missing Data",
    family=FAMILY,
    category="Data Transformation / Manipulation",
    aliases=("Missing Values Scrubber",),
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(
        ModulePort("Cleaned dataset"),
        ModulePort("Cleaning transformation", "ITransform"),
    ),
    run=run,
    use=use,
)
