"""Tallies: how much was counted within a sliding window, in amounts of any size.

A `Window` (see allowance) remembers single calls; a tally also holds amounts, such as
tokens, and may be read without spending. It is exact for the last 1,024 of them;
beyond, those of the same 256th of the period lie together at the newest moment of them:
memory is bounded, and never is more admitted than allowed.
"""

import math
from collections import deque
from dataclasses import dataclass, field

EXACT = 1024
"""So many amounts lie each by itself; more may lie together."""
GRAINS = 256
"""Parts of the period; amounts within one may lie together."""

LEAST_WAIT = 1e-6
"""Seconds; shorter waits drown in the rounding of moments."""


@dataclass(slots=True)
class Tally:
    """What one caller spent in the last `period` seconds."""

    moments: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0

    def used(self, now: float, period: float) -> int:
        """How much lies in the window that ends now."""
        horizon = now - period
        moments = self.moments
        while moments and moments[0][0] <= horizon:
            self.total -= moments.popleft()[1]
        return self.total

    def wait(self, now: float, amount: int, limit: int, period: float) -> float:
        """0.0 if `amount` more fits now, else the seconds until it does.

        Infinite when it never will: the amount itself is over the limit.
        """
        over = self.used(now, period) + amount - limit
        if over <= 0:
            return 0.0
        if amount > limit:
            return math.inf
        for moment, count in self.moments:
            over -= count
            if over <= 0:
                # Rounding must not say that it fits already.
                return max(moment + period - now, LEAST_WAIT)
        return math.inf

    def add(self, now: float, amount: int, period: float) -> None:
        """Count `amount`, at the latest moment seen when the clock went back."""
        moments = self.moments
        self.total += amount
        if moments:
            newest, count = moments[-1]
            now = max(now, newest)
            grain = period / GRAINS
            if len(moments) >= EXACT and newest // grain == now // grain:
                moments[-1] = (now, count + amount)
                return
        moments.append((now, amount))
