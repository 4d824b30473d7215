"""Answers in the cache: what is kept of one, and how it is given again."""

import msgspec
from msgspec import Struct

from bramka.domain.traffic.cache import CachePlace
from bramka.domain.traffic.exchange import CachedResponse, Headers, Response

NOT_KEPT = frozenset((b"date", b"age", b"cache-control", b"expires", b"pragma"))
"""Fields that are written anew each time an answer is given."""


class KeptAnswer(Struct, array_like=True):
    """One answer."""

    status: int
    reason: str
    fields: list[tuple[bytes, bytes]]
    body: bytes
    kept: float
    """When it was kept, in seconds since 1970 UTC."""
    ends: float


_WRITE = msgspec.msgpack.Encoder()
_READ = msgspec.msgpack.Decoder(KeptAnswer)


def kept(response: Response, now: float, duration: float) -> KeptAnswer:
    """The answer as it is now, without its body."""
    fields = [pair for pair in response.headers if pair[0].lower() not in NOT_KEPT]
    return KeptAnswer(
        response.status, response.reason, fields, b"", now, now + duration
    )


def written(answer: KeptAnswer) -> bytes:
    """The answer as bytes."""
    return _WRITE.encode(answer)


def read(content: bytes, place: CachePlace, now: float) -> Response | None:
    """The answer that was kept; None when it cannot be read, or is too old."""
    try:
        found = _READ.decode(content)
    except msgspec.MsgspecError:
        return None  # Written by another version of the gateway.
    left = int(found.ends - now)
    if left < 0:
        return None
    headers = Headers(list(found.fields))
    headers.set(b"Age", b"%d" % max(0, int(now - found.kept)))
    headers.set(b"Cache-Control", place.cache_control(left))
    return CachedResponse(found.status, found.reason, headers, found.body)
