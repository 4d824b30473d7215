"""h2 as the server wants it: its settings, its limits, and how it takes a farewell."""

from collections.abc import Iterable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, Event
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings
from hpack import Decoder, HeaderTuple, HPACKError, OversizedHeaderListError
from hyperframe.frame import Frame, GoAwayFrame

MOST_STREAMS = 100
MOST_TOLD = 10 * MOST_STREAMS
"""Calls at once at which h2 ends the connection; those before are refused one by one.
"""
STREAM_WINDOW = 128 * 1024
"""Bytes of a body that may wait for whoever takes it."""


class _Undecodable(ProtocolError):
    """A head that cannot be decompressed, and with it none that follows."""

    error_code = ErrorCodes.COMPRESSION_ERROR


class _Unpacker(Decoder):
    """Calls such a head by its name (RFC 9113, 4.3); for h2 it is any other error."""

    def decode(self, data: bytes, raw: bool = False) -> Iterable[HeaderTuple]:
        try:
            return super().decode(data, raw)
        except OversizedHeaderListError:
            raise
        except HPACKError as error:
            raise _Undecodable(f"a head cannot be decompressed: {error}") from error


class ServerH2(H2Connection):
    """The server's side of a connection.

    A client that says farewell still wants the answers to its calls (RFC 9113, 6.8);
    h2 itself would let nothing more be sent.
    """

    def __init__(self, config: H2Configuration) -> None:
        super().__init__(config)
        unpacker = _Unpacker()
        unpacker.max_header_list_size = self.decoder.max_header_list_size
        self.decoder = unpacker

    def _receive_goaway_frame(
        self, frame: GoAwayFrame
    ) -> tuple[list[Frame], list[Event]]:
        farewell = ConnectionTerminated()
        farewell.error_code = ErrorCodes.NO_ERROR
        if frame.error_code:
            farewell.error_code = ErrorCodes.PROTOCOL_ERROR
        return [], [farewell]


def server_side(head_bytes: int) -> H2Connection:
    """A connection that has its first frames ready to be sent."""
    h2 = ServerH2(
        H2Configuration(
            client_side=False,
            header_encoding=None,
            # What we send was checked when we read it.
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
    )
    settings = {
        SettingCodes.MAX_CONCURRENT_STREAMS: MOST_STREAMS,
        SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW,
        SettingCodes.MAX_HEADER_LIST_SIZE: head_bytes,
        SettingCodes.ENABLE_CONNECT_PROTOCOL: 0,
    }
    h2.local_settings = Settings(client=False, initial_values=settings)
    h2.initiate_connection()
    # A client may ask more before it reads ours: one call too many ends no other.
    settings[SettingCodes.MAX_CONCURRENT_STREAMS] = MOST_TOLD
    h2.local_settings = Settings(client=False, initial_values=settings)
    return h2
