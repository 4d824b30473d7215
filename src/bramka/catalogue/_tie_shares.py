"""The draws by which ties among chances are broken, the same for every series.

Microsoft's detector drew them from .NET's random numbers for the seed 123: what it
published follows from these to six digits. They are Knuth's subtractive method.
"""

from collections.abc import Iterator

SEED = 123
_MODULUS, _START = 2**31 - 1, 161803398
_LONG, _SHORT = 55, 21


def tie_shares() -> Iterator[float]:
    """Numbers from 0 to 1, without end."""
    kept = _stirred(SEED)
    place = 0
    while True:
        place = place % _LONG + 1
        draw = (kept[place] - kept[(place + _SHORT - 1) % _LONG + 1]) % _MODULUS
        kept[place] = draw
        # A share of nothing would be no chance at all.
        yield max(draw, 1) / _MODULUS


def _stirred(seed: int) -> list[int]:
    """The 55 numbers that the method begins with, from place 1 on."""
    kept = [0] * (_LONG + 1)
    now, following = _START, 1
    now = kept[_LONG] = _START - seed
    for number in range(1, _LONG):
        place = _SHORT * number % _LONG
        kept[place] = following
        now, following = following, (now - following) % _MODULUS
    for _ in range(4):
        for place in range(1, _LONG + 1):
            kept[place] = (kept[place] - kept[1 + (place + 30) % _LONG]) % _MODULUS
    return kept
