"""Reads documents that people name by address, from where that is safe."""

from urllib.parse import urlsplit

import httpcore2

from bramka.app.clock import SystemClock
from bramka.blobs.frontier import Frontier, GuardedNetwork, Patience
from bramka.domain.errors import BramkaError, Invalid
from bramka.management.call import Fetch

LARGEST = 32 * 1024 * 1024
SECONDS = 15.0
LONGEST_SECONDS = 60.0
"""For the whole document: who dribbles would else hold a thread for years."""
_TIMEOUT = {"connect": 5.0, "read": SECONDS, "write": SECONDS, "pool": SECONDS}


def guarded_fetch(own: str) -> Fetch:
    """Reads from public addresses, and from `own`: the services of this installation.

    Redirects are not followed: each would be another address to check.
    """
    home = _origin(own)

    def fetch(address: str) -> bytes:
        origin = _origin(address)
        if origin is None:
            raise Invalid(
                f"'{address}' is not an http or https address.", target="value"
            )
        frontier = Frontier(public=True, private=origin == home)
        network = GuardedNetwork(frontier, Patience(LONGEST_SECONDS, SystemClock()))
        with httpcore2.ConnectionPool(network_backend=network) as pool:
            try:
                return _read(pool, address)
            except BramkaError as error:
                reason = f"{origin[1]} may not be read from: {error.message}"
                raise Invalid(reason, target="value") from None
            except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
                reason = f"{origin[1]} does not answer: {type(error).__name__}."
                raise Invalid(reason, target="value") from None
            except (httpcore2.ProtocolError, ValueError):
                reason = (
                    f"{origin[1]} does not speak HTTP, or the address is malformed."
                )
                raise Invalid(reason, target="value") from None

    return fetch


def _read(pool: httpcore2.ConnectionPool, address: str) -> bytes:
    with pool.stream("GET", address, extensions={"timeout": _TIMEOUT}) as answer:
        if answer.status != 200:
            raise Invalid(f"it answered {answer.status}")
        body = bytearray()
        for piece in answer.iter_stream():
            body += piece
            if len(body) > LARGEST:
                raise Invalid(f"the document is larger than {LARGEST} bytes")
        return bytes(body)


def _origin(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no http address at all."""
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        return None
    if not address.isascii():
        raise Invalid(
            "The address is not ASCII: write other letters of a path as %C3%B3, and of "
            "a host as xn--….",
            target="value",
        )
    return parts.scheme, parts.hostname, port
