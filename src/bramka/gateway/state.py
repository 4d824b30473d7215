"""State: what outlives plans, kept under the place in the tree it belongs to."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class State:
    """Counters, breakers and caches of one gateway process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], Any] = {}

    def keep(self, place: tuple[str, ...], make: Callable[[], T]) -> T:
        """What is kept at `place`, made at first use."""
        if place not in self._kept:
            self._kept[place] = make()
        return cast("T", self._kept[place])

    def __repr__(self) -> str:
        return f"<State: {len(self._kept)} places>"
