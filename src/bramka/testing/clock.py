"""Time and chance that a test holds in its hand."""

import random


class FakeClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.time = now
        self.elapsed = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.elapsed

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.time += seconds
        self.elapsed += seconds

    def set(self, now: float) -> None:
        """Set the wall clock, as an administrator would; may go back."""
        self.time = now

    def __repr__(self) -> str:
        return f"<FakeClock: {self.time}, {self.elapsed} s elapsed>"


class FakeChance:
    """Chance that repeats itself: the same seed gives the same numbers."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._numbers = random.Random(seed)

    def random(self) -> float:
        return self._numbers.random()

    def hex(self, size: int) -> str:
        return self._numbers.randbytes(size).hex()

    def __repr__(self) -> str:
        return f"<FakeChance: seed {self.seed}>"
