"""Connectivity checks: what is tried, what came of each try, and what that means."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

PROBES = 3
"""Tries of one check."""

Protocol = Literal["TCP", "HTTP", "HTTPS"]
Problem = Literal["", "DnsResolution", "Unknown"]
Status = Literal["Connected", "Degraded", "Disconnected"]


class Destination(Struct, frozen=True, kw_only=True):
    """What is to be reached, and how."""

    host: str
    port: int
    protocol: Protocol = "TCP"
    path: str = "/"
    method: Literal["GET", "POST"] = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    valid: tuple[int, ...] = ()
    """Status codes that are good answers; without any, every answer is."""

    def accepts(self, status: int) -> bool:
        return not self.valid or status in self.valid


class Probe(Struct, frozen=True, kw_only=True):
    """One try."""

    milliseconds: float
    source: str = ""
    """Our address; "" when no connection was made."""
    address: str = ""
    """Theirs."""
    problem: Problem = ""
    why: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.problem)


def status_of(probes: Sequence[Probe]) -> Status:
    """What the tries say together."""
    failed = sum(probe.failed for probe in probes)
    if failed == len(probes):
        return "Disconnected"
    return "Degraded" if failed else "Connected"


def latencies(probes: Sequence[Probe]) -> tuple[int, int, int]:
    """Average, least and most of those that came through, in whole milliseconds."""
    took = [probe.milliseconds for probe in probes if not probe.failed]
    if not took:
        return 0, 0, 0
    average = sum(took) / len(took)
    return round(average), round(min(took)), round(max(took))
