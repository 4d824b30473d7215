"""The TLS port: looks at whom a client asks for, then lets that host's TLS begin.

The first message is looked at, not taken, while the socket is still bare. So each
host's own context does the whole handshake: its certificate, its demand for the
client's, its tickets.
"""

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Sequence
from typing import cast

from bramka.wire.client_hello import LONGEST_HELLO, server_name
from bramka.wire.connection import Connection
from bramka.wire.http2 import Http2Connection
from bramka.wire.server import Server
from bramka.wire.tls import Certificates, ClientCertificate

log = logging.getLogger(__name__)

HELLO_SECONDS = 10.0
HANDSHAKE_SECONDS = 20.0
MOST_ACCEPTED = 128
"""Connections taken in one go, so that those that are open get their turn."""
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.5
EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Doorway:
    """A listening socket for TLS; `servers` has one for each host, in their order."""

    def __init__(
        self,
        listening: socket.socket,
        certificates: Certificates,
        servers: Sequence[Server],
    ) -> None:
        self.certificates = certificates
        self.servers = servers
        self.greetings: set[_Greeting] = set()
        self._socket = listening
        self._loop = asyncio.get_running_loop()
        self._pause: asyncio.TimerHandle | None = None
        self._open()

    def _open(self) -> None:
        self._loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        for _ in range(MOST_ACCEPTED):
            try:
                accepted, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(error)
                return
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.greetings.add(_Greeting(self, accepted))

    def _rest(self, error: OSError) -> None:
        """Stop accepting for a moment: trying on at once would not help."""
        log.error("cannot accept a TLS connection: %s", error.strerror)
        if error.errno in EXHAUSTED:
            self._loop.remove_reader(self._socket)
            self._pause = self._loop.call_later(1.0, self._open)

    def welcome(self, accepted: socket.socket, name: str) -> None:
        """Begin TLS with a client that asks for `name`."""
        place = self.certificates.place_of(name) or 0
        server = self.servers[place]
        server.spawn(self._welcome(accepted, server, self.certificates.contexts[place]))

    async def _welcome(
        self, accepted: socket.socket, server: Server, context: ssl.SSLContext
    ) -> None:
        try:
            await self._loop.connect_accepted_socket(
                lambda: _Choice(server),
                accepted,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
            )
        except OSError as error:
            # The client's doing: no common version, a certificate that will not do.
            log.debug("a TLS handshake failed: %s", error)

    def close(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()
        for greeting in tuple(self.greetings):
            greeting.hang_up()


class _Greeting:
    """A client whose first message has not come whole yet."""

    def __init__(self, doorway: Doorway, accepted: socket.socket) -> None:
        self._doorway = doorway
        self._accepted = accepted
        self._loop = asyncio.get_running_loop()
        self._pause = FIRST_PAUSE
        self._next_look: asyncio.TimerHandle | None = None
        self._end = self._loop.call_later(HELLO_SECONDS, self.hang_up)
        self._loop.add_reader(accepted, self._look)

    def _look(self) -> None:
        try:
            data = self._accepted.recv(LONGEST_HELLO, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.hang_up()
            return
        name = server_name(data)
        if name is None and len(data) < LONGEST_HELLO:
            # What is there stays there, so the socket would be readable for ever.
            self._loop.remove_reader(self._accepted)
            self._next_look = self._loop.call_later(self._pause, self._look)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            return
        self._leave()
        self._doorway.welcome(self._accepted, name or "")

    def hang_up(self) -> None:
        self._leave()
        self._accepted.close()

    def _leave(self) -> None:
        self._loop.remove_reader(self._accepted)
        self._end.cancel()
        if self._next_look is not None:
            self._next_look.cancel()
        self._doorway.greetings.discard(self)


class _Choice(asyncio.Protocol):
    """Gives way to the protocol that client and server agreed on."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        session = cast("ssl.SSLObject", transport.get_extra_info("ssl_object"))
        certificate = ClientCertificate.of(session)
        protocol: Http2Connection | Connection
        if session.selected_alpn_protocol() == "h2":
            protocol = Http2Connection(self._server, certificate)
        else:
            protocol = Connection(self._server, "https")
            protocol.certificate = certificate
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
