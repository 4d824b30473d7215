"""Members of AES, RSA and X.509 certificates."""

from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bramka.expressions.compiler.table import Around, Family
from bramka.expressions.failures import Thrown
from bramka.expressions.members.crypto import dispose
from bramka.expressions.meter import room_for_bytes
from bramka.expressions.surroundings import Surroundings

CBC, ECB = 1, 2
NO_PADDING, PKCS7, ZEROS = 1, 2, 3


def refused(text: str) -> Thrown:
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
            raise refused("Specified key is not a valid size for this algorithm.")
        if self.mode == ECB:
            return Cipher(algorithms.AES(self.key), modes.ECB())  # noqa: S305  # asked for
        if self.mode != CBC:
            raise refused("Only the modes CBC and ECB are supported.")
        if len(self.iv) != 16:
            raise refused("Specified initialization vector (IV) does not match.")
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
            raise refused("Padding is invalid and cannot be removed.") from error

    @staticmethod
    def _run(engine: Any, data: bytes) -> bytearray:
        try:
            return bytearray(engine.update(data) + engine.finalize())
        except ValueError as error:
            text = "The input data is not a complete block."
            raise refused(text) from error


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
        raise refused(f"The algorithm '{algorithm[:40]}' is not supported; use Aes.")
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

# --- certificates ---------------------------------------------------------------


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
}
