"""A WebSocket after its handshake: bytes pass both ways, unread."""

import asyncio
from collections.abc import Callable
from typing import cast

from bramka.wire.connection import Connection, Limits
from bramka.wire.cutting import cut


class Tunnel:
    """Two connections tied together; the gateway's server keeps the time."""

    def __init__(
        self,
        near: Connection,
        far: asyncio.Transport,
        over: Callable[[int, int], None],
    ) -> None:
        """`over` is told at the end how many bytes came from each side."""
        self.moved = True
        """Bytes passed since the last tick."""
        self._connections = near.server.connections
        self._limits: Limits = near.server.limits
        self._deadline = 0.0
        self._over = over
        self._near = _End(self, near.transport)
        self._far = _End(self, far)
        self._near.other, self._far.other = self._far, self._near
        self._open = 2
        near.hand_over(self._near)
        far.set_protocol(self._far)
        self._connections.add(self)

    def begin(self, first: bytes) -> None:
        """Let the bytes pass; `first` came from the backend already."""
        if first:
            self._far.data_received(first)
        for end in (self._near, self._far):
            if not end.transport.is_closing():
                end.transport.resume_reading()

    # --- what its ends tell ---

    def ended(self, end: "_End") -> bool:
        """One side sends no more. Whether it can still be sent to."""
        other = end.other
        end.ended = True
        if other.transport.is_closing():
            return False
        if other.ended or not other.transport.can_write_eof():
            other.transport.close()
            return False
        other.transport.write_eof()
        # TLS knows no half-closed connection.
        return end.transport.can_write_eof()

    def lost(self, end: "_End") -> None:
        """One side is gone; the other gets what is still on its way."""
        self._open -= 1
        if self._open:
            end.other.transport.close()
        else:
            self._connections.discard(self)
            self._over(self._near.size, self._far.size)

    # --- what the server asks ---

    def tick(self, now: float) -> None:
        """Cut tunnels through which nothing passes, or does not drain."""
        if self.moved or not self._deadline:
            self.moved = False
            self._deadline = now + self._limits.tunnel_idle_seconds
        elif now > self._deadline:
            self.abort()

    def wind_down(self) -> None:
        """Only its ends know when it may end."""

    def abort(self) -> None:
        cut(self._near.transport)
        cut(self._far.transport)


class _End(asyncio.Protocol):
    """One of the two connections."""

    __slots__ = ("ended", "other", "size", "transport", "tunnel")

    def __init__(self, tunnel: Tunnel, transport: asyncio.Transport) -> None:
        self.tunnel = tunnel
        self.transport = transport
        self.other = cast("_End", None)
        self.ended = False
        """This side sends no more."""
        self.size = 0
        """Bytes that came from this side."""

    def data_received(self, data: bytes) -> None:
        self.size += len(data)
        self.tunnel.moved = True
        if not self.other.transport.is_closing():
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.tunnel.moved = True
        if not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def eof_received(self) -> bool:
        return self.tunnel.ended(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self.tunnel.lost(self)
