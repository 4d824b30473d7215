"""Strings counted in UTF-16 code units, as C# counts them.

A character beyond U+FFFF is one of Python's and two of C#'s. Most strings have none,
and are left alone; the others are taken apart into halves for as long as places in
them matter, and put together again.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from bramka.expressions.meter import searched
from bramka.expressions.values.plain import Char

T = TypeVar("T")

_WIDE = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
_HALF = re.compile("[\ud800-\udfff]")


def is_wide(text: str) -> bool:
    """Whether Python and C# count this string differently."""
    return not text.isascii() and _WIDE.search(text) is not None


def apart(text: str) -> str:
    """`text` with each character beyond U+FFFF as its two halves."""
    codes = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    return "".join(map(chr, codes))


def together(text: str) -> str:
    """`text` with halves that belong together as one character; others stay."""
    if text.isascii() or _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode(
        "utf-16-le", "surrogatepass"
    )


def whole(text: str) -> str:
    """`text` as it leaves an expression: what is half a character is U+FFFD."""
    if text.isascii() or _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def length(text: str) -> int:
    """`Length`."""
    if text.isascii():
        return len(text)
    return len(text) + sum(one > "\uffff" for one in text)


def in_units(function: Callable[..., T]) -> Callable[..., T]:
    """`function` of a string and more, in code units: places in and out are C#'s."""

    @wraps(function)
    def run(text: str, *rest: Any) -> T:
        searched(len(text))
        if not is_wide(text) and not any(
            isinstance(one, str) and is_wide(one) for one in rest
        ):
            return function(text, *rest)
        taken = [apart(one) if isinstance(one, str) else one for one in rest]
        made = function(apart(text), *taken)
        if isinstance(made, str) and not isinstance(made, Char):
            return together(made)  # type: ignore[return-value] # a str is given for one
        return made

    return run
