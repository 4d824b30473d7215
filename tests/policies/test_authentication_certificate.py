"""<authentication-certificate>: the certificate that a backend is shown."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from tests.policies.telling import TELL

from bramka.domain.traffic.certificate import Certificate
from bramka.testing.playbook import Playbook, play, refusal_of

ONE = Certificate(id="one", thumbprint="AB12", chain=b"one")
TWO = Certificate(id="two", thumbprint="CD34", chain=b"two")
TABLES = {"certificates": {"one": ONE, "two": TWO}}


def policy(attributes: str) -> str:
    return f"<authentication-certificate {attributes} />"


def shown(book: Playbook) -> Certificate | None:
    dialling = book.backends.dialled[-1].dialling
    return None if dialling is None else dialling.certificate


@pytest.fixture(scope="module")
def pkcs() -> tuple[str, x509.Certificate]:
    """A PKCS #12 file in base64, with the password `open`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ada.example.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    content = pkcs12.serialize_key_and_certificates(
        b"it", key, made, None, BestAvailableEncryption(b"open")
    )
    return b64encode(content).decode(), made


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ("certificate-id='one'", ONE),
        ('certificate-id=\'@("t" + "wo")\'', TWO),
        ("thumbprint='cd:34'", TWO),
        ('thumbprint=\'@("AB" + "12")\'', ONE),
    ],
)
def test_a_certificate_of_the_instance_is_shown(
    attributes: str, found: Certificate
) -> None:
    book = play(policy(attributes), tables=TABLES).call().passes()
    assert shown(book) == found


def test_connections_with_and_without_it_are_not_shared() -> None:
    choice = """<choose><when condition='@(context.Request.Method == "POST")'>
        <authentication-certificate certificate-id='one' /></when></choose>"""
    book = play(inbound=choice, tables=TABLES).call().call("POST").call()
    assert [target.dialling is None for target in book.backends.dialled] == [
        True,
        False,
    ]


def test_a_certificate_may_be_given(pkcs: tuple[str, x509.Certificate]) -> None:
    body, made = pkcs
    book = play(policy(f"body='{body}' password='open'")).call().passes()
    found = shown(book)
    assert found is not None
    assert found.subject == "CN=ada.example.com"
    assert found.thumbprint == made.fingerprint(hashes.SHA1()).hex().upper()
    assert x509.load_pem_x509_certificate(found.chain) == made
    assert b"PRIVATE KEY" in found.key


def test_a_certificate_may_come_as_bytes(pkcs: tuple[str, x509.Certificate]) -> None:
    source = f'@(Convert.FromBase64String("{pkcs[0]}"))'
    book = play(policy(f"body='{source}' password='@(\"open\")'")).call().passes()
    assert shown(book) is not None


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ("body='{body}' password='shut'", "The certificate cannot be read"),
        ("body='!' password='open'", "The certificate"),
        (
            "certificate-id='@(\"x\")'",
            "There is no certificate with certificate-id 'x'",
        ),
    ],
)
def test_what_is_no_certificate_fails_the_call(
    pkcs: tuple[str, x509.Certificate], attributes: str, message: str
) -> None:
    document = policy(attributes.format(body=pkcs[0]))
    book = play(inbound=document, on_error=TELL).call().refused(500)
    told = book.answer.header("X-Told") or ""
    assert told.startswith(f"authentication-certificate|CertificateNotUsable|{message}")
    book.reached(0)


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ("", "needs exactly one of thumbprint, certificate-id and body"),
        ("certificate-id='one' thumbprint='AB12'", "needs exactly one of"),
        (
            "certificate-id='three'",
            "there is no certificate with certificate-id 'three'",
        ),
        ("thumbprint='EF'", "there is no certificate with thumbprint 'EF'"),
        ("certificate-id='one' password='x'", "'password' belongs to 'body'"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    attributes: str, problem: str
) -> None:
    assert problem in refusal_of(policy(attributes), tables=TABLES)
