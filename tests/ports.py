"""Ports for servers that must know theirs before they start."""

import random
import socket
from pathlib import Path

LOWEST = 20_000


def free_ports(number: int) -> list[int]:
    """Ports that stay free until they are used, and while a server is away.

    They lie below those that the system gives to whoever asks for any: neither another
    server nor the near end of a connection takes one meanwhile.
    """
    found: set[int] = set()
    while len(found) < number:
        # Tests seed the common chance alike in every process: this one is nobody's.
        port = random.SystemRandom().randrange(LOWEST, _first_given())
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.add(port)
    return list(found)


def free_port() -> int:
    return free_ports(1)[0]


def _first_given() -> int:
    """The first port that the system gives out by itself."""
    told = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(told.read_text().split()[0]) if told.exists() else 0
    return first if first > LOWEST + 1_000 else 32_768
