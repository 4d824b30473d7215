"""Members of hashes and keyed hashes, and of random numbers for secrets."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from bramka.expressions.compiler.table import Around, Body, Family, Fixed, Inline
from bramka.expressions.failures import argument_null
from bramka.expressions.meter import room_for_bytes
from bramka.expressions.surroundings import Surroundings

HASHES = {
    "MD5": "md5",
    "SHA1": "sha1",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
}


class Hash:
    """A hash, with a key for the keyed ones."""

    __slots__ = ("algorithm", "key", "last")

    def __init__(self, algorithm: str, key: Any = None) -> None:
        self.algorithm = algorithm
        self.key = None if key is None else bytes(key)
        self.last: bytearray | None = None

    def compute(self, row: Any, start: int = 0, count: int | None = None) -> bytearray:
        if row is None:
            raise argument_null("buffer")
        data = bytes(row)[start : None if count is None else start + count]
        if self.key is None:
            made = hashlib.new(self.algorithm, data, usedforsecurity=False).digest()
        else:
            made = hmac.digest(self.key, data, self.algorithm)
        self.last = bytearray(made)
        return bytearray(made)


def _hash(algorithm: str) -> Callable[[], Hash]:
    return lambda: Hash(algorithm)


def _keyed(algorithm: str) -> Callable[..., Hash]:
    def make(key: Any) -> Hash:
        if key is None:
            raise argument_null("key")
        return Hash(algorithm, key)

    return make


def _unkeyed(algorithm: str) -> Body:
    """A keyed hash whose key is drawn, as .NET draws one."""

    def make(around: Surroundings) -> Hash:
        return Hash(algorithm, bytes.fromhex(around.chance.hex(64)))

    return Around(make)


def _once(algorithm: str) -> Callable[[Any], bytearray]:
    return lambda row: Hash(algorithm).compute(row)


def _once_keyed(algorithm: str) -> Callable[[Any, Any], bytearray]:
    return lambda key, row: Hash(algorithm, key).compute(row)


def set_key(found: Hash, key: Any) -> Any:
    found.key = bytes(key)
    return key


def fill(around: Surroundings, _: object, row: bytearray) -> None:
    """`GetBytes(row)`: unguessable bytes."""
    room_for_bytes(len(row))
    row[:] = bytes.fromhex(around.chance.hex(len(row)))


def drawn(around: Surroundings, count: int) -> bytearray:
    room_for_bytes(count)
    return bytearray(bytes.fromhex(around.chance.hex(count)))


def dispose(_: object) -> None:
    """Nothing is held that must be given back."""


HASH: Family = {
    "ComputeHash(byte[] buffer) -> byte[]": Hash.compute,
    "ComputeHash(byte[] buffer, int offset, int count) -> byte[]": Hash.compute,
    "Hash -> byte[]": Inline("$0.last"),
    "HashSize -> int": lambda found: hashlib.new(found.algorithm).digest_size * 8,
    "Initialize() -> void": dispose,
    "Clear() -> void": dispose,
    "Dispose() -> void": dispose,
}
FAMILIES: dict[str, Family] = {
    "HashAlgorithm": HASH,
    "HMAC": {
        "Key -> byte[]": lambda found: bytearray(found.key),
        "set Key(byte[] value)": set_key,
    },
    **{
        name: {
            f"static Create() -> {name}": _hash(algorithm),
            "new()": _hash(algorithm),
            "static HashData(byte[] source) -> byte[]": _once(algorithm),
        }
        for name, algorithm in HASHES.items()
    },
    **{
        f"HMAC{name}": {
            f"static Create() -> HMAC{name}": _unkeyed(algorithm),
            "new(byte[] key)": _keyed(algorithm),
            "new()": _unkeyed(algorithm),
            "static HashData(byte[] key, byte[] source) -> byte[]": _once_keyed(
                algorithm
            ),
        }
        for name, algorithm in HASHES.items()
    },
    "RandomNumberGenerator": {
        "new()": lambda: None,
        "static Create() -> RandomNumberGenerator": Fixed(()),
        "GetBytes(byte[] data) -> void": Around(fill),
        "Dispose() -> void": dispose,
        "static GetBytes(int count) -> byte[]": Around(drawn),
    },
}
