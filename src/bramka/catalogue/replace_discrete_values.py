"""Tell of every category what is to be expected of another column.

Columns pair in their order. Another column of categories or texts gives way to the
probability of its value given the category; one of numbers or truth values to their
mean and population standard deviation in the category. A category or value that is
missing, or was not there when it was learnt, gives missing.

    {
      "inputs": {
        "Dataset": {
          "columns": {
            "X": ["Blue", "Blue", "Green", "Green", "Green"],
            "Y": ["0", "1", "0", "0", "1"]
          },
          "levels": {"X": ["Blue", "Green"]}
        }
      },
      "parameters": {
        "Discrete columns": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["X"], "exclude": false}]
        },
        "Replacement columns": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["Y"], "exclude": false}]
        }
      },
      "outputs": {
        "Supplemented dataset": {
          "columns": {
            "X": ["Blue", "Blue", "Green", "Green", "Green"],
            "P(Y|X)": ["approximately", 0.5, 0.5, 0.6666667, 0.6666667, 0.3333333]
          },
          "levels": {"X": ["Blue", "Green"]}
        },
        "Transform function": {
          "applied to": {"X": ["Green", "Red", null], "Y": ["1", "1", "0"]},
          "gives": {
            "X": ["Green", "Red", null],
            "P(Y|X)": ["approximately", 0.3333333, null, null]
          }
        }
      }
    }
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import called_apart, numeric, unsupported
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import places_of, transform
from bramka.domain.learning.cells import text_series
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    Use,
)
from bramka.domain.learning.table import Column, Table, frame_of
from bramka.domain.learning.value import table_on

FAMILY = "0de80e22f74e4e51a080e73806a6e00d"
Known = Mapping[str, Any]
"""What was learnt of one pair: names, headings, and figures by category (and value)."""


class Settings(Struct, frozen=True, kw_only=True):
    """Which categories tell of which columns."""

    discrete: Annotated[
        ColumnSelector, Meta(description="The columns of categories.")
    ] = field(name="Discrete columns")
    replaced: Annotated[
        ColumnSelector, Meta(description="The columns that are replaced, one for each.")
    ] = field(name="Replacement columns")


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    discrete = settings.discrete.names(table.columns)
    replaced = settings.replaced.names(table.columns)
    if len(discrete) != len(replaced):
        raise ModuleError(
            22,
            "Number of selected columns in input dataset does not equal to "
            f'{len(discrete)}. "Replacement columns" chooses {len(replaced)}.',
        )
    pairs = zip(discrete, replaced, strict=True)
    state = [_learnt(table, given, name) for given, name in pairs]
    learnt = transform(FAMILY, settings, state, table.columns)
    return {
        "Supplemented dataset": use(learnt, settings).apply(table),
        "Transform function": learnt,
    }


def use(learnt: Learnt, _settings: Settings) -> Use:
    state: Sequence[Known] = state_from(learnt.state or b"")

    def apply(table: Table) -> Table:
        places_of(
            (each[name] for each in state for name in ("of", "given")), table.columns
        )
        made = {each["of"]: _figures(table, each) for each in state}
        series, columns = [], []
        for column in table.columns:
            if column.name in made:
                series += made[column.name]
                columns += [
                    Column(name=each.name, type="Double") for each in made[column.name]
                ]
            else:
                series.append(table.series(column.name))
                columns.append(column)
        called = called_apart(columns, ())
        return Table(
            frame_of(
                [each.alias(one.name) for each, one in zip(series, called, strict=True)]
            ),
            tuple(called),
        )

    return Use(apply=apply)


def _learnt(table: Table, given: str, name: str) -> Known:
    first, second = table.column(given), table.column(name)
    if not first.categorical or given == name:
        raise unsupported(first)
    categories = text_series(table.series(given))
    if table.height and categories.null_count() == table.height:
        raise ModuleError(18, f'Dataset is not valid. Column "{given}" has no values.')
    plain = numeric(second) or (second.type == "Boolean" and not second.categorical)
    values = table.series(name)
    pairs = pl.DataFrame(
        {
            "given": categories,
            "value": values.cast(pl.Float64) if plain else text_series(values),
        }
    ).filter(pl.col("given").is_not_null())
    if plain:
        found = pairs.group_by("given", maintain_order=True).agg(
            pl.col("value").mean().alias("Mean"),
            pl.col("value").std(ddof=0).alias("Std-Dev"),
        )
    else:
        # A row that misses the value counts in its category all the same.
        found = (
            pairs.group_by("given", "value", maintain_order=True)
            .len()
            .with_columns(
                (pl.col("len") / pl.col("len").sum().over("given")).alias("P")
            )
            .filter(pl.col("value").is_not_null())
            .drop("len")
        )
    columns = found.to_dict(as_series=False)
    return {"given": given, "of": name, "figures": columns}


def _figures(table: Table, known: Known) -> list[pl.Series]:
    figures = pl.DataFrame(
        known["figures"],
        schema={
            name: pl.String if name in ("given", "value") else pl.Float64
            for name in known["figures"]
        },
    )
    keys = {"given": text_series(table.series(known["given"]))}
    values = table.series(known["of"])
    if "value" in known["figures"]:
        keys["value"] = text_series(values)
    frame = pl.DataFrame(keys).join(
        figures, on=list(keys), how="left", maintain_order="left"
    )
    pair = f"({known['of']}|{known['given']})"
    return [
        each.set(values.is_null(), None).alias(f"{each.name}{pair}")
        for each in frame.get_columns()[len(keys) :]
    ]


MODULE = Module(
    name="Replace Discrete Values",
    family=FAMILY,
    category="Statistical Functions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(
        ModulePort("Supplemented dataset"),
        ModulePort("Transform function", "ITransform"),
    ),
    run=run,
    use=use,
)
