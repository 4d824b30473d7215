"""Members of RSA keys."""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.members.ciphers import refused
from bramka.expressions.members.crypto import dispose

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


def sign_hash(key: Any, made: Any, algorithm: str, pad: str) -> bytearray:
    """`SignHash`: of a hash that was made before."""
    known = Prehashed(_HASHES[algorithm])
    return bytearray(_private(key).sign(bytes(made), _pss(pad, algorithm), known))


def verify_hash(key: Any, made: Any, signature: Any, algorithm: str, pad: str) -> bool:
    """`VerifyHash`."""
    known, padding = Prehashed(_HASHES[algorithm]), _pss(pad, algorithm)
    try:
        _public(key).verify(bytes(signature), bytes(made), padding, known)
    except InvalidSignature:
        return False
    return True


def big_endian(number: int) -> bytearray:
    return bytearray(number.to_bytes((number.bit_length() + 7) // 8 or 1, "big"))


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
    "SignHash(byte[] hash, HashAlgorithmName name, RSASignaturePadding padding) "
    "-> byte[]": sign_hash,
    "VerifyHash(byte[] hash, byte[] signature, HashAlgorithmName name, "
    "RSASignaturePadding padding) -> bool": verify_hash,
    "ExportParameters(bool includePrivate) -> RSAParameters": lambda key, _: _public(
        key
    ).public_numbers(),
    "KeySize -> int": Inline("$0.key_size"),
    "Dispose() -> void": dispose,
}


FAMILIES: dict[str, Family] = {
    "AsymmetricAlgorithm": {},
    "RSA": RSA,
    "HashAlgorithmName": {
        f"static {name} -> HashAlgorithmName": Fixed(name) for name in _HASHES
    },
    "RSAParameters": {
        "Modulus -> byte[]": lambda found: big_endian(found.n),
        "Exponent -> byte[]": lambda found: big_endian(found.e),
    },
    "RSASignaturePadding": {
        f"static {name} -> RSASignaturePadding": Fixed(name)
        for name in ("Pkcs1", "Pss")
    },
    "RSAEncryptionPadding": {
        f"static {name} -> RSAEncryptionPadding": Fixed(name)
        for name in ("Pkcs1", "OaepSHA1", "OaepSHA256", "OaepSHA384", "OaepSHA512")
    },
}
