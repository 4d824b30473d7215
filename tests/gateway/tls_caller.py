"""A caller over TLS that connects to this machine, whatever name it asks for."""

import socket
import ssl
from http.client import HTTPSConnection
from typing import NamedTuple


class Told(NamedTuple):
    """An answer, read whole."""

    status: int
    reason: str
    body: bytes
    seen: str
    """The field Seen."""


class Caller(HTTPSConnection):
    """One connection; `host` is the name it asks for."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=90, context=context)
        self.context = context

    def connect(self) -> None:
        bare = socket.create_connection(("127.0.0.1", self.port), timeout=90)
        try:
            self.sock = self.context.wrap_socket(bare, server_hostname=self.host)
        except OSError:
            bare.close()
            raise

    def ask(self, path: str, named: str = "") -> Told:
        """The answer to a GET; `named` is what the Host field says instead."""
        self.request("GET", path, headers={"Host": named or self.host})
        answer = self.getresponse()
        seen = answer.headers.get("Seen", "")
        return Told(answer.status, answer.reason, answer.read(), seen)

    @property
    def session(self) -> ssl.SSLSocket:
        assert isinstance(self.sock, ssl.SSLSocket), "it is connected"
        return self.sock

    @property
    def serial(self) -> object:
        """The number of the server's certificate."""
        shown = self.session.getpeercert()
        assert shown is not None, "the server showed a certificate"
        return shown["serialNumber"]
