"""Attempts to get in: how many are let through, and how long the next one waits.

An attempt is counted before it is looked at, so that no number of attempts at once
gets more looks than the rule allows. What is refused is not counted: hammering at a
locked account does not keep it locked.
"""

import ipaddress

from msgspec import Struct, structs


class Rule(Struct, frozen=True, kw_only=True):
    """How many attempts are free, and how the lock grows after them."""

    free: int
    first_lock: float
    """Seconds; each further attempt doubles them."""
    longest_lock: float
    forget: float
    """Seconds without an attempt after which all is as if there had been none."""

    def lock_after(self, count: int) -> float:
        """Seconds of lock that the attempt number `count` brings; 0 while free."""
        if count < self.free:
            return 0.0
        doublings = min(count - self.free, 32)
        return min(self.first_lock * 2.0**doublings, self.longest_lock)


class Attempts(Struct, frozen=True, kw_only=True):
    """What is remembered of the attempts at one account or from one address."""

    count: int = 0
    seen: float = 0.0
    until: float = 0.0
    """No attempt is looked at before this moment."""


ACCOUNT = Rule(free=5, first_lock=60.0, longest_lock=900.0, forget=3600.0)
ADDRESS = Rule(free=30, first_lock=60.0, longest_lock=900.0, forget=900.0)
MAIL = Rule(free=3, first_lock=300.0, longest_lock=3600.0, forget=3600.0)
"""Mails that anybody can have sent to one address."""
ASKING = Rule(free=20, first_lock=60.0, longest_lock=900.0, forget=900.0)
"""Mails and accounts that are asked for from one address."""


def wait(known: Attempts, rule: Rule, now: float) -> float:
    """Seconds until an attempt would be looked at; 0.0 if one would be now."""
    # A lock longer than any lock is comes from a clock that was set back since.
    left = known.until - now
    return left if 0 < left <= rule.longest_lock else 0.0


def attempt(known: Attempts, rule: Rule, now: float) -> Attempts:
    """What is remembered after an attempt that is looked at."""
    idle = now - max(known.seen, known.until)
    count = 1 if idle >= rule.forget else known.count + 1
    return Attempts(count=count, seen=now, until=now + rule.lock_after(count))


def give_back(known: Attempts) -> Attempts:
    """What is remembered when the last attempt turned out to be a good one."""
    return structs.replace(known, count=max(0, known.count - 1), until=0.0)


def neighbourhood(address: str) -> str:
    """What counts as one address: IPv6 networks of 64 bits belong to one caller."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
