"""The first message of TLS, read only for the host name in it (RFC 8446, RFC 6066)."""

LONGEST_HELLO = 32 * 1024
_HANDSHAKE, _CLIENT_HELLO, _SERVER_NAME, _HOST_NAME = 22, 1, 0, 0


def server_name(data: bytes) -> str | None:
    """The host name that a ClientHello asks for; None while more of it must come.

    "" when it names none, or is not a ClientHello at all: TLS itself will say so.
    """
    try:
        hello = _message(data)
        return None if hello is None else _name_in(_Reader(hello))
    except (IndexError, UnicodeDecodeError):
        return ""


def _message(data: bytes) -> bytes | None:
    """The handshake message, put together from its records."""
    found = b""
    while True:
        if len(data) < 5:
            return None if not data or data[0] == _HANDSHAKE else b""
        if data[0] != _HANDSHAKE:
            return b""
        end = 5 + int.from_bytes(data[3:5], "big")
        found += data[5:end]
        if len(found) >= 4:
            if found[0] != _CLIENT_HELLO:
                return b""
            size = 4 + int.from_bytes(found[1:4], "big")
            if size > LONGEST_HELLO:
                return b""
            if len(found) >= size:
                return found[4:size]
        if len(data) < end or end == 5:
            return None if end > 5 else b""
        data = data[end:]


def _name_in(hello: "_Reader") -> str:
    hello.skip(2 + 32)  # version, random
    hello.block(1)  # session id
    hello.block(2)  # cipher suites
    hello.block(1)  # compression methods
    if not hello.rest():
        return ""
    extensions = _Reader(hello.block(2))
    while extensions.rest():
        kind = extensions.number(2)
        content = extensions.block(2)
        if kind == _SERVER_NAME:
            names = _Reader(_Reader(content).block(2))
            if names.number(1) == _HOST_NAME:
                return names.block(2).decode("ascii")
    return ""


class _Reader:
    """Takes a message apart from front to back; IndexError when it is too short."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def skip(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise IndexError
        piece, self._at = self._data[self._at : end], end
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.skip(size), "big")

    def block(self, size: int) -> bytes:
        """Bytes with their length in front, which itself takes `size` bytes."""
        return self.skip(self.number(size))

    def rest(self) -> bool:
        return self._at < len(self._data)
