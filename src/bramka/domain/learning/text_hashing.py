"""Feature hashing of text as Vowpal Wabbit does it: words and n-grams to counts."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from struct import unpack

import mmh3
import numpy as np
from numpy.typing import NDArray

Texts = Sequence[bytes | None]
"""Texts in UTF-8; a missing one counts nothing."""

# Vowpal Wabbit's `quadratic_constant`: hash(ab) = hash(a) * this + hash(b).
_MULTIPLIER = 27942141
_NGRAM = np.uint32(_MULTIPLIER)
# Tokens are hashed once and remembered; a longer one hardly comes again.
_REMEMBERED_TOKENS = 1 << 17
_REMEMBERED_BYTES = 64
# Small enough to stay in the processor's cache, large enough to amortise numpy.
_ROWS_AT_ONCE = 1024
_CELLS_AT_ONCE = 1 << 20
# Up to here counting every slot beats sorting the ones that occur.
_COUNTED_BITS = 12
_LOOPED_ENTRIES = 200
_BLANKS = re.compile(rb"[ \t\r\n]+")
_CONTROLS = bytes(range(0x21))
# 10**32 is a multiple of 2**32: digits further left do not reach the low 32 bits.
_DIGITS = 32


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
        for piece in _pieces(texts, _ROWS_AT_ONCE):
            rows, slots = self._entries(piece)
            tally = self._tally(rows, slots, len(piece))
            lengths.append(np.bincount(tally[0], minlength=len(piece)))
            indices.append(tally[1].astype(np.uint32))
            counts.append(tally[2].astype(np.int32))
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
        size = max(1, min(_ROWS_AT_ONCE, _CELLS_AT_ONCE >> self.bits))
        done = 0
        for piece in _pieces(texts, size):
            rows, slots = self._entries(piece)
            keys = slots.astype(np.int64) * len(piece) + rows
            tally = np.bincount(keys, minlength=self.width * len(piece))
            matrix[:, done : done + len(piece)] = tally.reshape(self.width, len(piece))
            done += len(piece)
        return matrix

    def one(self, text: bytes | None) -> list[int]:
        """Counts of every slot for a single text."""
        words = _words(text)
        if len(words) * self.ngrams > _LOOPED_ENTRIES:
            slots = self._entries([text])[1]
            found: list[int] = np.bincount(slots, minlength=self.width).tolist()
            return found
        # For few words plain Python is quicker than numpy's first call.
        hash_of = _HASHES[self.digits_as_int]
        joined = b"".join([hash_of[word] for word in words])
        hashes = unpack(f"<{len(words)}I", joined)
        counts, mask = [0] * self.width, self.width - 1
        grams = hashes
        for size in range(1, self.ngrams + 1):
            for gram in grams:
                counts[gram & mask] += 1
            grams = tuple(map(_join, grams, hashes[size:]))
        return counts

    def _entries(self, texts: Texts) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """The row and the slot of every n-gram of every text, in no stated order."""
        hash_of: Callable[[bytes], bytes] = _HASHES[self.digits_as_int].__getitem__
        words = [_words(text) for text in texts]
        joined = b"".join([b"".join(map(hash_of, row)) for row in words])
        hashes = np.frombuffer(joined, dtype="<u4")
        lengths = [len(row) for row in words]
        rows = np.repeat(np.arange(len(texts)), lengths)
        mask = np.uint32(self.width - 1)
        all_rows, all_slots = [rows], [hashes & mask]
        grams = hashes
        for size in range(2, self.ngrams + 1):
            # Windows are cut from all texts at once; those over a border are dropped.
            grams = grams[:-1] * _NGRAM + hashes[size - 1 :]
            inside = rows[: len(grams)] == rows[size - 1 :]
            if not inside.any():
                break
            all_rows.append(rows[: len(grams)][inside])
            all_slots.append((grams & mask)[inside])
        return np.concatenate(all_rows), np.concatenate(all_slots)

    def _tally(
        self, rows: NDArray[np.int64], slots: NDArray[np.uint32], height: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Rows, slots and counts of what occurs, ordered by row and slot."""
        keys = (rows << self.bits) | slots.astype(np.int64)
        if self.bits <= _COUNTED_BITS:
            tally = np.bincount(keys, minlength=height << self.bits)
            found = np.flatnonzero(tally)
            counts = tally[found]
        else:
            found, counts = np.unique(keys, return_counts=True)
        return found >> self.bits, found & (self.width - 1), counts


def _join(gram: int, word: int) -> int:
    return (gram * _MULTIPLIER + word) & 0xFFFFFFFF


def _words(text: bytes | None) -> list[bytes]:
    """The words between blanks, tabs and line ends."""
    if text is None:
        return []
    if b"\x0b" in text or b"\x0c" in text:
        # Python splits at these two as well; Vowpal Wabbit keeps them in the word.
        return [word for word in _BLANKS.split(text) if word]
    return text.split()


def _pieces(texts: Texts, size: int) -> Iterator[Texts]:
    return (texts[start : start + size] for start in range(0, len(texts), size))


class _TokenHashes(dict[bytes, bytes]):
    """Each token's hash as four bytes: computed when first asked for, then kept."""

    def __init__(self, *, digits_as_int: bool) -> None:
        super().__init__()
        self._digits_as_int = digits_as_int

    def __missing__(self, token: bytes) -> bytes:
        # By default Vowpal Wabbit cuts control characters off the ends of a token;
        # told to hash all, it hashes them too.
        name = token.strip(_CONTROLS) if self._digits_as_int else token
        if self._digits_as_int and name.isdigit():
            number = int(name[-_DIGITS:]) & 0xFFFFFFFF
        else:
            number = mmh3.hash(name, 0, signed=False)
        hashed = number.to_bytes(4, "little")
        if len(token) <= _REMEMBERED_BYTES:
            if len(self) >= _REMEMBERED_TOKENS:
                self.clear()
            self[token] = hashed
        return hashed


# A memo of a pure function, shared by everybody who hashes in this process.
_HASHES = {flag: _TokenHashes(digits_as_int=flag) for flag in (True, False)}
