"""Tell the phrases that a text is about, parted by commas.

By RAKE (rapid automatic keyword extraction): phrases are words that stand together
between stop words and signs, and rank by how many words their words stand with. Of
phrases of more than four words none is told, of others the ten best. Languages:
English, Spanish, French, Dutch, German, Italian.

    {
      "inputs": {
        "Dataset": {
          "t": ["It was a wonderful hotel, with unique decor and friendly staff.", null]
        }
      },
      "parameters": {
        "Text column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["t"], "exclude": false}]
        }
      },
      "outputs": {
        "Results dataset": {
          "Key Phrases": ["wonderful hotel,unique decor,friendly staff", null]
        }
      }
    }
"""

import re
from collections import Counter
from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import one_name, unsupported
from bramka.catalogue._languages import language_named, stop_words
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

LANGUAGE = "Language"
MOST_PHRASES, MOST_WORDS, LEAST_LETTERS = 10, 4, 3
_PIECES = re.compile(r"[\w'’-]+|[^\w\s'’-]+|\n+")


class Settings(Struct, frozen=True, kw_only=True):
    """Of which texts, in which language."""

    text: Annotated[ColumnSelector, Meta(description="The column of texts.")] = field(
        name="Text column",
        default=ColumnSelector.of_types("String", kind="Feature"),
    )
    language: Annotated[
        Literal[
            "English",
            "Spanish",
            "French",
            "Dutch",
            "German",
            "Italian",
            "Column contains language",
        ],
        Meta(description="The language of the texts, or that a column tells it."),
    ] = field(name=LANGUAGE, default="English")
    culture: Annotated[
        ColumnSelector,
        Meta(
            description="The column that tells the language by name or code.",
            extra={"shown_when": (LANGUAGE, ("Column contains language",))},
        ),
    ] = field(name="Culture-language column", default=ColumnSelector())


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    name = one_name(settings.text, table.columns)
    if table.column(name).type != "String":
        raise unsupported(table.column(name))
    texts = table.series(name).to_list()
    languages: list[str] = [settings.language] * table.height
    if settings.language == "Column contains language":
        told = table.series(one_name(settings.culture, table.columns))
        languages = [language_named(each) for each in told.cast(pl.String).to_list()]
    phrases = [
        None if text is None else ",".join(_phrases(text, stop_words(language)))
        for text, language in zip(texts, languages, strict=True)
    ]
    frame = pl.DataFrame({"Key Phrases": pl.Series(phrases, dtype=pl.String)})
    return {"Results dataset": Table.of(frame)}


def _phrases(text: str, stops: frozenset[str]) -> list[str]:
    """The phrases of one text, the best first."""
    runs = [run for run in _runs(text, stops) if len(run) <= MOST_WORDS]
    often: Counter[str] = Counter()
    company: Counter[str] = Counter()
    for run in runs:
        for word in run:
            often[word] += 1
            company[word] += len(run)
    scores = {
        " ".join(run): sum(company[word] / often[word] for word in run) for run in runs
    }
    return sorted(scores, key=lambda phrase: -scores[phrase])[:MOST_PHRASES]


def _runs(text: str, stops: frozenset[str]) -> list[tuple[str, ...]]:
    """Words that stand together between stop words and signs."""
    runs: list[tuple[str, ...]] = []
    now: list[str] = []
    for piece in [*_PIECES.findall(text.lower().replace("’", "'")), "."]:
        word = piece.strip("'-")
        if word and word[0].isalpha() and word not in stops:
            now.append(word)
            continue
        if sum(map(len, now)) >= LEAST_LETTERS:
            runs.append(tuple(now))
        now = []
    return runs


MODULE = Module(
    name="Extract Key Phrases from Text",
    family="c08afa3658ac4a2bbc59f2a16bb4c2f3",
    category="Text Analytics",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row_wise=True,
)
