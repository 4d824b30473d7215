"""TLS towards clients: certificates by host name, read anew without a pause.

Each host has a context of its own. A session ticket of one host is worth nothing at
another, so a client cannot get past a demand for its certificate by resuming.
"""

import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NoReturn

from cryptography import x509
from msgspec import Struct

from bramka.domain.errors import Invalid

PROTOCOLS = ("h2", "http/1.1")
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: forward secrecy and authenticated encryption only."""

Negotiation = Literal["no", "optional", "required"]
Stamp = tuple[int, int, int] | None


class TlsHost(Struct, frozen=True, kw_only=True):
    """Host names that share a certificate, and what is asked of their clients."""

    names: tuple[str, ...]
    """`*.example.com` stands for any one word in front of `.example.com`."""
    certificate: Path
    """PEM: the certificate, then those between it and its root."""
    key: Path
    client_ca: Path | None = None
    """PEM: who may sign certificates of clients."""
    negotiate: Negotiation = "no"
    """Whether clients are asked for a certificate."""

    def files(self) -> Iterator[Path]:
        yield self.certificate
        yield self.key
        if self.client_ca is not None:
            yield self.client_ca


class Certificates:
    """The TLS contexts of all hosts."""

    def __init__(self, hosts: Iterable[TlsHost]) -> None:
        self.hosts = tuple(hosts)
        self._places: dict[str, int] = {}
        for place, host in enumerate(self.hosts):
            for name in host.names:
                if self._places.setdefault(name.lower(), place) != place:
                    raise Invalid(
                        f"two TLS hosts are named '{name}'; a name has one certificate",
                        target="tls",
                    )
        self._stamps: list[Stamp] = []
        self.contexts: tuple[ssl.SSLContext, ...] = ()
        self.load()

    def load(self) -> None:
        """Read all files anew; Invalid tells what is wrong and leaves what was there.

        Connections keep what they began with.
        """
        self._stamps = self._stamps_now()
        self.contexts = tuple(_context_of(host) for host in self.hosts)

    def changed(self) -> bool:
        """Whether a file is another than when it was read."""
        return self._stamps != self._stamps_now()

    def place_of(self, name: str) -> int | None:
        """Which host a name belongs to; None when it is nobody's."""
        name = name.lower().removesuffix(".")
        place = self._places.get(name)
        if place is None:
            place = self._places.get("*." + name.partition(".")[2])
        return place

    def demands_certificate(self, place: int) -> bool:
        return self.hosts[place].negotiate == "required"

    def _stamps_now(self) -> list[Stamp]:
        return [_stamp(file) for host in self.hosts for file in host.files()]

    def __repr__(self) -> str:
        names = [name for host in self.hosts for name in host.names]
        return f"<Certificates: {', '.join(names)}>"


class ClientCertificate:
    """What a client showed of itself; taken apart when somebody asks."""

    def __init__(self, der: bytes) -> None:
        self._der = der
        self._parsed: x509.Certificate | None = None

    def __call__(self) -> x509.Certificate:
        if self._parsed is None:
            self._parsed = x509.load_der_x509_certificate(self._der)
        return self._parsed

    @staticmethod
    def of(connection: "ssl.SSLObject | ssl.SSLSocket") -> "ClientCertificate | None":
        """The certificate of the client at the other end; None when it has none."""
        der = connection.getpeercert(binary_form=True)
        return None if der is None else ClientCertificate(der)


def _context_of(host: TlsHost) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(list(PROTOCOLS))
    _load_certificate(context, host)
    if host.negotiate != "no":
        _load_client_ca(context, host)
    return context


def _load_certificate(context: ssl.SSLContext, host: TlsHost) -> None:
    for file in host.files():
        if not file.is_file():
            _refuse(host, f"{file} is not there or not a file")

    def no_password() -> NoReturn:
        _refuse(host, f"{host.key} is locked with a password; give one without")

    try:
        context.load_cert_chain(host.certificate, host.key, password=no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            _refuse(host, f"{host.key} is not the key of {host.certificate}")
        _refuse(
            host,
            f"{host.certificate} and {host.key} are not a certificate and its key in "
            f"PEM ({error.reason or 'unreadable'})",
        )
    except OSError as error:
        _refuse(
            host,
            f"{host.certificate} or {host.key} cannot be read ({error.strerror})",
        )


def _load_client_ca(context: ssl.SSLContext, host: TlsHost) -> None:
    if host.client_ca is None:
        _refuse(host, "clients are asked for a certificate, so client_ca must be set")
    try:
        context.load_verify_locations(cafile=host.client_ca)
    except OSError:  # ssl.SSLError is one
        _refuse(host, f"{host.client_ca} holds no certificates in PEM")
    required = host.negotiate == "required"
    context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL


def _refuse(host: TlsHost, reason: str) -> NoReturn:
    raise Invalid(f"TLS of {', '.join(host.names)}: {reason}", target="tls")


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
