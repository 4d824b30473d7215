"""Vocabularies of runs of words: made of texts, read again, and put together."""

from typing import Literal

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from bramka.catalogue._ngrams import DOCUMENTS, JOINT, SENTENCE, frequencies
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import Table

VOCABULARY = "Input vocabulary"
Mode = Literal["Create", "ReadOnly", "Update", "Merge"]
_SCHEMA = {"Id": pl.Int64, "NGram": pl.String, "DF": pl.Int64, "IDF": pl.Float64}


class Often(Struct, frozen=True):
    """In how many texts a run must and may be: shares of 1, or numbers."""

    least: float
    most: float

    def kept(self, found: pl.DataFrame, height: int) -> pl.DataFrame:
        """The runs that are in enough texts and not in too many."""
        least = self.least if self.least >= 1 else self.least * height
        most = self.most if self.most > 1 else self.most * height
        return found.filter(pl.col("df").is_between(least - 1e-9, most + 1e-9))


def vocabulary_of(
    counts: pl.DataFrame,
    height: int,
    mode: Mode,
    given: pl.DataFrame | None,
    often: Often,
) -> pl.DataFrame:
    """The lines of the resulting vocabulary, that of the number of texts first."""
    if given is None:
        return _numbered(often.kept(frequencies(counts), height), height)
    if mode == "ReadOnly":
        return given
    before = given.filter(pl.col("NGram") == DOCUMENTS)["DF"]
    if not len(before):
        raise ModuleError(
            18, f'Dataset is not valid. "{VOCABULARY}" has no line "{DOCUMENTS}".'
        )
    both = height + int(before[0])
    old = given.filter(pl.col("NGram") != DOCUMENTS).select(
        pl.col("NGram").alias("gram"), pl.col("DF").alias("old")
    )
    new = frequencies(counts)
    total = pl.col("df").fill_null(0) + pl.col("old").fill_null(0)
    if mode == "Merge":
        kept = often.kept(new, height).join(old, on="gram", how="left")
        return _numbered(kept.select("gram", total.alias("df")), both)
    joined = new.join(old, on="gram", how="full", coalesce=True)
    return _numbered(often.kept(joined.select("gram", total.alias("df")), both), both)


def _numbered(found: pl.DataFrame, documents: int) -> pl.DataFrame:
    """The rarest first, then by the alphabet."""
    ordered = found.sort("df", "gram").select(
        pl.int_range(pl.len()).alias("Id"),
        pl.col("gram").alias("NGram"),
        pl.col("df").alias("DF"),
        (documents / pl.col("df")).log().alias("IDF"),
    )
    first = pl.DataFrame(
        [(-1, DOCUMENTS, documents, 0.0)], schema=_SCHEMA, orient="row"
    )
    return pl.concat([first, ordered.cast(_SCHEMA)])  # type: ignore[arg-type] # types


def read_vocabulary(table: Table) -> pl.DataFrame:
    """A vocabulary in its order; Errors 0001 and 0018 if it is none."""
    for name in _SCHEMA:
        if name not in table.names:
            raise ModuleError(
                1,
                f'Column with name or index "{name}" does not exist in "{VOCABULARY}".',
            )
    try:
        frame = table.frame.select(
            table.series(name).cast(dtype).alias(name)
            for name, dtype in _SCHEMA.items()
        )
    except pl.exceptions.PolarsError as error:
        raise ModuleError(
            18, f'Dataset is not valid. "{VOCABULARY}" is no vocabulary: {error}'
        ) from None
    if frame.select(pl.any_horizontal(pl.all().is_null().any())).item():
        raise ModuleError(18, f'Dataset is not valid. "{VOCABULARY}" misses values.')
    if frame["NGram"].n_unique() < len(frame):
        raise ModuleError(
            18, f'Dataset is not valid. "{VOCABULARY}" holds an n-gram more than once.'
        )
    return frame


def known_runs(counts: pl.DataFrame, grams: pl.DataFrame) -> pl.DataFrame:
    """The runs of the vocabulary in each text; `line` is theirs in the matrix."""
    told = [msgspec.json.encode(gram).decode() for gram in grams["NGram"]]
    ids = pl.DataFrame(
        {
            "gram": grams["NGram"],
            "line": pl.int_range(grams.height, dtype=pl.Int64, eager=True),
            "idf": grams["IDF"],
            "told": pl.Series(told, dtype=pl.String),
        }
    )
    return counts.join(ids, on="gram")


def unknown_rows(words: pl.DataFrame, grams: pl.DataFrame, height: int) -> pl.Series:
    """Whether a row holds a word that the vocabulary does not."""
    known = grams["NGram"].str.strip_prefix(SENTENCE + JOINT).to_frame("gram")
    rows = words.join(known, on="gram", how="anti")["row"]
    found = np.zeros(height, dtype=np.bool_)
    found[rows.to_numpy()] = True
    return pl.Series(found)
