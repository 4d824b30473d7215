"""Traces: what one call went through, and the credentials that let somebody see it."""

import base64
import hashlib
import hmac
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote

from msgspec import Meta, Struct

KEPT_SECONDS = 24 * 3600
"""How long a trace can be read."""
MOST_KEPT = 100
"""Traces kept; the oldest go first."""
LONGEST_LIFE = 3600
"""Seconds that debug credentials may be valid."""

TraceId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class TraceEntry(Struct, frozen=True, kw_only=True):
    """One thing that happened; `elapsed` counts from the beginning of the call."""

    source: str
    timestamp: str
    elapsed: str
    data: dict[str, Any]


class Trace(Struct, frozen=True, rename="camel", kw_only=True):
    """The trace of one call, as a gateway brings it."""

    trace_id: TraceId
    gateway: str
    api: str
    trace_entries: dict[str, list[TraceEntry]]
    """Section → what happened in it."""
    door: str = ""
    """Opens it to who made the call, as the end of a URL; "" when nothing does."""


class DebugCredentials(Struct, frozen=True, kw_only=True):
    """The right to have calls of one API traced by one gateway, for a while."""

    api: str
    """Id of the API, without a revision."""
    gateway: str
    until: int
    """Seconds since 1970 UTC."""
    epoch: int = 0
    """How often credentials of the gateway had been called back before."""

    def token(self, pepper: bytes) -> str:
        """The credentials as callers send them, signed."""
        text = self._text()
        return f"{text}&sn={_signature(text, pepper)}"

    def _text(self) -> str:
        api, gateway = quote(self.api, safe=""), quote(self.gateway, safe="")
        return f"aid={api}&gid={gateway}&p=tracing&ex={self.until}&ep={self.epoch}"


class DebugRecall(Struct, frozen=True, rename="camel", kw_only=True):
    """How often debug credentials of a gateway, `id`, were called back."""

    id: str
    epoch: int


def read_credentials(token: str, pepper: bytes) -> DebugCredentials | None:
    """The credentials in a token; None when nobody of ours has signed it."""
    text, _, signature = token.rpartition("&sn=")
    if not hmac.compare_digest(_signature(text, pepper).encode(), signature.encode()):
        return None
    given = dict(parse_qsl(text))
    return DebugCredentials(
        api=given["aid"],
        gateway=given["gid"],
        until=int(given["ex"]),
        epoch=int(given.get("ep", "0")),
    )


def _signature(text: str, pepper: bytes) -> str:
    key = hmac.digest(pepper, b"debug credentials", "sha256")
    made = hmac.digest(key, text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
