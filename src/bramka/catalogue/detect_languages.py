"""Tell the language of each text, and how certain it is.

By the model of py3langid: sequences of letters of 97 languages, Afrikaans to Zulu,
among them all of the European Union, Arabic, Chinese, Hebrew, Hindi, Japanese, Korean,
Russian and Turkish. Scores are per cent of certainty; short texts have small ones. A
text without letters is (Unknown), its score 0; a missing one has no language. Names are
English where the language is among the 60 most usual ones, else it is named by its
code. Further languages stand in columns of the same names with (1), (2) and so on.

    {
      "inputs": {
        "Dataset": {"t": ["Where is the nearest railway station, please?", null]}
      },
      "parameters": {
        "Text column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["t"], "exclude": false}]
        }
      },
      "outputs": {
        "Results dataset": {
          "t": ["Where is the nearest railway station, please?", null],
          "t Language": ["English", null],
          "t Iso6391 Language": ["en", null],
          "t Iso6391 Language Score": ["approximately", 100.0, null]
        }
      }
    }
"""

from typing import Annotated

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import called_apart, one_name, unsupported
from bramka.catalogue._languages import NAMES, ranked
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

Told = tuple[str | None, str | None, float | None]
"""A language's name, its code, and how certain it is."""

NOTHING: Told = (None, None, None)
UNKNOWN: Told = ("(Unknown)", None, 0.0)
NO_LANGUAGE = "zxx"
"""What the model calls a text of no language."""


class Settings(Struct, frozen=True, kw_only=True):
    """Of which texts, and how many languages are told."""

    text: Annotated[ColumnSelector, Meta(description="The column of texts.")] = field(
        name="Text column",
        default=ColumnSelector.of_types("String", kind="Feature"),
    )
    most: Annotated[
        int,
        Meta(
            ge=1,
            le=184,
            description="The most likely so many are told.",
            extra={"aliases": ("Maximum number of languages to detect",)},
        ),
    ] = field(name="Upper bound on number of languages to detect", default=1)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    name = one_name(settings.text, table.columns)
    if table.column(name).type != "String":
        raise unsupported(table.column(name))
    found = [_told(text, settings.most) for text in table.series(name).to_list()]
    wanted: list[Column] = []
    series: list[pl.Series] = []
    for place in range(settings.most):
        told = [each[place] if place < len(each) else NOTHING for each in found]
        wanted += [
            Column(name=f"{name} Language", type="String"),
            Column(name=f"{name} Iso6391 Language", type="String"),
            Column(name=f"{name} Iso6391 Language Score", type="Double"),
        ]
        series += [
            pl.Series([each[0] for each in told], dtype=pl.String),
            pl.Series([each[1] for each in told], dtype=pl.String),
            pl.Series([each[2] for each in told], dtype=pl.Float64),
        ]
    made = called_apart(wanted, table.names)
    frame = pl.DataFrame(
        [each.alias(one.name) for each, one in zip(series, made, strict=True)]
    )
    return {"Results dataset": table.append(Table(frame, tuple(made)))}


def _told(text: str | None, most: int) -> list[Told]:
    """The likeliest languages, with the per cent of certainty of each."""
    if text is None:
        return []
    if not any(letter.isalpha() for letter in text):
        return [UNKNOWN]
    ranks = ranked(text)
    likely = np.array([score for _, score in ranks])
    shares = np.exp(likely - likely.max())
    shares /= shares.sum()
    percents = (100 * shares).tolist()
    told = zip(ranks[:most], percents, strict=False)
    return [
        UNKNOWN if code == NO_LANGUAGE else (NAMES.get(code, code), code, percent)
        for (code, _), percent in told
    ]


MODULE = Module(
    name="Detect Languages",
    family="87e3d68bf5664caed12e0799cecd73f6",
    category="Text Analytics",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row_wise=True,
)
