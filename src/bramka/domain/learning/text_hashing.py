"""Feature hashing of text as Vowpal Wabbit does it: words and n-grams to counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bramka.domain.learning.token_hashing import hash_of, hash_words, words_of

Texts = Sequence[bytes | None]
"""Texts in UTF-8; a missing one counts nothing."""

# Vowpal Wabbit's `quadratic_constant`: hash(ab) = hash(a) * this + hash(b).
_MULTIPLIER = 27942141
# Small enough to stay in the processor's cache, large enough to amortise numpy.
_ROWS_AT_ONCE = 256
# For fewer n-grams plain Python is quicker than numpy's first call.
_LOOPED_ENTRIES = 200
# The single path meets the same words again and again, so it remembers them.
_REMEMBERED_WORDS = 1 << 17
_REMEMBERED_BYTES = 64


@dataclass(frozen=True, slots=True)
class SparseCounts:
    """Counts row by row: row r holds `indices[starts[r]:starts[r + 1]]`."""

    starts: NDArray[np.int64]
    indices: NDArray[np.uint32]
    counts: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Hashing:
    """What is hashed to what: 2**`bits` slots, n-grams of up to `ngrams` words.

    `digits_as_int` takes a word of digits for its own hash, Vowpal Wabbit's default.
    """

    bits: int
    ngrams: int = 2
    digits_as_int: bool = True

    @property
    def width(self) -> int:
        return 1 << self.bits

    def sparse(self, texts: Texts) -> SparseCounts:
        """Counts of what occurs, for any number of slots."""
        lengths, indices, counts = [], [], []
        for piece in _pieces(texts):
            rows, slots, tally = self._tally(piece)
            lengths.append(np.bincount(rows, minlength=len(piece)))
            indices.append(slots.astype(np.uint32))
            counts.append(tally.astype(np.int32))
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        if lengths:
            np.cumsum(np.concatenate(lengths), out=starts[1:])
        return SparseCounts(
            starts,
            np.concatenate([np.empty(0, np.uint32), *indices]),
            np.concatenate([np.empty(0, np.int32), *counts]),
        )

    def dense(self, texts: Texts) -> NDArray[np.int32]:
        """Counts of every slot: one contiguous row of the matrix for each slot."""
        matrix = np.zeros((self.width, len(texts)), dtype=np.int32)
        done = 0
        for piece in _pieces(texts):
            rows, slots, tally = self._tally(piece)
            matrix[slots, rows + done] = tally
            done += len(piece)
        return matrix

    def one(self, text: bytes | None) -> list[int]:
        """Counts of every slot for a single text."""
        counts = [0] * self.width
        if text is None:
            return counts
        words = words_of(text)
        if len(words) * self.ngrams > _LOOPED_ENTRIES:
            _, slots, tally = self._tally([text])
            for slot, count in zip(slots.tolist(), tally.tolist(), strict=True):
                counts[slot] = count
            return counts
        remembered = _REMEMBERED[self.digits_as_int]
        mask = self.width - 1
        hashes = [remembered[word] for word in words]
        grams = hashes
        for size in range(1, self.ngrams + 1):
            for gram in grams:
                counts[gram & mask] += 1
            grams = [
                (gram * _MULTIPLIER + word) & 0xFFFFFFFF
                for gram, word in zip(grams, hashes[size:], strict=False)
            ]
        return counts

    def _tally(
        self, texts: Texts
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Rows, slots and counts of what occurs, ordered by row and slot."""
        keys = self._keys(texts)
        keys.sort()
        first = np.ones(len(keys), dtype=np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=first[1:])
        places = np.flatnonzero(first)
        found = keys[places].astype(np.intp)
        counts = np.diff(places, append=len(keys))
        return found >> self.bits, found & (self.width - 1), counts

    def _keys(self, texts: Texts) -> NDArray[np.uint32] | NDArray[np.uint64]:
        """Row and slot of every n-gram of every text as one number, in any order."""
        hashes, lengths = hash_words(texts, digits_as_int=self.digits_as_int)
        # Half as many bytes sort in half the time.
        kind = np.uint32 if len(texts) << self.bits <= 1 << 32 else np.uint64
        bases = np.arange(len(texts), dtype=np.uint64) << np.uint64(self.bits)
        rows = np.repeat(bases.astype(kind), lengths)
        mask = np.uint32(self.width - 1)
        keys = [rows | (hashes & mask)]
        grams = hashes
        for size in range(2, self.ngrams + 1):
            # Windows are cut from all texts at once; those over a border are dropped.
            grams = grams[:-1] * np.uint32(_MULTIPLIER) + hashes[size - 1 :]
            first = rows[: len(grams)]
            inside = first == rows[size - 1 :]
            if not inside.any():
                break
            keys.append((first | (grams & mask))[inside])
        return np.concatenate(keys)


def _pieces(texts: Texts) -> Iterator[Texts]:
    starts = range(0, len(texts), _ROWS_AT_ONCE)
    return (texts[start : start + _ROWS_AT_ONCE] for start in starts)


class _Remembered(dict[bytes, int]):
    """Each word's hash: computed when first asked for, then kept."""

    def __init__(self, *, digits_as_int: bool) -> None:
        super().__init__()
        self._digits_as_int = digits_as_int

    def __missing__(self, word: bytes) -> int:
        number = hash_of(word, digits_as_int=self._digits_as_int)
        if len(word) <= _REMEMBERED_BYTES:
            if len(self) >= _REMEMBERED_WORDS:
                self.clear()
            self[word] = number
        return number


# A memo of a pure function, shared by everybody who hashes in this process.
_REMEMBERED = {flag: _Remembered(digits_as_int=flag) for flag in (True, False)}
