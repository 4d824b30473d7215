"""Words of many texts to MurmurHash3 numbers, all words of a piece at once."""

import re
from collections.abc import Sequence

import mmh3
import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

_BLANKS = re.compile(rb"[ \t\r\n]+")
_CONTROLS = bytes(range(0x21))
# 10**32 is a multiple of 2**32: digits further left do not reach the low 32 bits.
_DIGITS = 32
# A longer word is hashed by itself: every four bytes are one round over all words.
_LONGEST = 64

_IS_BLANK = np.zeros(256, dtype=np.bool_)
_IS_BLANK[list(b" \t\r\n")] = True
# Words that begin or end so may be numbers, or be cut: each is looked at by itself.
_IS_CONTROL = np.arange(256) <= 0x20
_IS_ODD_FIRST = _IS_CONTROL | np.isin(np.arange(256), list(b"0123456789"))

_C1, _C2 = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)
_FIVE, _ADDED = np.uint32(5), np.uint32(0xE6546B64)
_MIX1, _MIX2 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_TAIL_MASKS = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF], dtype=np.uint32)


def words_of(text: bytes) -> list[bytes]:
    """The words between blanks, tabs and line ends."""
    if b"\x0b" in text or b"\x0c" in text:
        # Python splits at these two as well; Vowpal Wabbit keeps them in the word.
        return [word for word in _BLANKS.split(text) if word]
    return text.split()


def hash_of(word: bytes, *, digits_as_int: bool) -> int:
    """One word's hash as Vowpal Wabbit makes it."""
    if not digits_as_int:
        return mmh3.hash(word, 0, signed=False)
    # By default Vowpal Wabbit cuts control characters off the ends of a word.
    name = word.strip(_CONTROLS)
    if name.isdigit():
        return int(name[-_DIGITS:]) & 0xFFFFFFFF
    return mmh3.hash(name, 0, signed=False)


def hash_words(
    texts: Sequence[bytes | None], *, digits_as_int: bool
) -> tuple[Hashes, NDArray[np.intp]]:
    """The hashes of all words of all texts in turn, and each text's number of words."""
    joined = b"\n".join([text or b"" for text in texts])
    # Padding lets four bytes be read from any place.
    padded = np.frombuffer(joined + b"\n\0\0\0\0", dtype=np.uint8)
    data = padded[: len(joined) + 1]
    starts, ends = _borders(data)
    sizes = ends - starts
    hashes = _murmur(padded, starts, sizes)
    odd = sizes > _LONGEST
    if digits_as_int:
        odd |= _IS_ODD_FIRST[data[starts]] | _IS_CONTROL[data[ends - 1]]
    for place in np.flatnonzero(odd):
        word = joined[starts[place] : ends[place]]
        hashes[place] = hash_of(word, digits_as_int=digits_as_int)
    lengths = [1 if text is None else len(text) + 1 for text in texts]
    counted = np.searchsorted(starts, np.cumsum(lengths))
    return hashes, np.diff(counted, prepend=0)


def _borders(data: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where words begin and end; the last byte is a blank."""
    blank = _IS_BLANK[data]
    changes = np.flatnonzero(blank[1:] != blank[:-1]) + 1
    if not blank[0]:
        changes = np.concatenate([[0], changes])
    return changes[::2], changes[1::2]


def _murmur(
    padded: NDArray[np.uint8], starts: NDArray[np.intp], sizes: NDArray[np.intp]
) -> Hashes:
    """MurmurHash3_x86_32 with seed 0; right for words of up to _LONGEST bytes."""
    fours = np.ndarray((len(padded) - 3,), np.dtype("<u4"), padded, strides=(1,))
    blocks = np.minimum(sizes, _LONGEST) >> 2
    hashes = np.zeros(len(starts), dtype=np.uint32)
    for block in range(int(blocks.max(initial=0))):
        active = np.flatnonzero(blocks > block)
        mixed = hashes[active] ^ _scramble(fours[starts[active] + 4 * block])
        hashes[active] = _rotate(mixed, 13) * _FIVE + _ADDED
    tail = fours[starts + 4 * blocks] & _TAIL_MASKS[sizes & 3]
    hashes ^= _scramble(tail)
    hashes ^= sizes.astype(np.uint32)
    hashes ^= hashes >> np.uint32(16)
    hashes *= _MIX1
    hashes ^= hashes >> np.uint32(13)
    hashes *= _MIX2
    hashes ^= hashes >> np.uint32(16)
    return hashes


def _scramble(block: Hashes) -> Hashes:
    return _rotate(block * _C1, 15) * _C2


def _rotate(value: Hashes, bits: int) -> Hashes:
    return (value << np.uint32(bits)) | (value >> np.uint32(32 - bits))
