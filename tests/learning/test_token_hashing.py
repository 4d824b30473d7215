import mmh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.learning.token_hashing import hash_of, hash_words, words_of

words = st.binary(min_size=1, max_size=80).filter(
    lambda word: not set(word) & set(b" \t\r\n")
)
rows = st.lists(st.none() | st.lists(words).map(b" ".join), max_size=8)


@given(rows, st.booleans())
def test_many_texts_hash_like_their_words_one_by_one(
    texts: list[bytes | None], digits: bool
) -> None:
    hashes, lengths = hash_words(texts, digits_as_int=digits)
    parted = [words_of(text or b"") for text in texts]
    assert lengths.tolist() == [len(each) for each in parted]
    assert hashes.tolist() == [
        hash_of(word, digits_as_int=digits) for row in parted for word in row
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 63, 64, 65, 10_000])
def test_words_of_any_length_are_murmur_hashes(size: int) -> None:
    word = bytes(ord("a") + place % 26 for place in range(size))
    hashes, _ = hash_words([word], digits_as_int=True)
    assert hashes.tolist() == [mmh3.hash(word, 0, signed=False)]


def test_line_ends_inside_a_text_do_not_end_it() -> None:
    _, lengths = hash_words([b"a\nb\n", None, b"", b" c"], digits_as_int=True)
    assert lengths.tolist() == [2, 0, 0, 1]
