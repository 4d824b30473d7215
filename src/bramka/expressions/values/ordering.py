"""Orders of sorting: words as .NET sorts them, null first, a comparison as a key."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from bramka.expressions.values.collections import Comparer
from bramka.expressions.values.json import plain_of


def word_key(text: str) -> tuple[str, str]:
    """Words by letters, then lower case before upper."""
    return text.upper(), text.swapcase()


def sort_key(value: Any) -> Any:
    """A key under which Python sorts as .NET does."""
    value = plain_of(value)
    if value is None:
        return (0,)
    if isinstance(value, str):
        return (1, word_key(value))
    if isinstance(value, tuple):
        return (1, tuple(map(sort_key, value)))
    return (1, value)


def key_under(comparer: Comparer, value: Any) -> Any:
    """The same under a StringComparer, which may go by the letters' numbers."""
    value = comparer.key(plain_of(value))
    if isinstance(value, str) and not comparer.words:
        return (1, value)
    return sort_key(value)


def by_comparison(comparison: Callable[[Any, Any], int]) -> Callable[[Any], Any]:
    return cmp_to_key(comparison)
