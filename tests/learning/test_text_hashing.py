from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vowpalwabbit import Workspace

from bramka.domain.learning.text_hashing import Hashing

# Vowpal Wabbit's text format gives these two a meaning, and a line one line.
marks = st.sampled_from("ab é019ż日\t\x01\x0b\x0c\x7f.,'\"-_^")
texts = st.text(
    marks | st.characters(codec="utf-8", exclude_characters=":|\n\r\0"), max_size=60
).map("{} end".format)
"""The package's Python strips a line's end before Vowpal Wabbit sees it."""


WORKSPACES: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def _finish_workspaces() -> Iterator[None]:
    yield
    for workspace in WORKSPACES.values():
        workspace.finish()
    WORKSPACES.clear()


def theirs(text: str, bits: int, ngrams: int, extra: str = "") -> dict[int, int]:
    """What Vowpal Wabbit counts; starting one takes long, so they are kept."""
    options = f"-b {bits} --ngram {ngrams} --noconstant --quiet {extra}"
    if options not in WORKSPACES:
        WORKSPACES[options] = Workspace(options)
    workspace = WORKSPACES[options]
    example = workspace.parse(f"| {text}")
    counts: Counter[int] = Counter()
    for index, weight in features(example):
        counts[index & ((1 << bits) - 1)] += int(weight)
    workspace.finish_example(example)
    return dict(counts)


def features(example: Any) -> Iterator[tuple[int, float]]:
    for place in range(example.num_namespaces()):
        for number in range(example.num_features_in(place)):
            yield example.feature(place, number), example.feature_weight(place, number)


def ours(text: str, hashing: Hashing) -> dict[int, int]:
    found = hashing.sparse([text.encode()])
    return dict(zip(found.indices.tolist(), found.counts.tolist(), strict=True))


def test_the_articles_text_gives_the_articles_numbers() -> None:
    assert Hashing(3).one(b"This is a good day") == [1, 1, 2, 2, 0, 2, 0, 1]


@given(texts, st.sampled_from([(1, 1), (3, 2), (10, 3), (18, 2), (20, 10)]))
def test_counts_are_vowpal_wabbits(text: str, shape: tuple[int, int]) -> None:
    assert ours(text, Hashing(*shape)) == theirs(text, *shape)


@given(texts)
def test_digits_may_be_hashed_like_words(text: str) -> None:
    hashing = Hashing(18, 2, digits_as_int=False)
    assert ours(text, hashing) == theirs(text, 18, 2, "--hash all")


@given(st.integers(0, 10**40))
def test_a_number_of_any_length_is_its_own_hash(number: int) -> None:
    assert ours(str(number), Hashing(24, 1)) == theirs(str(number), 24, 1)
    assert ours(str(number), Hashing(31, 1)) == {number % 2**31: 1}


@given(texts)
def test_all_31_bits_are_those_of_fewer_bits_and_more(text: str) -> None:
    folded: Counter[int] = Counter()
    for index, count in ours(text, Hashing(31, 4)).items():
        folded[index & 0xFFFFF] += count
    assert dict(folded) == theirs(text, 20, 4)


@pytest.mark.parametrize("bits", [1, 3, 12, 13])
@given(rows=st.lists(texts | st.none(), max_size=5), ngrams=st.integers(1, 10))
@settings(max_examples=30)
def test_dense_sparse_and_single_counts_agree(
    bits: int, rows: list[str | None], ngrams: int
) -> None:
    hashing = Hashing(bits, ngrams)
    given = [None if text is None else text.encode() for text in rows]
    dense, sparse = hashing.dense(given), hashing.sparse(given)
    for row, text in enumerate(given):
        filled = np.zeros(hashing.width, np.int64)
        stretch = slice(sparse.starts[row], sparse.starts[row + 1])
        filled[sparse.indices[stretch]] = sparse.counts[stretch]
        assert filled.tolist() == dense[:, row].tolist() == hashing.one(text)


def test_pieces_do_not_show() -> None:
    hashing = Hashing(6, 3)
    rows = [b"w%d x " % number * (number % 40) for number in range(3000)]
    whole = hashing.dense(rows)
    for row in (0, 1, 1023, 1024, 1025, 2999):
        assert whole[:, row].tolist() == hashing.one(rows[row])


def test_blanks_of_every_kind_part_words() -> None:
    hashing = Hashing(16)
    assert ours("a\tb\r\nc", hashing) == ours(" a  b c ", hashing)


def test_long_and_short_texts_are_counted_alike() -> None:
    words = [b"word%d" % number for number in range(500)]
    single = Counter[int]()
    for word in words:
        single[Hashing(12, 1).one(word).index(1)] += 1
    counted = Hashing(12, 1).one(b" ".join(words))
    assert {slot: n for slot, n in enumerate(counted) if n} == dict(single)


def test_more_words_than_are_remembered_are_hashed_too() -> None:
    text = b" ".join(b"t%x" % number for number in range(140_000))
    assert Hashing(1, 1).one(text) == Hashing(1, 1).one(text)
    assert sum(Hashing(1, 1).one(text)) == 140_000
