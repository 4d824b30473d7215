"""Cutting a connection, so that the other side sees it and nothing is kept of it."""

import asyncio
import socket
import struct
from contextlib import suppress

_AT_ONCE = struct.pack("ii", 1, 0)


def cut(transport: asyncio.Transport) -> None:
    """Reset a connection.

    A mere end would tell that an answer without a length was whole. And the system
    would keep what a client does not take, for as long as that client likes.
    """
    bare = transport.get_extra_info("socket")
    if bare is not None:
        with suppress(OSError):  # It is closed already.
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
