"""TLS towards clients: certificates by host name, read anew without a pause.

Each host has a context of its own. A session ticket of one host is worth nothing at
another, so a client cannot get past a demand for its certificate by resuming.
"""

import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.traffic.certificate import ShownCertificate

PROTOCOLS = ("h2", "http/1.1")
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: forward secrecy and authenticated encryption only."""

Negotiation = Literal["no", "optional", "required", "any"]
Stamp = tuple[int, int, int] | None


class TlsHost(Struct, frozen=True, kw_only=True):
    """Host names that share a certificate, and what is asked of their clients."""

    names: tuple[str, ...]
    """`*.example.com` stands for any one word in front of `.example.com`."""
    certificate: Path
    """PEM: the certificate, then those between it and its root."""
    key: Path
    client_ca: Path | None = None
    """PEM: who may sign certificates of clients; None: those of the instance are
    trusted, and whom they signed."""
    negotiate: Negotiation = "no"
    """Whether clients are asked for a certificate; `any` takes one unseen."""

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
        self._trusted: frozenset[x509.Certificate] = frozenset()
        """Certificates of the instance."""
        self.contexts: tuple[ssl.SSLContext, ...] = ()
        self.load()

    def load(self) -> None:
        """Read all files anew; Invalid tells what is wrong and leaves what was there.

        Connections keep what they began with.
        """
        self._stamps = self._stamps_now()
        self.contexts = tuple(_context_of(host, self._trusted) for host in self.hosts)

    def trust(self, certificates: Iterable[x509.Certificate]) -> None:
        """Trust these of the instance from now on; Invalid as of `load`."""
        trusted = frozenset(certificates)
        if trusted != self._trusted:
            self._trusted = trusted
            if any(host.negotiate != "no" for host in self.hosts):
                self.load()

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

    def keeps_apart(self, place: int, other: int | None) -> bool:
        """Whether who came in at `other` may not call the host at `place`.

        What a client showed, or need not show, holds for the host it asked for.
        """
        if place == other:
            return False
        asked = other is not None and self.hosts[other].negotiate != "no"
        return asked or self.hosts[place].negotiate == "required"

    def _stamps_now(self) -> list[Stamp]:
        return [_stamp(file) for host in self.hosts for file in host.files()]

    def __repr__(self) -> str:
        names = [name for host in self.hosts for name in host.names]
        return f"<Certificates: {', '.join(names)}>"


class ClientCertificate:
    """What a client showed of itself; taken apart when somebody asks."""

    def __init__(self, der: bytes, *, is_trusted: bool) -> None:
        self._der = der
        self._is_trusted = is_trusted
        self._parsed: ShownCertificate | None = None

    def __call__(self) -> ShownCertificate:
        if self._parsed is None:
            parsed = x509.load_der_x509_certificate(self._der)
            self._parsed = ShownCertificate(parsed, is_trusted=self._is_trusted)
        return self._parsed

    @staticmethod
    def of(connection: "ssl.SSLObject | ssl.SSLSocket") -> "ClientCertificate | None":
        """The certificate of the client at the other end; None when it has none."""
        der = connection.getpeercert(binary_form=True)
        if der is None:
            return None
        # Python's ssl shows no certificate that it has not verified.
        is_trusted = getattr(connection, "is_trusted", True)
        return ClientCertificate(der, is_trusted=is_trusted)


def _context_of(host: TlsHost, trusted: Iterable[x509.Certificate]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(list(PROTOCOLS))
    _load_certificate(context, host)
    if host.negotiate == "any":
        return _unverified(host, trusted)
    if host.negotiate != "no":
        required = host.negotiate == "required"
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        if host.client_ca is None:
            _load_trusted(context, trusted)
        else:
            _load_client_ca(context, host)
    return context


def _unverified(host: TlsHost, trusted: Iterable[x509.Certificate]) -> ssl.SSLContext:
    # Most gateways have no such host.
    from bramka.wire.unverified import unverified_context  # noqa: PLC0415

    named: list[x509.Certificate] = []
    if host.client_ca is not None:
        try:
            named = x509.load_pem_x509_certificates(host.client_ca.read_bytes())
        except (OSError, ValueError):
            _refuse(host, f"{host.client_ca} holds no certificates in PEM")
    return unverified_context(
        host.certificate,
        host.key,
        ciphers=CIPHERS,
        protocols=PROTOCOLS,
        trusted=[*named, *trusted],
    )


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


def _load_trusted(context: ssl.SSLContext, trusted: Iterable[x509.Certificate]) -> None:
    # One that another authority signed is trusted all the same.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for one in trusted:
        context.load_verify_locations(cadata=one.public_bytes(Encoding.DER))


def _load_client_ca(context: ssl.SSLContext, host: TlsHost) -> None:
    try:
        context.load_verify_locations(cafile=host.client_ca)
    except OSError:  # ssl.SSLError is one
        _refuse(host, f"{host.client_ca} holds no certificates in PEM")


def _refuse(host: TlsHost, reason: str) -> NoReturn:
    raise Invalid(f"TLS of {', '.join(host.names)}: {reason}", target="tls")


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
