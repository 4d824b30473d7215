"""Calls that the console passes on: on whose behalf, so that addresses still count.

Without it an `<ip-filter>` would see the console's own address, which may be one that
is let in, on every call that somebody outside makes through the test console.
"""

import hashlib
import hmac

HEADER = "Apim-Console-Caller"
SECONDS = 60


def caller_token(address: str, now: float, pepper: bytes) -> str:
    """The caller's address, signed for a moment."""
    text = f"{int(now) + SECONDS};{address}"
    return f"{text};{_signature(text, pepper)}"


def caller_in(token: str, now: float, pepper: bytes) -> str | None:
    """The address in a token; None when nobody of ours signed it, or too long ago."""
    text, _, signature = token.rpartition(";")
    if not hmac.compare_digest(_signature(text, pepper).encode(), signature.encode()):
        return None
    until, _, address = text.partition(";")
    return address if now <= int(until) else None


def _signature(text: str, pepper: bytes) -> str:
    key = hmac.digest(pepper, b"console caller", "sha256")
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()
