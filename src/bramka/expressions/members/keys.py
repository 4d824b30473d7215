"""Members of RSA keys and X.509 certificates."""

from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa

from bramka.expressions.compiler.table import Around, Family, Fixed, Inline
from bramka.expressions.members.ciphers import refused
from bramka.expressions.members.crypto import dispose
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.dates import UTC, DateTime, from_seconds

_HASHES: dict[str, Any] = {
    "SHA1": hashes.SHA1(),  # noqa: S303  # old partners still sign with it
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}


def _private(key: Any) -> Any:
    if not isinstance(key, rsa.RSAPrivateKey):
        raise refused("The key has no private part.")
    return key


def _public(key: Any) -> Any:
    return key.public_key() if isinstance(key, rsa.RSAPrivateKey) else key


def _pss(name: str, algorithm: str) -> Any:
    if name != "Pss":
        return rsa_padding.PKCS1v15()
    made = _HASHES[algorithm]
    return rsa_padding.PSS(rsa_padding.MGF1(made), made.digest_size)


def sign(key: Any, row: Any, algorithm: str, pad: str) -> bytearray:
    """`SignData`."""
    made = _private(key).sign(bytes(row), _pss(pad, algorithm), _HASHES[algorithm])
    return bytearray(made)


def verify(key: Any, row: Any, signature: Any, algorithm: str, pad: str) -> bool:
    """`VerifyData`."""
    try:
        _public(key).verify(
            bytes(signature), bytes(row), _pss(pad, algorithm), _HASHES[algorithm]
        )
    except InvalidSignature:
        return False
    return True


def _encryption_padding(name: str) -> Any:
    if name == "Pkcs1":
        return rsa_padding.PKCS1v15()
    made = _HASHES[name.removeprefix("Oaep")]
    return rsa_padding.OAEP(rsa_padding.MGF1(made), made, None)


def rsa_encrypt(key: Any, row: Any, pad: str) -> bytearray:
    try:
        return bytearray(_public(key).encrypt(bytes(row), _encryption_padding(pad)))
    except ValueError as error:
        raise refused(str(error)) from error


def rsa_decrypt(key: Any, row: Any, pad: str) -> bytearray:
    try:
        return bytearray(_private(key).decrypt(bytes(row), _encryption_padding(pad)))
    except ValueError as error:
        raise refused("The data cannot be decrypted with this key.") from error


RSA: Family = {
    "SignData(byte[] data, HashAlgorithmName hash, RSASignaturePadding padding) "
    "-> byte[]": sign,
    "VerifyData(byte[] data, byte[] signature, HashAlgorithmName hash, "
    "RSASignaturePadding padding) -> bool": verify,
    "Encrypt(byte[] data, RSAEncryptionPadding padding) -> byte[]": rsa_encrypt,
    "Decrypt(byte[] data, RSAEncryptionPadding padding) -> byte[]": rsa_decrypt,
    "KeySize -> int": Inline("$0.key_size"),
    "Dispose() -> void": dispose,
}


def certificate_of(row: Any) -> x509.Certificate:
    """A certificate in DER or PEM."""
    data = bytes(row)
    try:
        if data.lstrip().startswith(b"-----"):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise refused("Cannot find the requested object.") from error


def thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303  # its name


def distinguished(name: x509.Name) -> str:
    """A name as Windows writes it: `CN=a, O=b`."""
    return ", ".join(part.rfc4514_string() for part in reversed(list(name.rdns)))


def _stamp(moment: Any) -> DateTime:
    return from_seconds(moment.timestamp(), UTC)


def verified(around: Surroundings, certificate: x509.Certificate) -> bool:
    """`Verify()`: whether it is valid now, and leads to one that the gateway trusts."""
    begins = certificate.not_valid_before_utc.timestamp()
    ends = certificate.not_valid_after_utc.timestamp()
    if not begins <= around.clock.now() <= ends:
        return False
    return getattr(certificate, "is_trusted", False) or around.trusts(certificate)


def private_key(certificate: Any) -> Any:
    """The private key, where the gateway was given one with the certificate."""
    return getattr(certificate, "private_key", None)


def raw(certificate: x509.Certificate) -> bytearray:
    return bytearray(certificate.public_bytes(serialization.Encoding.DER))


CERTIFICATE: Family = {
    "new(byte[] rawData)": certificate_of,
    "Thumbprint -> string": thumbprint,
    "Subject -> string": lambda found: distinguished(found.subject),
    "Issuer -> string": lambda found: distinguished(found.issuer),
    "SubjectName -> X500DistinguishedName": Inline("$0.subject"),
    "IssuerName -> X500DistinguishedName": Inline("$0.issuer"),
    "SerialNumber -> string": lambda found: _even(f"{found.serial_number:X}"),
    "NotBefore -> DateTime": lambda found: _stamp(found.not_valid_before_utc),
    "NotAfter -> DateTime": lambda found: _stamp(found.not_valid_after_utc),
    "Version -> int": lambda found: found.version.value + 1,
    "HasPrivateKey -> bool": lambda found: private_key(found) is not None,
    "RawData -> byte[]": raw,
    "GetRawCertData() -> byte[]": raw,
    "GetCertHashString() -> string": thumbprint,
    "GetSerialNumberString() -> string": lambda found: _even(
        f"{found.serial_number:X}"
    ),
    "GetEffectiveDateString() -> string": lambda found: _stamp(
        found.not_valid_before_utc
    ).text(),
    "GetExpirationDateString() -> string": lambda found: _stamp(
        found.not_valid_after_utc
    ).text(),
    "GetRSAPublicKey() -> RSA": lambda found: _rsa(found.public_key()),
    "GetRSAPrivateKey() -> RSA": lambda found: _rsa(private_key(found)),
    "Verify() -> bool": Around(verified),
    "VerifyNoRevocation() -> bool": Around(verified),
}


def _even(digits: str) -> str:
    return digits.zfill(len(digits) + len(digits) % 2)


def _rsa(key: Any) -> Any:
    return key if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey) else None


FAMILIES: dict[str, Family] = {
    "AsymmetricAlgorithm": {},
    "RSA": RSA,
    "HashAlgorithmName": {
        f"static {name} -> HashAlgorithmName": Fixed(name) for name in _HASHES
    },
    "RSASignaturePadding": {
        f"static {name} -> RSASignaturePadding": Fixed(name)
        for name in ("Pkcs1", "Pss")
    },
    "RSAEncryptionPadding": {
        f"static {name} -> RSAEncryptionPadding": Fixed(name)
        for name in ("Pkcs1", "OaepSHA1", "OaepSHA256", "OaepSHA384", "OaepSHA512")
    },
    "X509Certificate2": CERTIFICATE,
    "X500DistinguishedName": {"Name -> string": distinguished},
}
