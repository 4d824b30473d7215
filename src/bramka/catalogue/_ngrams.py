"""Words and runs of words of many texts: counted, kept in a vocabulary, weighted."""

from collections.abc import Mapping
from itertools import combinations, pairwise

import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

SENTENCE = "|||"
"""Stands between sentences; no run of words goes over it."""
JOINT = "_"
DOCUMENTS = "|||documents|||"
"""The line of a vocabulary that tells of how many texts it was made."""
_MOST_PLACES = 1 << 32


class Cutting(Struct, frozen=True, kw_only=True):
    """Which words count, and how they run together."""

    size: int = 1
    skip: int = 0
    shortest: int = 1
    longest: int = 1 << 30
    mark: bool = False


def words_of(texts: pl.Series, cutting: Cutting) -> pl.DataFrame:
    """The words of all texts in turn: `row`, `sentence`, `word`."""
    rows = pl.DataFrame({"row": pl.int_range(len(texts), dtype=pl.Int64, eager=True)})
    pieces = texts.str.extract_all(r"\S+")
    words = rows.with_columns(pieces.alias("word")).explode("word").drop_nulls("word")
    border = pl.col("word") == SENTENCE
    length = pl.col("word").str.len_chars()
    return words.with_columns(
        (border.cum_sum() + pl.col("row")).cast(pl.Int64).alias("sentence")
    ).filter(~border & length.is_between(cutting.shortest, cutting.longest))


def counted(words: pl.DataFrame, cutting: Cutting) -> pl.DataFrame:
    """How often each run of words is in each text: `row`, `gram`, `count`, `place`.

    Places tell shorter runs from longer ones, and then what comes first.
    """
    pieces = [_runs(words, offsets, mark=cutting.mark) for offsets in _offsets(cutting)]
    found = pl.concat(pieces).with_row_index("place").group_by("row", "gram")
    return found.agg(pl.len().alias("count"), pl.col("place").first())


def _offsets(cutting: Cutting) -> list[tuple[int, ...]]:
    """Which words after the first one run together, for every length of runs."""
    found: list[tuple[int, ...]] = [()]
    for size in range(2, cutting.size + 1):
        found += combinations(range(1, size + cutting.skip), size - 1)
    return found


def _runs(words: pl.DataFrame, offsets: tuple[int, ...], *, mark: bool) -> pl.DataFrame:
    parts = [pl.col("word")]
    parts += [pl.col("word").shift(-offset) for offset in offsets]
    gram = pl.concat_str(parts, separator=JOINT) if offsets else pl.col("word")
    if mark:
        first = pl.col("sentence").ne_missing(pl.col("sentence").shift(1))
        gram = pl.when(first).then(pl.lit(SENTENCE + JOINT) + gram).otherwise(gram)
    chosen = words.lazy().select("row", gram.alias("gram"), "sentence")
    if offsets:
        same = pl.col("sentence") == pl.col("sentence").shift(-offsets[-1])
        chosen = chosen.filter(same)
    return chosen.select("row", "gram").collect()


def lists_of(known: pl.DataFrame, height: int) -> tuple[pl.Series, pl.Series]:
    """How many runs are in each text, and which, as the text of a JSON list."""
    # One number is sorted three times as fast as two.
    order = pl.col("row") * _MOST_PLACES + pl.col("place")
    found = known.select("row", "told", order.alias("order")).sort("order")
    lists = found.group_by("row", maintain_order=True).agg("told")
    told = lists.select(
        "row",
        pl.col("told").list.len().alias("count"),
        pl.col("told").list.join(","),
    )
    rows = pl.DataFrame({"row": pl.int_range(height, dtype=pl.Int64, eager=True)})
    every = rows.join(told, on="row", how="left", maintain_order="left")
    counts = every["count"].fill_null(0).cast(pl.Int64)
    return counts, "[" + every["told"].fill_null("") + "]"


def frequencies(counts: pl.DataFrame) -> pl.DataFrame:
    """In how many texts each run is: `gram`, `df`."""
    return counts.group_by("gram").len("df").with_columns(pl.col("df").cast(pl.Int64))


def text_ranks(words: list[str]) -> Mapping[str, float]:
    """TextRank: how much the words of one text point at each other, 1 in all."""
    names = list(dict.fromkeys(words))
    place = {name: number for number, name in enumerate(names)}
    links = np.zeros((len(names), len(names)))
    for one, other in pairwise(words):
        if one != other:
            links[place[one], place[other]] += 1
            links[place[other], place[one]] += 1
    out = links.sum(axis=0)
    flow = np.divide(links, out, out=np.full_like(links, 1 / len(names)), where=out > 0)
    ranks = np.full(len(names), 1 / len(names))
    for _ in range(50):
        ranks = 0.15 / len(names) + 0.85 * (flow @ ranks)
    return dict(zip(names, ranks.tolist(), strict=True))


def lines_of(matrix: NDArray[np.float64]) -> list[pl.Series]:
    """Each line as a series; all lie in one place, for there are thousands."""
    count, height = matrix.shape
    cells = pl.Series(matrix.reshape(-1))
    return [cells.slice(line * height, height) for line in range(count)]
