"""Time and chance as arguments, so that a test or a simulation can hold both."""

from typing import Protocol


class Clock(Protocol):
    """Where time comes from; `bramka.app` hands out the real one."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC; may jump when the machine's clock is set."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""


class Chance(Protocol):
    """Where randomness comes from."""

    def random(self) -> float:
        """A number in [0, 1)."""

    def hex(self, size: int) -> str:
        """`size` unguessable bytes as 2 × size lower-case hex digits."""
