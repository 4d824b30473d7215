"""Certificates that the gateway shows to backends: found by id, by print, or given."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from datetime import UTC
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from msgspec import structs

from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import Site, Source
from bramka.domain.traffic.step import StepFailure

Find = Callable[[Exchange], Certificate]


def by_id(site: Site, source: Source) -> Find:
    """The instance's certificate of that id."""
    return _in_table(site, source, "certificate-id", dict(site.table("certificates")))


def by_thumbprint(site: Site, source: Source) -> Find:
    """The instance's certificate with that SHA-1 print."""
    table = {
        plain_print(one.thumbprint): one for one in site.table("certificates").values()
    }
    return _in_table(site, source, "thumbprint", table, plain_print)


def plain_print(text: str) -> str:
    """A print as upper-case hex digits, however it was written."""
    return "".join(one for one in text.upper() if one in "0123456789ABCDEF")


def _in_table(
    site: Site,
    source: Source,
    name: str,
    table: dict[str, Certificate],
    clean: Callable[[str], str] = str.strip,
) -> Find:
    constant = source.constant
    if constant is not None and clean(constant) not in table:
        site.refuse(f"there is no certificate with {name} '{constant}'", source.place)

    def find(exchange: Exchange) -> Certificate:
        text = source.text(exchange)
        found = table.get(clean(text))
        if found is None:
            raise _failure(f"There is no certificate with {name} '{text}'.")
        return found

    return find


def given(body: Source, password: Source | None) -> Find:
    """The certificate in a PKCS #12 body, as bytes or as base64."""

    def find(exchange: Exchange) -> Certificate:
        value: object = body.evaluate(exchange)
        if isinstance(value, bytes | bytearray):
            content = bytes(value)
        else:
            try:
                content = b64decode(str(value), validate=False)
            except (NotBase64, ValueError):
                raise _failure("The certificate's body is not base64.") from None
        phrase = None if password is None else password.text(exchange)
        return read_pkcs12(content, phrase)

    return find


@lru_cache(maxsize=64)
def read_pkcs12(content: bytes, password: str | None) -> Certificate:
    """The certificate and key in a PKCS #12 file; StepFailure when it is none."""
    try:
        phrase = None if password is None else password.encode()
        found = pkcs12.load_pkcs12(content, phrase)
    except (ValueError, TypeError):
        message = "The certificate cannot be read: it is not PKCS #12, or the password"
        raise _failure(f"{message} is wrong.") from None
    if found.cert is None or found.key is None:
        raise _failure("The certificate's body needs a certificate and its key.")
    chain = [found.cert, *found.additional_certs]
    first = found.cert.certificate
    return Certificate(
        id="",
        subject=first.subject.rfc4514_string(),
        thumbprint=first.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 a name, no proof
        expiration_date=first.not_valid_after_utc.astimezone(UTC).timestamp(),
        chain=b"".join(one.certificate.public_bytes(Encoding.PEM) for one in chain),
        key=found.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def showing(before: Dialling | None, certificate: Certificate) -> Dialling:
    """Dialling as before, and with this certificate."""
    return structs.replace(before or Dialling(), certificate=certificate)


def _failure(message: str) -> StepFailure:
    return StepFailure("", "CertificateNotUsable", message)
