"""What was counted of an endpoint's calls in some time; counts of two times add up."""

from collections.abc import Iterable

from msgspec import Struct

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)
"""Seconds at which calls are told apart."""
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096)
"""Rows at which calls are told apart."""
CALLS = (1, 2, 4, 8, 16, 32, 64, 128)
"""Calls at which batches are told apart."""

Counts = tuple[int, ...]


class Counted(Struct, frozen=True, kw_only=True):
    """Calls, rows, seconds and errors; bounds that change need a new name here."""

    calls: int = 0
    rows: int = 0
    throttled: int = 0
    """Calls that were refused because too many were there."""
    batched: int = 0
    """Calls that were answered out of batches."""
    seconds: float = 0.0
    errors: dict[str, int] = {}
    """By the code that callers were told."""
    by_seconds: Counts = (0,) * (len(BOUNDS) + 1)
    by_rows: Counts = (0,) * (len(ROWS) + 1)
    by_calls: Counts = (0,) * (len(CALLS) + 1)

    def plus(self, other: "Counted", sign: int = 1) -> "Counted":
        """Both together, or with a sign of -1 what came after the other."""
        codes = {*self.errors, *other.errors}
        errors = {
            code: self.errors.get(code, 0) + sign * other.errors.get(code, 0)
            for code in sorted(codes)
        }
        return Counted(
            calls=self.calls + sign * other.calls,
            rows=self.rows + sign * other.rows,
            throttled=self.throttled + sign * other.throttled,
            batched=self.batched + sign * other.batched,
            seconds=self.seconds + sign * other.seconds,
            errors={code: count for code, count in errors.items() if count},
            by_seconds=_added(self.by_seconds, other.by_seconds, sign),
            by_rows=_added(self.by_rows, other.by_rows, sign),
            by_calls=_added(self.by_calls, other.by_calls, sign),
        )

    @property
    def scorings(self) -> int:
        """How often the model was asked."""
        return sum(self.by_rows)

    @property
    def batches(self) -> int:
        return sum(self.by_calls)

    def slowest(self, share: float) -> float | None:
        """Seconds in which this share of the calls ended, as far as bounds tell."""
        wanted, seen = share * sum(self.by_seconds), 0
        for place, count in enumerate(self.by_seconds):
            if count and seen + count >= wanted:
                low = BOUNDS[place - 1] if place else 0.0
                high = BOUNDS[place] if place < len(BOUNDS) else low
                return low + (high - low) * (wanted - seen) / count
            seen += count
        return None


def _added(one: Counts, other: Counts, sign: int) -> Counts:
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))


def summed(counts: Iterable[Counted]) -> Counted:
    """All of them together."""
    total = Counted()
    for counted in counts:
        total = total.plus(counted)
    return total
