"""Members of AES, RSA and X.509 certificates."""

from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bramka.expressions.compiler.table import Around, Family, Fixed, Inline
from bramka.expressions.failures import Thrown
from bramka.expressions.members.crypto import dispose
from bramka.expressions.meter import room_for_bytes
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.dates import UTC, DateTime, from_seconds

CBC, ECB = 1, 2
NO_PADDING, PKCS7, ZEROS = 1, 2, 3


def _refused(text: str) -> Thrown:
    return Thrown("CryptographicException", text)


class Symmetric:
    """AES with its key, vector, mode and padding."""

    __slots__ = ("iv", "key", "mode", "padding")

    def __init__(self, key: bytes = b"", iv: bytes = b"") -> None:
        self.key = key
        self.iv = iv
        self.mode = CBC
        self.padding = PKCS7

    def cipher(self) -> Any:
        if len(self.key) not in (16, 24, 32):
            raise _refused("Specified key is not a valid size for this algorithm.")
        if self.mode == ECB:
            return Cipher(algorithms.AES(self.key), modes.ECB())  # noqa: S305  # asked for
        if self.mode != CBC:
            raise _refused("Only the modes CBC and ECB are supported.")
        if len(self.iv) != 16:
            raise _refused("Specified initialization vector (IV) does not match.")
        return Cipher(algorithms.AES(self.key), modes.CBC(self.iv))

    def encrypt(self, row: Any) -> bytearray:
        data = bytes(row)
        room_for_bytes(len(data) + 16)
        if self.padding == PKCS7:
            padder = padding.PKCS7(128).padder()
            data = padder.update(data) + padder.finalize()
        elif self.padding == ZEROS:
            data += b"\0" * (-len(data) % 16)
        return self._run(self.cipher().encryptor(), data)

    def decrypt(self, row: Any) -> bytearray:
        data = bytes(self._run(self.cipher().decryptor(), bytes(row)))
        if self.padding != PKCS7:
            return bytearray(data)
        remover = padding.PKCS7(128).unpadder()
        try:
            return bytearray(remover.update(data) + remover.finalize())
        except ValueError as error:
            raise _refused("Padding is invalid and cannot be removed.") from error

    @staticmethod
    def _run(engine: Any, data: bytes) -> bytearray:
        try:
            return bytearray(engine.update(data) + engine.finalize())
        except ValueError as error:
            text = "The input data is not a complete block."
            raise _refused(text) from error


class Transform:
    """One direction of a cipher: `CreateEncryptor()`."""

    __slots__ = ("cipher", "encrypts")

    def __init__(self, cipher: Symmetric, *, encrypts: bool) -> None:
        self.cipher = cipher
        self.encrypts = encrypts

    def final(self, row: Any, start: int, count: int) -> bytearray:
        part = bytes(row)[start : start + count]
        if self.encrypts:
            return self.cipher.encrypt(part)
        return self.cipher.decrypt(part)


def drawn(around: Surroundings) -> Symmetric:
    """`Aes.Create()`: a new key and vector."""
    chance = around.chance
    return Symmetric(bytes.fromhex(chance.hex(32)), bytes.fromhex(chance.hex(16)))


def _named(algorithm: str, key: Any, iv: Any) -> Symmetric:
    if algorithm.lower() not in ("aes", "rijndael", "aesmanaged", "rijndaelmanaged"):
        raise _refused(f"The algorithm '{algorithm[:40]}' is not supported; use Aes.")
    return Symmetric(bytes(key), bytes(iv))


def encrypt(row: Any, algorithm: str, key: Any, iv: Any) -> bytearray:
    """`row.Encrypt("Aes", key, iv)`."""
    return _named(algorithm, key, iv).encrypt(row)


def decrypt(row: Any, algorithm: str, key: Any, iv: Any) -> bytearray:
    return _named(algorithm, key, iv).decrypt(row)


def encrypt_with(row: Any, cipher: Symmetric) -> bytearray:
    return cipher.encrypt(row)


def decrypt_with(row: Any, cipher: Symmetric) -> bytearray:
    return cipher.decrypt(row)


def setter(name: str, *, as_bytes: bool) -> Any:
    def put(cipher: Symmetric, value: Any) -> Any:
        setattr(cipher, name, bytes(value) if as_bytes else value)
        return value

    return put


def with_parts(encrypts: bool) -> Any:
    def make(cipher: Symmetric, key: Any, iv: Any) -> Transform:
        made = Symmetric(bytes(key), bytes(iv))
        made.mode, made.padding = cipher.mode, cipher.padding
        return Transform(made, encrypts=encrypts)

    return make


SYMMETRIC: Family = {
    "Key -> byte[]": lambda cipher: bytearray(cipher.key),
    "set Key(byte[] value)": setter("key", as_bytes=True),
    "IV -> byte[]": lambda cipher: bytearray(cipher.iv),
    "set IV(byte[] value)": setter("iv", as_bytes=True),
    "set Mode(CipherMode value)": setter("mode", as_bytes=False),
    "set Padding(PaddingMode value)": setter("padding", as_bytes=False),
    "KeySize -> int": lambda cipher: len(cipher.key) * 8,
    "set KeySize(int value)": lambda cipher, value: value,
    "BlockSize -> int": lambda cipher: 128,
    "set BlockSize(int value)": lambda cipher, value: value,
    "CreateEncryptor() -> ICryptoTransform": lambda cipher: Transform(
        cipher, encrypts=True
    ),
    "CreateDecryptor() -> ICryptoTransform": lambda cipher: Transform(
        cipher, encrypts=False
    ),
    "CreateEncryptor(byte[] key, byte[] iv) -> ICryptoTransform": with_parts(True),
    "CreateDecryptor(byte[] key, byte[] iv) -> ICryptoTransform": with_parts(False),
    "Dispose() -> void": dispose,
}

# --- RSA ------------------------------------------------------------------------

_HASHES: dict[str, Any] = {
    "SHA1": hashes.SHA1(),  # noqa: S303  # old partners still sign with it
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}


def _private(key: Any) -> Any:
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _refused("The key has no private part.")
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
        raise _refused(str(error)) from error


def rsa_decrypt(key: Any, row: Any, pad: str) -> bytearray:
    try:
        return bytearray(_private(key).decrypt(bytes(row), _encryption_padding(pad)))
    except ValueError as error:
        raise _refused("The data cannot be decrypted with this key.") from error


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

# --- certificates ---------------------------------------------------------------


def certificate_of(row: Any) -> x509.Certificate:
    """A certificate in DER or PEM."""
    data = bytes(row)
    try:
        if data.lstrip().startswith(b"-----"):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise _refused("Cannot find the requested object.") from error


def thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303  # its name


def distinguished(name: x509.Name) -> str:
    """A name as Windows writes it: `CN=a, O=b`."""
    return ", ".join(part.rfc4514_string() for part in reversed(list(name.rdns)))


def _stamp(moment: Any) -> DateTime:
    return from_seconds(moment.timestamp(), UTC)


def verified(around: Surroundings, certificate: x509.Certificate) -> bool:
    """`Verify()`: whether the chain ends at a root that the gateway trusts."""
    return around.trusts(certificate)


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
    "SymmetricAlgorithm": SYMMETRIC,
    "Aes": {"static Create() -> Aes": Around(drawn), "new()": Around(drawn)},
    "ICryptoTransform": {
        "TransformFinalBlock(byte[] buffer, int offset, int count) -> byte[]": (
            Transform.final
        ),
        "Dispose() -> void": dispose,
    },
    "IEnumerable<T>": {
        "Encrypt(string alg, byte[] key, byte[] iv) -> byte[]": encrypt,
        "Decrypt(string alg, byte[] key, byte[] iv) -> byte[]": decrypt,
        "Encrypt(SymmetricAlgorithm alg) -> byte[]": encrypt_with,
        "Decrypt(SymmetricAlgorithm alg) -> byte[]": decrypt_with,
    },
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
