"""The generator behind `new Random(seed)`: Knuth's subtractive one, as in .NET."""

from bramka.expressions.failures import Thrown, out_of_range
from bramka.expressions.values.plain import wrap32

_BIG = 0x7FFFFFFF
_SEED = 161803398


class Random:
    """Gives for each seed the numbers that .NET gives."""

    __slots__ = ("_first", "_second", "_state")

    def __init__(self, seed: int) -> None:
        state = [0] * 56
        spread = _BIG if seed == -(1 << 31) else abs(seed)
        low = _SEED - spread
        state[55] = low
        step = 1
        for index in range(1, 55):
            place = 21 * index % 55
            state[place] = step
            step = wrap32(low - step)
            if step < 0:
                step += _BIG
            low = state[place]
        for _ in range(4):
            for index in range(1, 56):
                other = index + 30
                if other >= 55:
                    other -= 55
                state[index] = wrap32(state[index] - state[1 + other])
                if state[index] < 0:
                    state[index] += _BIG
        self._state = state
        self._first = 0
        self._second = 21

    def next(self) -> int:
        """A number from 0 to 2³¹ − 2."""
        self._first = 1 if self._first >= 55 else self._first + 1
        self._second = 1 if self._second >= 55 else self._second + 1
        number = wrap32(self._state[self._first] - self._state[self._second])
        if number == _BIG:
            number -= 1
        if number < 0:
            number += _BIG
        self._state[self._first] = number
        return number

    def sample(self) -> float:
        """A number in [0, 1)."""
        return self.next() * (1.0 / _BIG)

    def below(self, limit: int) -> int:
        if limit < 0:
            raise out_of_range("maxValue")
        return int(self.sample() * limit)

    def between(self, low: int, high: int) -> int:
        if low > high:
            text = "'minValue' cannot be greater than maxValue. (Parameter 'minValue')"
            raise Thrown("ArgumentOutOfRangeException", text)
        span = high - low
        if span <= _BIG:
            return int(self.sample() * span) + low
        return int(self._wide() * span) + low

    def _wide(self) -> float:
        """A sample with 32 bits, for ranges wider than an int."""
        number = self.next()
        if self.next() % 2 == 0:
            number = -number
        return (number + (_BIG - 1)) / (2.0 * (_BIG - 1) + 1)

    def fill(self, row: bytearray) -> None:
        for index in range(len(row)):
            row[index] = self.next() & 0xFF
