"""The real time and the real chance; everything else takes them as arguments."""

import random
import secrets
import time


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class SystemChance:
    """The machine's randomness; `hex` is fit for secrets, `random` is not."""

    def random(self) -> float:
        return random.random()

    def hex(self, size: int) -> str:
        return secrets.token_hex(size)
