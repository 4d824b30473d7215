"""Which gateways count in one store of limits, and who is still to come back to it.

A gateway that spent of quotas while the store was away tells that first of all when it
is back. Until all have done so, or had the time for it, the store does not know what
is left, and each goes on with its share.
"""

import logging
from collections.abc import Sequence

from bramka.domain.clock import Clock
from bramka.gateway.allowances_share import Share

log = logging.getLogger(__name__)

BEAT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
redis.call('ZADD', KEYS[1], string.format('%.6f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 10)
redis.call('EXPIRE', KEYS[1], 60)
return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
"""
"""Says that this gateway lives and owes nothing; gives who does, and since when."""
PROBE = "return 1"
LONGEST_WAIT = 10.0
"""Seconds after which a gateway that does not come back is taken for dead."""


class Peers:
    """The gateways that live, as far as this one knows."""

    def __init__(self, share: Share, name: str, clock: Clock) -> None:
        self._share = share
        self._name = name
        self._clock = clock
        self._names = share.gateways() or frozenset({name})
        self._back: tuple[float, float] | None = None
        """When the store was back, on its clock; until when the others are awaited."""

    @property
    def number(self) -> int:
        return len(self._names)

    def lose(self) -> None:
        """The store is away: whoever beats after it is back has paid what it owes."""
        self._back = None

    def all_back(self, answer: object) -> bool:
        """Whether all who lived before have beaten since the store is back."""
        beats = _read(answer)
        now = self._clock.monotonic()
        if self._back is None:
            self._back = beats[self._name], now + LONGEST_WAIT
        since, until = self._back
        missing = [name for name in self._names if beats.get(name, 0.0) < since]
        if missing and now < until:
            return False
        self._back = None
        self.note(answer)
        return True

    def note(self, answer: object) -> None:
        """Remember who lives now."""
        names = frozenset(_read(answer))
        if names != self._names:
            self._names = names
            try:
                self._share.note_gateways(names)
            except OSError as error:
                # It is wanted only by who starts while the store is away.
                log.error("who counts in the store of limits is not kept: %s", error)

    def __repr__(self) -> str:
        return f"<Peers: {self.number} gateways>"


def _read(answer: object) -> dict[str, float]:
    assert isinstance(answer, Sequence), "ZRANGE lists"
    # A client may pair them, and may read the scores.
    flat = [one for part in answer for one in (part if _is_pair(part) else [part])]
    return {
        name.decode(): float(score)
        for name, score in zip(flat[::2], flat[1::2], strict=True)
    }


def _is_pair(part: object) -> bool:
    return isinstance(part, list | tuple)
