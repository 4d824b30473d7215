"""Links that work without a token for a while: an address, a time and a signature."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from bramka.domain.errors import Forbidden

LIFETIME = 86_400
VERSION = "1"


def credential(pepper: bytes, location: str, now: float) -> str:
    """What is appended to the address of a location, from the `?` on."""
    expires = str(int(now) + LIFETIME)
    return "?" + urlencode(
        {"sv": VERSION, "se": expires, "sig": _signature(pepper, location, expires)}
    )


def admit(pepper: bytes, location: str, query: Mapping[str, str], now: float) -> None:
    """Forbidden unless the query carries what `credential` gave for the location."""
    expires = query.get("se", "")
    wanted = _signature(pepper, location, expires)
    if not hmac.compare_digest(wanted.encode(), query.get("sig", "").encode()):
        raise Forbidden("The link is not one that was given out here.")
    if float(expires) <= now:
        raise Forbidden("The link has expired; read the dataset's entry again.")


def _signature(pepper: bytes, location: str, expires: str) -> str:
    text = f"studio\n{VERSION}\n{location}\n{expires}".encode()
    return hmac.digest(pepper, text, hashlib.sha256).hex()
