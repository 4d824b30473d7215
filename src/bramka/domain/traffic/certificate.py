"""Certificates: what the gateway shows to backends, and what callers show to it."""

from typing import Any

from msgspec import Struct


class Certificate(Struct, frozen=True, rename="camel", kw_only=True):
    """One certificate of the instance, with its private key if it has one."""

    id: str
    subject: str = ""
    """Distinguished name, such as `CN=client.example.com`."""
    thumbprint: str = ""
    """SHA-1 of the certificate as upper-case hex digits."""
    expiration_date: float | None = None
    """Seconds since 1970 UTC."""
    chain: bytes = b""
    """The certificate and then its issuers, in PEM."""
    key: bytes = b""
    """The private key in PEM, without a passphrase."""

    def __repr__(self) -> str:
        return f"<Certificate {self.id} {self.thumbprint}>"


class ShownCertificate:
    """What a caller showed: a certificate as it was read, and its standing."""

    __slots__ = ("_read", "is_trusted")

    def __init__(self, read: Any, *, is_trusted: bool) -> None:
        self._read = read
        self.is_trusted = is_trusted
        """Whether it leads to a certificate that this gateway trusts."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read, name)
