"""Certificates in expressions: the instance's sign, others are made of bytes."""

import datetime
from base64 import b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from tests.expressions.evaluating import Chance, Clock, compiled, exchange, text

from bramka.expressions import Surroundings
from bramka.expressions.surroundings import HeldCertificate

KEY = rsa.generate_private_key(65537, 2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
START = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(255)
    .not_valid_before(START)
    .not_valid_after(START + datetime.timedelta(days=1))
    .sign(KEY, hashes.SHA256())
)
AROUND = Surroundings(
    Clock(), Chance(), certificates={"signer": HeldCertificate(CERTIFICATE, KEY)}
)
DER = b64encode(CERTIFICATE.public_bytes(serialization.Encoding.DER)).decode()
PFX = b64encode(
    pkcs12.serialize_key_and_certificates(
        b"signer", KEY, CERTIFICATE, None, serialization.BestAvailableEncryption(b"pw")
    )
).decode()
SIGNED = """
    var bytes = Encoding.UTF8.GetBytes("text");
    var sha = HashAlgorithmName.SHA256;
    var how = RSASignaturePadding.Pkcs1;
    using (var key = {private}) {{
        var made = key.SignData(bytes, sha, how);
        return {public}.VerifyData(bytes, made, sha, how);
    }}
"""
HELD = 'context.Deployment.Certificates["signer"]'
READ = f'new X509Certificate2(Convert.FromBase64String("{DER}"))'
OPENED = f'new X509Certificate2(Convert.FromBase64String("{PFX}"), "pw")'


@pytest.mark.parametrize("certificate", [HELD, OPENED])
def test_a_certificate_signs_and_its_public_half_verifies(certificate: str) -> None:
    source = SIGNED.format(
        private=f"{certificate}.GetRSAPrivateKey()", public=f"{READ}.GetRSAPublicKey()"
    )
    assert compiled(source).evaluate(exchange(), AROUND) is True


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (f"{READ}.HasPrivateKey", "False"),
        (f"{READ}.GetRSAPrivateKey() == null", "True"),
        (f"{OPENED}.HasPrivateKey", "True"),
        (f"{READ}.GetNameInfo(X509NameType.SimpleName, false)", "signer"),
        (f"({OPENED}.GetRSAPrivateKey() as RSACng) == null", "False"),
        (f"object o = {OPENED}; return ((X509Certificate2)o).HasPrivateKey;", "True"),
        (f"object o = {OPENED}.GetRSAPrivateKey(); return o is RSA;", "True"),
        (f"{READ}.GetCertHash().Length", "20"),
        (f"{READ}.Thumbprint == {OPENED}.Thumbprint", "True"),
    ],
)
def test_what_a_certificate_tells(source: str, wanted: str) -> None:
    assert text(source) == wanted
