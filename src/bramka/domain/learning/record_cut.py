"""Cuts delimited text into pieces that end where a record ends."""

from collections.abc import Iterator
from typing import IO

import numpy as np

from bramka.domain.errors import Invalid

PIECE = 8 << 20
LONGEST_RECORD = 64 << 20


def record_pieces(file: IO[bytes], size: int = PIECE) -> Iterator[bytes]:
    """The whole text piece by piece, each about `size` bytes; one piece at least.

    A line end lies inside a cell exactly when an odd number of quotes stands before
    it; doubled quotes count twice, so they change nothing.
    """
    rest = bytearray()
    inside = False
    given = False
    while block := file.read(size):
        data = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(data == ord("\n"))
        quotes = np.flatnonzero(data == ord('"'))
        outside = ends[(np.searchsorted(quotes, ends) + inside) % 2 == 0]
        inside = bool((inside + len(quotes)) % 2)
        if not len(outside):
            rest += block
            _refuse_long(rest)
            continue
        stop = int(outside[-1]) + 1
        given = True
        yield bytes(rest) + block[:stop]
        rest = bytearray(block[stop:])
    if rest or not given:
        yield bytes(rest)


def line_pieces(file: IO[bytes], size: int = PIECE) -> Iterator[bytes]:
    """The same for text whose records are lines, whatever quotes stand in it."""
    rest = bytearray()
    given = False
    while block := file.read(size):
        stop = block.rfind(b"\n") + 1
        if not stop:
            rest += block
            _refuse_long(rest)
            continue
        given = True
        yield bytes(rest) + block[:stop]
        rest = bytearray(block[stop:])
    if rest or not given:
        yield bytes(rest)


def _refuse_long(rest: bytearray) -> None:
    if len(rest) > LONGEST_RECORD:
        raise Invalid(
            f"A row is longer than {LONGEST_RECORD >> 20} MiB; is a quote not closed "
            "in it?"
        )
