"""One stream of HTTP/2: to the server it looks like the transport of a connection.

What comes from the client is written as HTTP/1.1 and given to a `Connection`; what the
Connection writes is read as HTTP/1.1 and goes out as frames, as fast as the client's
windows allow.
"""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httptools
from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

from bramka.wire.connection import Connection
from bramka.wire.fields import field_of_line
from bramka.wire.frames import STREAM_WINDOW
from bramka.wire.stream_head import Head

if TYPE_CHECKING:
    from bramka.wire.http2 import Http2Connection

log = logging.getLogger(__name__)

MOST_WAITING, FEW_WAITING = 64 * 1024, 16 * 1024
"""Bytes of an answer that may wait for the client, before its source is paused."""
WORTHY_FRAME = 1024
"""Smaller frames of an answer are worth nothing, if the client's window made them so.
"""

_OF_CONNECTION = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"transfer-encoding",
        b"upgrade",
    )
)
Pairs = list[tuple[bytes, bytes]]


class Stream(asyncio.Transport):
    """One call of an HTTP/2 connection."""

    def __init__(self, front: "Http2Connection", number: int, head: Head) -> None:
        super().__init__()
        self.front = front
        self.id = number
        self._head = head
        self._connection = Connection(front.server, "https")
        self._connection.certificate = front.certificate
        self._loop = asyncio.get_running_loop()
        # What comes from the client:
        self._incoming = [head.text]
        self._size = 0
        """What the waiting pieces take of the client's window."""
        self._request_whole = False
        self._reading_paused = False
        # What goes to the client:
        self._parser = httptools.HttpResponseParser(self)
        self._fields: Pairs = []
        self._answer_head: Pairs | None = None
        """The head of the answer, until it is clear whether it is all."""
        self._trailers: Pairs | None = None
        self._out = bytearray()
        self._answer_whole = False
        self._source_paused = False
        self._over = False
        """Nothing more is sent."""

    def begin(self) -> None:
        self._connection.connection_made(self)

    # --- from the client ---

    def body_came(self, data: bytes, size: int) -> None:
        """A piece of the body; with its padding it took `size` of the window."""
        self._size += size
        if data and self._head.chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        self._incoming.append(data)

    def trailers_came(self, headers: Any) -> None:
        if self._head.chunked:
            lines = [b"%b: %b" % pair for pair in headers]
            kept = [line for line in lines if field_of_line(line) is not None]
            self._incoming.append(
                b"0\r\n%b\r\n" % b"".join(b"%b\r\n" % k for k in kept)
            )
            self._head.chunked = False

    def request_came_whole(self) -> None:
        self._request_whole = True
        if self._head.chunked:
            self._incoming.append(b"0\r\n\r\n")

    def deliver(self) -> None:
        """Give the connection what waits for it, and the client its window back."""
        if not self._incoming or self._reading_paused or self._over:
            return
        pieces, self._incoming = self._incoming, []
        if not self._request_whole and self._size > STREAM_WINDOW // 2:
            self.front.h2.increment_flow_control_window(self._size, self.id)
            self._size = 0
        self._connection.data_received(b"".join(pieces))

    def lost(self, error: Exception | None) -> None:
        """The client is gone, or took its request back."""
        self._over = True
        self._connection.connection_lost(error)

    # --- to the client: frames ---

    def send_frame(self) -> bool:
        """Send one frame, if there is something that may be sent."""
        if self._over:
            return False
        try:
            if self._answer_head is not None:
                return self._send_head(self._answer_head)
            return self._send_data() if self._out else self._send_end()
        except ProtocolError:
            # The client has just ended the stream in a way that h2 knows first.
            self._leave()
            return False

    def _send_head(self, head: Pairs) -> bool:
        self._answer_head = None
        ends = self._is_last()
        self.front.h2.send_headers(self.id, head, end_stream=ends)
        return self._ended(ends)

    def _send_data(self) -> bool:
        h2 = self.front.h2
        room = min(h2.local_flow_control_window(self.id), h2.max_outbound_frame_size)
        if room <= 0:
            return False
        piece = bytes(self._out[:room])
        del self._out[:room]
        if not self._out or len(piece) >= WORTHY_FRAME:
            self.front.earn()
        ends = self._is_last()
        h2.send_data(self.id, piece, end_stream=ends)
        self._wake_source()
        return self._ended(ends)

    def _send_end(self) -> bool:
        if self._answer_whole:
            if self._trailers is not None:
                self.front.h2.send_headers(self.id, self._trailers, end_stream=True)
            else:
                self.front.h2.end_stream(self.id)
            self._end()
        return False

    def _is_last(self) -> bool:
        return self._answer_whole and not self._out and self._trailers is None

    def _ended(self, ends: bool) -> bool:
        """Leave if that was the last frame. Whether there may be more."""
        if ends:
            self._end()
        return not ends

    def _end(self) -> None:
        if not self._request_whole:
            # The rest of the request is of no use to anybody.
            self.front.h2.reset_stream(self.id, ErrorCodes.NO_ERROR)
        self._leave()

    def _leave(self) -> None:
        self._over = True
        self.front.done(self)
        # The connection may be in the middle of writing to us.
        self._loop.call_soon(self._connection.connection_lost, None)

    def _wake_source(self) -> None:
        if self._source_paused and len(self._out) < FEW_WAITING and not self._over:
            self._source_paused = False
            self._loop.call_soon(self._connection.resume_writing)

    # --- to the client: what the connection writes, read by httptools ---

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._over or self._answer_whole:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            log.error("an answer could not be said in HTTP/2: %s", error)
            self.abort()
            return
        if len(self._out) > MOST_WAITING and not self._source_paused:
            self._source_paused = True
            self._connection.pause_writing()
        self.front.pump()

    def on_header(self, name: bytes, value: bytes) -> None:
        lower = name.lower()
        if lower not in _OF_CONNECTION:
            self._fields.append((lower, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        head, self._fields = [(b":status", b"%d" % status), *self._fields], []
        if status < 200:
            self.front.h2.send_headers(self.id, head)
            return
        self._answer_head = head
        self._answer_whole = self._head.method == b"HEAD"

    def on_body(self, data: bytes) -> None:
        if not self._answer_whole:
            self._out += data

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() >= 200:
            self._answer_whole = True
            self._trailers = self._fields or None

    # --- the rest of a transport ---

    def close(self) -> None:
        """Nothing more will be written: what was is the answer, or it broke off."""
        if not self._answer_whole:
            self.abort()

    def abort(self) -> None:
        if not self._over:
            with suppress(ProtocolError):
                self.front.h2.reset_stream(self.id, ErrorCodes.INTERNAL_ERROR)
            self._leave()
            self.front.pump()

    def is_closing(self) -> bool:
        return self._over

    def pause_reading(self) -> None:
        self._reading_paused = True

    def resume_reading(self) -> None:
        self._reading_paused = False
        self._loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        self.deliver()
        self.front.pump()

    def is_reading(self) -> bool:
        return not self._reading_paused

    def get_write_buffer_size(self) -> int:
        return len(self._out)

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """The limits are those above."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "socket":  # It belongs to all streams.
            return default
        return self.front.transport.get_extra_info(name, default)

    def __repr__(self) -> str:
        return f"<Stream {self.id}: {len(self._out)} bytes wait>"
