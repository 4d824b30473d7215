"""What gateways counted of quotas, as far as somebody here can read it."""

from typing import Protocol

from bramka.domain.traffic.allowance import Quota


class Counters(Protocol):
    """Reads the quotas of the gateways."""

    def quota(self, place: str, key: str) -> Quota | None:
        """What was counted at a place for a key; None if nobody here knows."""


class NoCounters:
    """Where nobody here can read what gateways counted."""

    def quota(self, place: str, key: str) -> Quota | None:
        del place, key
        return None
