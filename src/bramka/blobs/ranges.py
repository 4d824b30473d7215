"""Byte ranges of a Get: `bytes=0-499` and `bytes=500-`."""

import re
from collections.abc import Mapping

from msgspec import Struct

from bramka.blobs.fault import Fault

RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")


class Span(Struct, frozen=True):
    """Bytes `start` to before `end` of a blob; `partial` when a range was asked."""

    start: int
    end: int
    partial: bool


def parse_range(headers: Mapping[str, str], size: int) -> Span:
    """The span asked for; x-ms-range goes before Range, other forms are ignored."""
    text = headers.get("x-ms-range") or headers.get("range", "")
    found = RANGE.fullmatch(text.replace(" ", ""))
    if found is None:
        # RFC 9110: a range in a form one does not know is as if it were not there.
        return Span(0, size, partial=False)
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < start:
        return Span(0, size, partial=False)
    if start >= size:
        raise Fault("InvalidRange", f"The blob has {size} bytes.")
    return Span(start, end, partial=True)
