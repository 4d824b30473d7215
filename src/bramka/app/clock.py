"""The real time and the real chance; everything else takes them as arguments."""

import random
import secrets
import time


class SystemClock:
    """The machine's clock."""

    # As they are, without a frame around them: the gateway asks at every call.
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)


class SystemChance:
    """The machine's randomness; `hex` is fit for secrets, `random` is not."""

    def random(self) -> float:
        return random.random()

    def hex(self, size: int) -> str:
        return secrets.token_hex(size)
