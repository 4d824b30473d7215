"""A certificate: what the gateway shows to backends that ask who calls."""

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
