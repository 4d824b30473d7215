"""<validate-client-certificate>: who shows which certificate."""

import itertools
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.policies.telling import TELL

from bramka.domain.traffic.certificate import Certificate
from bramka.testing.playbook import Playbook, play, refusal_of

BEGIN, END = datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def made(common: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    alternatives = x509.SubjectAlternativeName([x509.DNSName(f"{common}.test")])
    return (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(name(issuer))
        .public_key(KEY.public_key())
        .serial_number(0xAB12)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(alternatives, critical=False)
        .sign(key, hashes.SHA256())
    )


def kept(key: str, certificate: x509.Certificate) -> Certificate:
    return Certificate(
        id=key,
        thumbprint=certificate.fingerprint(hashes.SHA1()).hex(),
        chain=certificate.public_bytes(Encoding.PEM),
    )


AUTHORITY = made("ca", "ca", KEY)
CLIENT = made("client", "ca", KEY)
FORGED = made("client", "ca", OTHER_KEY)
PRINT = CLIENT.fingerprint(hashes.SHA1()).hex()
TABLES = {"certificates": {"ca": kept("ca", AUTHORITY)}}
CA_PRINT = TABLES["certificates"]["ca"].thumbprint


def policy(identities: str = "", more: str = "") -> str:
    inside = f"<identities>{identities}</identities>" if identities else ""
    return f"<validate-client-certificate {more}>{inside}</validate-client-certificate>"


def called(
    document: str, shown: x509.Certificate | None = CLIENT, outbound: str = ""
) -> Playbook:
    book = play(inbound=document, outbound=outbound, on_error=TELL, tables=TABLES)
    book.certificate = shown
    return book.call()


def told(book: Playbook) -> str:
    return (book.answer.header("X-Told") or "").split("|")[1]


def test_a_certificate_has_to_be_shown() -> None:
    called(policy()).passes()
    book = called(policy(), None)
    book.answered('{ "statusCode": 403, "message": "Invalid client certificate" }', 403)
    assert told(book) == "ClientCertificateNotPresent"
    book.reached(0)


def test_it_has_to_lead_to_a_trusted_one_unless_that_does_not_matter() -> None:
    book = play(inbound=policy(), on_error=TELL)
    book.certificate, book.trusts = CLIENT, False
    assert told(book.call().refused(403)) == "ClientCertificateNotTrusted"
    book = play(inbound=policy(more="validate-trust='false'"))
    book.certificate, book.trusts = CLIENT, False
    book.call().passes()


def test_it_has_to_be_valid_now_unless_that_does_not_matter() -> None:
    book = play(inbound=policy(), on_error=TELL)
    book.certificate = CLIENT
    book.clock.set(END.timestamp() + 1)
    assert told(book.call().refused(403)) == "ClientCertificateExpired"
    book.clock.set(BEGIN.timestamp() - 1)
    assert told(book.call().refused(403)) == "ClientCertificateNotYetValid"
    more = "validate-not-before='false' validate-not-after='false'"
    book = play(inbound=policy(more=more))
    book.certificate = CLIENT
    book.clock.set(END.timestamp() + 1)
    book.call().passes()
    book.clock.set(BEGIN.timestamp() - 1)
    book.call().passes()


@pytest.mark.parametrize(
    ("attributes", "fits"),
    [
        (f"thumbprint='{PRINT}'", True),
        ("thumbprint='AB12'", False),
        ("serial-number='ab:12'", True),
        ("serial-number='ab13'", False),
        ("common-name='client'", True),
        ("common-name='Client'", False),
        ("subject='CN=client, O=Example'", True),
        ("subject='O=Example,CN=client'", True),
        ("subject='CN=client'", False),
        ("dns-name='CLIENT.test'", True),
        ("dns-name='other.test'", False),
        ("issuer-subject='CN=ca, O=Example'", True),
        ("issuer-subject='CN=client, O=Example'", False),
        (f"issuer-thumbprint='{CA_PRINT.upper()}'", True),
        ("issuer-thumbprint='00'", False),
        ("issuer-certificate-id='ca'", True),
        (f"thumbprint='{PRINT}' common-name='else'", False),
    ],
    # Prints of certificates made here differ from run to run; names may not.
    ids=itertools.count(),
)
def test_an_identity_has_to_match_in_all_that_is_said(
    attributes: str, fits: bool
) -> None:
    book = called(policy(f"<identity {attributes} />"))
    if fits:
        book.passes()
    else:
        assert told(book.refused(403)) == "ClientCertificateIdentityNotMatched"


def test_any_of_the_identities_will_do() -> None:
    both = "<identity common-name='else' /><identity common-name='client' />"
    called(policy(both)).passes()


@pytest.mark.parametrize(
    "attributes",
    ["issuer-certificate-id='ca'", f"issuer-thumbprint='{CA_PRINT}'"],
    ids=("certificate", "thumbprint"),
)
def test_an_issuer_has_to_have_signed_not_only_be_named(attributes: str) -> None:
    called(policy(f"<identity {attributes} />"), FORGED).refused(403)


def test_what_is_wrong_may_only_be_noted() -> None:
    show = """<set-header name='X-Reason'><value>@(context.LastError.Reason)</value>
        </set-header>"""
    book = called(policy(more="ignore-error='true'"), None, show).passes()
    assert book.answer.header("X-Reason") == "ClientCertificateNotPresent"


def test_trust_and_revocation_may_be_written_and_change_nothing() -> None:
    more = "validate-trust='false' validate-revocation='false'"
    called(policy(more=more)).passes()
    called(policy(more=more), None).refused(403)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (policy("<identity />"), "needs at least one attribute"),
        (policy("<identity common-name='a' />" * 11), "more than 10 identities"),
        (
            policy("<identity issuer-certificate-id='x' />"),
            "there is no certificate 'x'",
        ),
        (policy("<identity name='a' />"), "has no attribute 'name'"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    document: str, problem: str
) -> None:
    assert problem in refusal_of(document)
