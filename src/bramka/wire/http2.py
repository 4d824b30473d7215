"""HTTP/2 towards clients: each stream becomes an HTTP/1.1 connection in memory.

So there is one way through the server, and it knows nothing of this. Here are the
frames, the flow control of both directions, and the limits of what a client may make
us do for nothing. A stream and its translation are in stream.py.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, cast

from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    PingReceived,
    PriorityUpdated,
    RemoteSettingsChanged,
    RequestReceived,
    SettingsAcknowledged,
    StreamEnded,
    StreamReset,
    TrailersReceived,
    UnknownFrameReceived,
    WindowUpdated,
)
from h2.exceptions import ProtocolError, StreamClosedError
from hyperframe.frame import GoAwayFrame

from bramka.wire.connection import Owner
from bramka.wire.cutting import cut
from bramka.wire.frames import MOST_STREAMS, STREAM_WINDOW, server_side
from bramka.wire.stream import Stream
from bramka.wire.stream_head import request_head

CONNECTION_WINDOW = 16 * STREAM_WINDOW
PATIENCE = 1000
"""How much a client may spend at once on what brings no work; see `_PRICES`."""
PATIENCE_PER_SECOND = 50
RESET_PRICE = 4
MOST_SILENT = 2 * 16 * 1024
"""Bytes without anything that h2 would tell of, beyond the longest head. It keeps a
frame until all of it is there, however long that frame says it is."""
_PRICES: dict[type[Event], int] = {
    StreamReset: RESET_PRICE,
    RemoteSettingsChanged: 10,
    SettingsAcknowledged: 10,
    WindowUpdated: 1,
    PingReceived: 2,
    PriorityUpdated: 1,
    UnknownFrameReceived: 1,
    ConnectionTerminated: 10,
}


class Http2Connection(asyncio.Protocol):
    """A client connection that carries many calls at once."""

    def __init__(
        self, server: Owner, certificate: Callable[[], object] | None = None
    ) -> None:
        self.server = server
        self.certificate = certificate
        self.transport = cast("asyncio.Transport", None)
        self.streams: dict[int, Stream] = {}
        self.h2 = server_side(server.limits.head_bytes)
        self.clogged = False
        """The client leaves unread what was sent."""
        self._leaving = False
        self._reading = False
        """Within `data_received`: what is to be sent waits for its end."""
        self._patience = PATIENCE
        self._silent = 0
        """Bytes that came since the last event."""
        self._credit = 0
        self._deadline = server.now + server.limits.head_seconds

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.server.connections.add(self)
        self.h2.increment_flow_control_window(CONNECTION_WINDOW - 65_535)
        self.flush()
        if self.server.stopping:
            self.wind_down()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._reading = True
        try:
            events = self.h2.receive_data(data)
            self._silent = 0 if events else self._silent + len(data)
            if self._silent > self.server.limits.head_bytes + MOST_SILENT:
                self._refuse("the client says nothing at length")
            for event in events:
                self._take(event)
            for stream in tuple(self.streams.values()):
                stream.deliver()
        except ProtocolError:
            # h2 has put its reason into what is to be sent.
            self._hang_up()
            return
        finally:
            self._reading = False
        if events:
            self._deadline = self.server.now + self.server.limits.idle_seconds
        self.pump()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.server.connections.discard(self)
        streams, self.streams = self.streams, {}
        for stream in streams.values():
            stream.lost(error)

    def pause_writing(self) -> None:
        self.clogged = True
        self._deadline = self.server.now + self.server.limits.write_seconds
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.clogged = False
        if not self.transport.is_closing():
            self.transport.resume_reading()
            self.pump()

    # --- what comes ---

    def _take(self, event: Event) -> None:
        self._pay(_PRICES.get(type(event), 0))
        if isinstance(event, RequestReceived):
            self._begin(event)
        elif isinstance(event, DataReceived):
            self._take_data(event)
        elif isinstance(event, ConnectionTerminated):
            self._part(event)
        elif isinstance(
            event, (TrailersReceived, StreamEnded, StreamReset, WindowUpdated)
        ):
            stream = self.streams.get(event.stream_id)
            if stream is not None:
                self._tell(stream, event)

    def _tell(self, stream: Stream, event: Event) -> None:
        if isinstance(event, TrailersReceived):
            stream.trailers_came(event.headers)
        elif isinstance(event, StreamEnded):
            stream.request_came_whole()
        elif isinstance(event, StreamReset):
            del self.streams[stream.id]
            stream.lost(ConnectionResetError("the client took its request back"))

    def _part(self, farewell: ConnectionTerminated) -> None:
        """The client will ask no more; what it asked is answered, unless it gave up."""
        self._leaving = True
        if farewell.error_code or not self.streams:
            self._hang_up()

    def _begin(self, event: RequestReceived) -> None:
        whole = event.stream_ended is not None
        head = request_head(event.headers, whole=whole)
        if self._leaving or len(self.streams) >= MOST_STREAMS:
            self._turn_down(event, ErrorCodes.REFUSED_STREAM)
        elif head is None:
            self._turn_down(event, ErrorCodes.PROTOCOL_ERROR)
        else:
            stream = Stream(self, event.stream_id, head)
            self.streams[stream.id] = stream
            stream.begin()

    def _turn_down(self, event: RequestReceived, code: ErrorCodes) -> None:
        self._pay(RESET_PRICE)
        with suppress(StreamClosedError):  # The client took it back already.
            self.h2.reset_stream(event.stream_id, code)

    def _take_data(self, event: DataReceived) -> None:
        size = event.flow_controlled_length
        if not event.data and event.stream_ended is None:
            self._pay(1)
        # One stream that is held up must not hold up the others.
        self._credit += size
        if self._credit > CONNECTION_WINDOW // 2:
            self.h2.increment_flow_control_window(self._credit)
            self._credit = 0
        stream = self.streams.get(event.stream_id)
        if stream is not None:
            stream.body_came(event.data, size)

    def _pay(self, price: int) -> None:
        self._patience -= price
        if self._patience < 0:
            self._refuse("the client makes work for nothing")

    def earn(self) -> None:
        """Something went out that is worth what the client spent on it."""
        self._patience = min(PATIENCE, self._patience + RESET_PRICE)

    def _refuse(self, reason: str) -> NoReturn:
        self.h2.close_connection(ErrorCodes.ENHANCE_YOUR_CALM)
        raise ProtocolError(reason)

    # --- what goes ---

    def pump(self) -> None:
        """Send what may be sent, a frame of each stream in turn."""
        if self._reading:
            return
        moving = list(self.streams.values())
        while moving and not self.clogged and not self.transport.is_closing():
            moving = [stream for stream in moving if stream.send_frame()]
            self.flush()
        self.flush()

    def flush(self) -> None:
        data = self.h2.data_to_send()
        if data and not self.transport.is_closing():
            self.transport.write(data)

    def done(self, stream: Stream) -> None:
        """The answer of a stream is sent, or will never be."""
        if self.streams.pop(stream.id, None) is None:
            return
        self.earn()
        if self._leaving and not self.streams:
            self._hang_up()

    def _hang_up(self) -> None:
        self.flush()
        self.transport.close()

    # --- what the server asks ---

    def tick(self, now: float) -> None:
        """Enforce the time-outs of the connection; calls have their own."""
        self._patience = min(PATIENCE, self._patience + PATIENCE_PER_SECOND)
        if now < self._deadline:
            return
        if self.clogged or self.transport.is_closing():
            cut(self.transport)
        elif not self.streams:
            self.wind_down()

    def wind_down(self) -> None:
        """Tell the client to go elsewhere; close once its calls are answered."""
        if not self._leaving:
            self._leaving = True
            farewell = GoAwayFrame(0)
            farewell.last_stream_id = self.h2.highest_inbound_stream_id
            self.flush()
            # h2 itself would send nothing more after it.
            self.transport.write(farewell.serialize())
        if not self.streams:
            self._hang_up()

    def abort(self) -> None:
        self.transport.abort()
