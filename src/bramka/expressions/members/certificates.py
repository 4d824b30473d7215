"""Members of X.509 certificates."""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from bramka.expressions.compiler.table import Around, Family, Inline
from bramka.expressions.members.ciphers import refused
from bramka.expressions.surroundings import HeldCertificate, Surroundings
from bramka.expressions.values.dates import UTC, DateTime, from_seconds


def certificate_of(row: Any, password: str | None = None, _: int = 0) -> Any:
    """A certificate in DER or PEM, or one with its key in PKCS #12."""
    data = bytes(row)
    try:
        if data.lstrip().startswith(b"-----"):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError:
        return _with_key(data, password)


def _with_key(data: bytes, password: str | None) -> HeldCertificate:
    secret = password.encode() if password else None
    try:
        key, found, _ = pkcs12.load_key_and_certificates(data, secret)
    except ValueError as error:
        text = "Cannot find the requested object, or the password is not correct."
        raise refused(text) from error
    if found is None:
        raise refused("Cannot find the requested object.")
    return HeldCertificate(found, key)


def simple_name(name: x509.Name) -> str:
    """The common name, or else what stands last."""
    for wanted in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME):
        found = name.get_attributes_for_oid(wanted)
        if found:
            return str(found[0].value)
    rest = list(name)
    return str(rest[-1].value) if rest else ""


def name_info(certificate: Any, kind: int, of_issuer: bool) -> str:
    """`GetNameInfo`."""
    name = certificate.issuer if of_issuer else certificate.subject
    wanted = _ALTERNATIVES.get(int(kind))
    if wanted is not None:
        for one in _alternatives(certificate, of_issuer=of_issuer):
            if isinstance(one, wanted):
                return str(one.value)
    if kind == _EMAIL:
        found = name.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
        return str(found[0].value) if found else ""
    return simple_name(name) if kind in _SIMPLE else ""


def _alternatives(certificate: Any, *, of_issuer: bool) -> list[x509.GeneralName]:
    kind: Any = x509.SubjectAlternativeName
    if of_issuer:
        kind = x509.IssuerAlternativeName
    try:
        return list(certificate.extensions.get_extension_for_class(kind).value)
    except x509.ExtensionNotFound:
        return []


_EMAIL = 1
_SIMPLE = (0, 3, 4)
_ALTERNATIVES: dict[int, Any] = {
    1: x509.RFC822Name,
    3: x509.DNSName,
    4: x509.DNSName,
    5: x509.UniformResourceIdentifier,
}
_HASHED_RSA = {
    "1.2.840.113549.1.1.5": "sha1RSA",
    "1.2.840.113549.1.1.11": "sha256RSA",
    "1.2.840.113549.1.1.12": "sha384RSA",
    "1.2.840.113549.1.1.13": "sha512RSA",
}


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


def public_bits(certificate: Any) -> bytearray:
    """The key itself, as it stands in the certificate."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        made = key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.PKCS1
        )
    else:
        made = key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    return bytearray(made)


def exported(certificate: Any, kind: int) -> bytearray:
    """`Export`: the certificate; keys stay in the gateway."""
    if kind != 1:
        raise refused("Only X509ContentType.Cert can be exported.")
    return raw(certificate)


CERTIFICATE: Family = {
    "new(byte[] rawData)": certificate_of,
    "new(byte[] rawData, string password)": certificate_of,
    "new(byte[] rawData, string password, X509KeyStorageFlags f)": certificate_of,
    "GetCertHash() -> byte[]": lambda found: bytearray(
        found.fingerprint(hashes.SHA1())  # noqa: S303  # its name
    ),
    "FriendlyName -> string": lambda _: "",
    "GetNameInfo(X509NameType nameType, bool forIssuer) -> string": name_info,
    "PublicKey -> PublicKey": lambda found: found.public_key(),
    "PrivateKey -> RSA": lambda found: _rsa(private_key(found)),
    "GetPublicKey() -> byte[]": public_bits,
    "GetPublicKeyString() -> string": lambda found: public_bits(found).hex().upper(),
    "Export(X509ContentType contentType) -> byte[]": exported,
    "SignatureAlgorithm -> Oid": Inline("$0.signature_algorithm_oid"),
    "GetSerialNumber() -> byte[]": lambda found: bytearray.fromhex(
        _even(f"{found.serial_number:X}")
    )[::-1],
    "GetRawCertDataString() -> string": lambda found: raw(found).hex().upper(),
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
    "X509Certificate2": CERTIFICATE,
    "X500DistinguishedName": {
        "Name -> string": distinguished,
        "Format(bool multiLine) -> string": lambda name, lines: distinguished(
            name
        ).replace(", ", "\r\n" if lines else ", "),
    },
    "PublicKey": {"Key -> RSA": Inline("$0"), "GetRSAPublicKey() -> RSA": Inline("$0")},
    "Oid": {
        "Value -> string": Inline("$0.dotted_string"),
        "FriendlyName -> string": lambda found: _HASHED_RSA.get(
            found.dotted_string,
            found._name,  # noqa: SLF001  # its only name
        ),
    },
}
