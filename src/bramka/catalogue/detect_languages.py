"""Tell the language of each text, and how certain it is.

By the model of py3langid: sequences of letters of 97 languages, Afrikaans to Zulu,
among them all of the European Union, Arabic, Chinese, Hebrew, Hindi, Japanese, Korean,
Russian and Turkish. Short texts are told with little certainty. A text without letters,
or a missing one, has no language. Names are English where the language is among the 60
most usual ones, else it is named by its code.

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
          "Language 0": ["English", null],
          "ISO6391 0": ["en", null],
          "Score 0": ["approximately", 1.0, null]
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


class Settings(Struct, frozen=True, kw_only=True):
    """Of which texts, and how many languages are told."""

    text: Annotated[ColumnSelector, Meta(description="The column of texts.")] = field(
        name="Text column",
        default=ColumnSelector.of_types("String", kind="Feature"),
    )
    most: Annotated[
        int, Meta(ge=1, le=97, description="The most likely so many are told.")
    ] = field(name="Maximum number of languages to detect", default=1)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    name = one_name(settings.text, table.columns)
    if table.column(name).type != "String":
        raise unsupported(table.column(name))
    found = [_told(text, settings.most) for text in table.frame[name].to_list()]
    wanted: list[Column] = []
    series: list[pl.Series] = []
    for place in range(settings.most):
        codes = [each[place][0] if each else None for each in found]
        scores = [each[place][1] if each else None for each in found]
        names = [None if code is None else NAMES.get(code, code) for code in codes]
        wanted += [
            Column(name=f"Language {place}", type="String"),
            Column(name=f"ISO6391 {place}", type="String"),
            Column(name=f"Score {place}", type="Double"),
        ]
        series += [
            pl.Series(names, dtype=pl.String),
            pl.Series(codes, dtype=pl.String),
            pl.Series(scores, dtype=pl.Float64),
        ]
    made = called_apart(wanted, table.names)
    frame = pl.DataFrame(
        [each.alias(one.name) for each, one in zip(series, made, strict=True)]
    )
    return {"Results dataset": table.append(Table(frame, tuple(made)))}


def _told(text: str | None, most: int) -> list[tuple[str, float]]:
    """The likeliest languages, with the share of certainty of each."""
    if text is None or not any(letter.isalpha() for letter in text):
        return []
    ranks = ranked(text)
    likely = np.array([score for _, score in ranks])
    shares = np.exp(likely - likely.max())
    shares /= shares.sum()
    codes = [code for code, _ in ranks[:most]]
    return list(zip(codes, shares[:most].tolist(), strict=True))


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
