"""How a folder of artifacts differs from another, file by file."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct


class Change(Struct, frozen=True, rename="camel"):
    """One file that is not the same on both sides."""

    path: str
    kind: Literal["new", "changed", "gone"]
    lines: tuple[str, ...]
    """A unified difference, from what is there to what is wanted."""


def changes_between(
    there: Mapping[str, bytes], wanted: Mapping[str, bytes]
) -> Iterator[Change]:
    """What an import of `wanted` is about, in the order of the paths."""
    for path in sorted({*there, *wanted}):
        before, after = there.get(path), wanted.get(path)
        if before == after:
            continue
        lines = difflib.unified_diff(
            _lines(before),
            _lines(after),
            "/dev/null" if before is None else f"instance/{path}",
            "/dev/null" if after is None else f"folder/{path}",
            lineterm="",
        )
        kind: Literal["new", "changed", "gone"] = "changed"
        if before is None or after is None:
            kind = "new" if before is None else "gone"
        yield Change(path, kind, tuple(lines))


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", "replace").splitlines()
