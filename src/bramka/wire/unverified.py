"""TLS that asks clients for a certificate and takes whichever they show.

Python's ssl refuses in the handshake what it cannot verify, so these handshakes are
pyOpenSSL's, behind the face of an ssl context: asyncio and uvloop need only `wrap_bio`.
Whether a certificate leads to one that is trusted is noted, for policies to judge.
"""

import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL, crypto

T = TypeVar("T")
MOST_READ = 16 * 1024
"""The longest record of TLS."""
_OF_TIME = frozenset((9, 10))
"""X509_V_ERR_CERT_NOT_YET_VALID and …_HAS_EXPIRED: policies look at the dates."""


class UnverifiedContext(ssl.SSLContext):
    """Makes the server's end of such connections."""

    inner: SSL.Context

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = True,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        del server_side, server_hostname, session
        return UnverifiedSession(SSL.Connection(self.inner), incoming, outgoing)


def unverified_context(
    certificate: Path,
    key: Path,
    *,
    ciphers: str,
    protocols: Sequence[str],
    trusted: Sequence[x509.Certificate],
) -> UnverifiedContext:
    """A context with this certificate, whose files were found to be right."""
    inner = SSL.Context(SSL.TLS_SERVER_METHOD)
    inner.set_min_proto_version(SSL.TLS1_2_VERSION)
    inner.set_cipher_list(ciphers.encode())
    # The number is OpenSSL's own; pyOpenSSL has no name for it.
    inner.set_options(SSL.OP_CIPHER_SERVER_PREFERENCE | int(ssl.OP_NO_RENEGOTIATION))
    # A session that is resumed would not say whether its certificate was trusted.
    inner.set_options(SSL.OP_NO_TICKET)
    inner.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    inner.use_certificate_chain_file(certificate)
    inner.use_privatekey_file(key)
    inner.set_alpn_select_callback(_chooser([name.encode() for name in protocols]))
    inner.set_verify(SSL.VERIFY_PEER, _note)
    store = inner.get_cert_store()
    assert store is not None, "every context has one"
    store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
    for one in trusted:
        store.add_cert(crypto.X509.from_cryptography(one))
    context = UnverifiedContext(ssl.PROTOCOL_TLS_SERVER)
    context.inner = inner
    return context


def _chooser(ours: list[bytes]) -> Callable[[SSL.Connection, list[bytes]], Any]:
    def choose(_: SSL.Connection, theirs: list[bytes]) -> Any:
        return next((p for p in ours if p in theirs), SSL.NO_OVERLAPPING_PROTOCOLS)

    return choose


def _note(
    connection: SSL.Connection, _: object, problem: int, _depth: int, fine: int
) -> bool:
    """Note what OpenSSL finds about one certificate of the chain, and go on."""
    if not fine and problem not in _OF_TIME:
        connection.set_app_data(problem)
    return True


class UnverifiedSession(ssl.SSLObject):
    """One connection, as asyncio and uvloop use it."""

    def __init__(
        self,
        inner: SSL.Connection,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
    ) -> None:
        self._inner = inner
        self._incoming = incoming
        self._outgoing = outgoing
        self._more = False
        """There may be more to read without anything coming."""
        inner.set_accept_state()

    @property
    def is_trusted(self) -> bool:
        """Whether the client's certificate leads to a trusted one."""
        return self._inner.get_app_data() is None

    def do_handshake(self) -> None:
        self._do(self._inner.do_handshake)

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 as there
        assert buffer is None, "our protocols take bytes"
        return self._do(lambda: self._read(len))

    def _read(self, size: int) -> bytes:
        pieces: list[bytes] = []
        try:
            while size > 0:
                pieces.append(self._inner.recv(min(size, MOST_READ)))
                size -= len(pieces[-1])
        except SSL.ZeroReturnError:
            pass  # The client said that no more will come.
        except SSL.WantReadError:
            if not pieces:
                raise
        self._more = size <= 0
        return b"".join(pieces)

    def write(self, data: Any) -> int:
        return self._do(lambda: self._inner.send(data))

    def pending(self) -> int:
        return self._inner.pending() or int(self._more)

    def unwrap(self) -> Any:
        if not self._do(self._inner.shutdown):
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the client is not yet")

    def _do(self, work: Callable[[], T]) -> T:
        """Do `work` with what came, and pass on what it wants sent."""
        if data := self._incoming.read():
            self._inner.bio_write(data)
        elif self._incoming.eof:
            self._inner.bio_shutdown()
        try:
            return work()
        except SSL.WantReadError:
            raise ssl.SSLWantReadError(
                ssl.SSL_ERROR_WANT_READ, "more has to come"
            ) from None
        except SSL.Error as error:
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, f"TLS failed: {error}") from error
        finally:
            self._send()

    def _send(self) -> None:
        while True:
            try:
                self._outgoing.write(self._inner.bio_read(4 * MOST_READ))
            except SSL.WantReadError:
                return

    def getpeercert(self, binary_form: bool = False) -> Any:
        shown = self._inner.get_peer_certificate(as_cryptography=True)
        if shown is None:
            return None
        return shown.public_bytes(Encoding.DER) if binary_form else {}

    def selected_alpn_protocol(self) -> str | None:
        return self._inner.get_alpn_proto_negotiated().decode() or None

    def version(self) -> str | None:
        return self._inner.get_protocol_version_name()

    def cipher(self) -> tuple[str, str, int] | None:
        name, bits = self._inner.get_cipher_name(), self._inner.get_cipher_bits()
        if name is None or bits is None:
            return None
        return name, self._inner.get_cipher_version() or "", bits

    def compression(self) -> str | None:
        return None
