"""Make a column of every word, and run of words, of a vocabulary learnt from texts.

Words are what stands between blanks; runs join them by `_` and do not go over `|||`. A
vocabulary keeps what is in enough texts: `Create` makes one, `ReadOnly` takes the given
one as it is (for texts to come), `Update` puts it and that of the new texts together,
`Merge` keeps what is in the new texts; both add up frequencies. IDF is ln(texts / texts
that have it); Graph Weight is the mean TextRank of the words in their text.
`NumUniqueNgrams` and `NgramsString` tell how many runs of the vocabulary are in a text,
and which. `{text}.OOV` tells rows that hold words outside of the vocabulary. At most
250,000,000 new cells are made.

    {
      "inputs": {"Dataset": {"t": ["red fox", "red red cat", "cat nap", null]}},
      "parameters": {
        "Text column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["t"], "exclude": false}]
        },
        "Weighting function": "TF Weight",
        "Minimum n-gram document absolute frequency": "2",
        "Normalize n-gram feature vectors": "False",
        "Use filter-based feature selection": "False"
      },
      "outputs": {
        "Results dataset": {
          "t": ["red fox", "red red cat", "cat nap", null],
          "NumUniqueNgrams": [1, 2, 1, 0],
          "NgramsString": ["[\\"red\\"]", "[\\"red\\",\\"cat\\"]", "[\\"cat\\"]", "[]"],
          "t.[cat]": [0.0, 1.0, 1.0, 0.0],
          "t.[red]": [1.0, 2.0, 0.0, 0.0],
          "t.OOV": [true, false, true, false]
        },
        "Result vocabulary": {
          "Id": [-1, 0, 1],
          "NGram": ["|||documents|||", "cat", "red"],
          "DF": [4, 2, 2],
          "IDF": ["approximately", 0.0, 0.6931472, 0.6931472]
        }
      }
    }
"""

from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import called_apart, one_name, unsupported
from bramka.catalogue._feature_scores import (
    ScoringMethod,
    Target,
    count_score,
    feature_score,
)
from bramka.catalogue._ngrams import (
    DOCUMENTS,
    JOINT,
    SENTENCE,
    Cutting,
    counted,
    lines_of,
    lists_of,
    text_ranks,
    words_of,
)
from bramka.catalogue._transforms import Numbers
from bramka.catalogue._vocabulary import (
    VOCABULARY,
    Mode,
    Often,
    known_runs,
    read_vocabulary,
    unknown_rows,
    vocabulary_of,
)
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

MODE, SELECT, METHOD = (
    "Vocabulary mode",
    "Use filter-based feature selection",
    "Feature scoring method",
)
MOST_CELLS = 250_000_000
_SELECT = {"shown_when": (SELECT, ("True",))}


class Settings(Struct, frozen=True, kw_only=True):
    """What of a text counts, how it is weighted, and what is kept."""

    text: Annotated[ColumnSelector, Meta(description="The column of texts.")] = field(
        name="Text column",
        default=ColumnSelector.of_types("String", kind="Feature"),
    )
    mode: Annotated[
        Mode,
        Meta(description="Whether a vocabulary is made, taken, or added to."),
    ] = field(name=MODE, default="Create")
    size: Annotated[int, Meta(ge=1, le=10, description="The longest run of words.")] = (
        field(name="N-Grams size", default=1)
    )
    skip: Annotated[
        int, Meta(ge=0, le=10, description="How many words a run may leave out.")
    ] = field(name="K-Skip size", default=0)
    weighting: Annotated[
        Literal[
            "Binary Weight", "TF Weight", "IDF Weight", "TF-IDF Weight", "Graph Weight"
        ],
        Meta(description="What is told of a run: that it is there, or how much."),
    ] = field(name="Weighting function", default="Binary Weight")
    shortest: Annotated[int, Meta(ge=1, description="Shorter words do not count.")] = (
        field(name="Minimum word length", default=3)
    )
    longest: Annotated[int, Meta(ge=2, description="Longer words do not count.")] = (
        field(name="Maximum word length", default=25)
    )
    least: Annotated[
        float,
        Meta(gt=0, description="In so many texts a run must be; below 1 a share."),
    ] = field(name="Minimum n-gram document absolute frequency", default=5.0)
    most: Annotated[
        float,
        Meta(gt=0, description="In at most this share of texts; above 1 a number."),
    ] = field(name="Maximum n-gram document ratio", default=1.0)
    unknown: Annotated[
        bool, Meta(description="Tell rows with words outside of the vocabulary.")
    ] = field(name="Detect out-of-vocabulary rows", default=True)
    mark: Annotated[
        bool, Meta(description="Put ||| before runs that begin a sentence.")
    ] = field(name="Mark begin-of-sentence", default=False)
    normal: Annotated[
        bool, Meta(description="Bring the numbers of each row to length 1.")
    ] = field(name="Normalize n-gram feature vectors", default=True)
    select: Annotated[
        bool,
        Meta(
            description="Keep only what tells the most; never where mode is ReadOnly."
        ),
    ] = field(name=SELECT, default=True)
    method: Annotated[
        ScoringMethod, Meta(description="How features are measured.", extra=_SELECT)
    ] = field(name=METHOD, default="Fisher Score")
    target: Annotated[
        ColumnSelector, Meta(description="The column to tell.", extra=_SELECT)
    ] = field(
        name="Target column", default=ColumnSelector.of_types("All", kind="Label")
    )
    wanted: Annotated[
        int, Meta(ge=1, description="How many features are kept.", extra=_SELECT)
    ] = field(name="Number of desired features", default=1)
    nonzero: Annotated[
        int,
        Meta(
            ge=1,
            description="Features in so many rows are kept.",
            extra={"shown_when": (METHOD, ("Count Based",))},
        ),
    ] = field(name="Minimum number of non-zero elements", default=1)

    @property
    def cutting(self) -> Cutting:
        return Cutting(
            size=self.size,
            skip=self.skip,
            shortest=self.shortest,
            longest=self.longest,
            mark=self.mark,
        )


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    name = one_name(settings.text, table.columns)
    if table.column(name).type != "String":
        raise unsupported(table.column(name))
    texts = table.series(name)
    words = words_of(texts, settings.cutting)
    counts = counted(words, settings.cutting)
    given = None
    if settings.mode != "Create":
        given = read_vocabulary(table_on(inputs, VOCABULARY))
    often = Often(settings.least, settings.most)
    vocabulary = vocabulary_of(counts, table.height, settings.mode, given, often)
    grams = vocabulary.filter(pl.col("NGram") != DOCUMENTS)
    _check_size(grams.height, table.height)
    known = known_runs(counts, grams)
    matrix = _matrix(texts, known, grams.height, settings)
    if settings.select and settings.mode != "ReadOnly":
        places = _best(table, matrix, settings)
        kept = grams[places].with_columns(pl.int_range(len(places)).alias("Id"))
        vocabulary = pl.concat([vocabulary.filter(pl.col("Id") == -1), kept])
        grams, matrix = kept, matrix[places]
        known = known.join(kept.select(gram="NGram"), on="gram", how="semi")
    columns = [
        Column(name="NumUniqueNgrams", type="Int64"),
        Column(name="NgramsString"),
        *(Column(name=f"{name}.[{gram}]", type="Double") for gram in grams["NGram"]),
    ]
    series = [*lists_of(known, table.height), *lines_of(matrix)]
    if settings.unknown:
        columns.append(Column(name=f"{name}.OOV", type="Boolean"))
        single = settings.size == 1 and not settings.mark
        found = counts if single else words.rename({"word": "gram"})
        series.append(unknown_rows(found, grams, table.height))
    return {
        "Results dataset": _beside(table, columns, series),
        "Result vocabulary": Table.of(vocabulary),
    }


def _beside(table: Table, columns: list[Column], series: list[pl.Series]) -> Table:
    called = called_apart(columns, table.names)
    made = [each.alias(one.name) for each, one in zip(series, called, strict=True)]
    return table.append(Table(pl.DataFrame(made), tuple(called))) if made else table


def _check_size(columns: int, rows: int) -> None:
    if columns * rows > MOST_CELLS:
        raise ModuleError(
            138,
            "Memory has been exhausted, unable to complete running of module. "
            f"{columns:,} n-grams for {rows:,} rows are {columns * rows:,} cells; at "
            f'most {MOST_CELLS:,} fit. Raise "Minimum n-gram document absolute '
            'frequency", or take fewer rows.',
        )


def _matrix(
    texts: pl.Series, known: pl.DataFrame, lines: int, settings: Settings
) -> Numbers:
    """A line for each run of the vocabulary, with a number for each row."""
    values = _weights(texts, known, settings)
    matrix = np.zeros((lines, len(texts)))
    matrix[known["line"].to_numpy(), known["row"].to_numpy()] = values
    if settings.normal:
        lengths = np.sqrt((matrix * matrix).sum(axis=0))
        matrix /= np.where(lengths > 0, lengths, 1.0)
    return matrix


def _weights(texts: pl.Series, known: pl.DataFrame, settings: Settings) -> Numbers:
    found: Numbers
    if settings.weighting == "Graph Weight":
        return _ranks(texts, known, settings.cutting)
    if settings.weighting == "Binary Weight":
        return np.ones(known.height)
    if settings.weighting == "IDF Weight":
        return known["idf"].to_numpy()
    found = known["count"].cast(pl.Float64).to_numpy()
    return (
        found * known["idf"].to_numpy() if settings.weighting != "TF Weight" else found
    )


def _ranks(texts: pl.Series, known: pl.DataFrame, cutting: Cutting) -> Numbers:
    words = words_of(texts, cutting).group_by("row", maintain_order=True).agg("word")
    ranks = {row: text_ranks(found) for row, found in words.iter_rows()}
    values = []
    for row, gram in zip(known["row"], known["gram"], strict=True):
        parts = gram.removeprefix(SENTENCE + JOINT).split(JOINT)
        # A word may itself hold the sign that joins words.
        found = [ranks[row][part] for part in parts if part in ranks[row]]
        values.append(sum(found) / len(found) if found else 0.0)
    return np.array(values)


def _best(table: Table, matrix: Numbers, settings: Settings) -> list[int]:
    """The places of the features that are kept, in their order."""
    if settings.method == "Count Based":
        column = Column(name="feature", type="Double")
        scores = [count_score(pl.Series(each), column) for each in matrix]
        return [place for place, each in enumerate(scores) if each >= settings.nonzero]
    name = one_name(settings.target, table.columns)
    target = Target(table.series(name), table.column(name))
    column = Column(name="feature", type="Double")
    scores = [
        feature_score(pl.Series(each), column, target, settings.method)
        for each in matrix
    ]
    ranked = sorted(range(len(scores)), key=lambda place: -scores[place])
    return sorted(ranked[: settings.wanted])


MODULE = Module(
    name="Extract N-Gram Features from Text",
    family="a8a662d089bb48c985629b9589124c4a",
    category="Text Analytics",
    settings=Settings,
    inputs=(ModulePort("Dataset"), ModulePort(VOCABULARY, optional=True)),
    outputs=(ModulePort("Results dataset"), ModulePort("Result vocabulary")),
    run=run,
)
