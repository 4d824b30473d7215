"""Whether the client has gone, where nobody reads and so nobody would see it."""

import asyncio
import socket
from contextlib import suppress

_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)
"""Linux alone has it."""
_CLOSE, _CLOSE_WAIT = 7, 8
"""States of a connection: it was reset; the other side has sent its last byte."""


def was_reset(transport: asyncio.BaseTransport) -> bool:
    return _state(transport) == _CLOSE


def has_ended(transport: asyncio.BaseTransport) -> bool:
    """Whether the client will send no more; it may still want its answer."""
    return _state(transport) == _CLOSE_WAIT


def _state(transport: asyncio.BaseTransport) -> int:
    bare = transport.get_extra_info("socket")
    if _TCP_INFO is None or bare is None:
        return 0
    with suppress(OSError):
        return int(bare.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0])
    return 0
