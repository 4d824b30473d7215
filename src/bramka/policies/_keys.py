"""Keys of tokens: with which a signature is checked, or a token decrypted.

Which algorithms a key may be used with follows from the key, never from the token, so
nobody can have an RSA public key taken for a secret.
"""

import warnings
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OctKey, RSAKey

from bramka.domain.traffic.certificate import Certificate

_SECRET = frozenset({"HS256", "HS384", "HS512"})
_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_WRAPPED = ("RSA-OAEP", "RSA-OAEP-256")
_SHARED = ("dir", "A128KW", "A192KW", "A256KW")
_CONTENT = (
    "A128CBC-HS256",
    "A192CBC-HS384",
    "A256CBC-HS512",
    "A128GCM",
    "A192GCM",
    "A256GCM",
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that checks signatures."""

    key: Key
    kid: str | None
    """The id it goes by, if it has one; a token that names another is not its own."""
    algorithms: frozenset[str]

    def fits(self, algorithm: str, kid: str | None) -> bool:
        if algorithm not in self.algorithms:
            return False
        return kid is None or self.kid is None or kid == self.kid


@dataclass(frozen=True, slots=True)
class DecryptionKey:
    """A key that decrypts tokens."""

    key: Key
    algorithms: tuple[str, ...]


@lru_cache(maxsize=256)
def secret(text: str, kid: str | None) -> SigningKey:
    """A shared secret in base64; ValueError when it is none."""
    return SigningKey(_oct(text), kid, _SECRET)


def public(certificate: Certificate, kid: str | None) -> SigningKey:
    """The public key of a certificate; ValueError when it has none we know."""
    chain = x509.load_pem_x509_certificate(certificate.chain)
    pem = chain.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    kind = (
        "EC" if b"EC" in type(chain.public_key()).__name__.upper().encode() else "RSA"
    )
    return _signing(JWKRegistry.import_key(pem, kind), kid)


def numbers(modulus: str, exponent: str, kid: str | None) -> SigningKey:
    """The RSA key of these numbers in base64url; ValueError when it is none."""
    try:
        key = RSAKey.import_key({"kty": "RSA", "n": modulus, "e": exponent})
    except (JoseError, TypeError) as error:
        raise ValueError(str(error)) from error
    return _signing(key, kid)


def of_set(entries: Iterable[Mapping[str, Any]]) -> tuple[SigningKey, ...]:
    """The signing keys of a JWK set; those we cannot use are left out.

    A secret has no place in what everybody may read, so it is left out, too.
    """
    found = []
    for entry in entries:
        if entry.get("use", "sig") != "sig" or entry.get("kty") == "oct":
            continue
        try:
            key = JWKRegistry.import_key(dict(entry))
            kid = entry.get("kid")
            one = _signing(key, kid if isinstance(kid, str) else None)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        stated = entry.get("alg")
        if stated is not None:
            allowed = one.algorithms & {str(stated)}
            one = SigningKey(one.key, one.kid, allowed)
        found.append(one)
    return tuple(found)


def decryption_secret(text: str) -> DecryptionKey:
    """A shared secret in base64 for decryption; ValueError when it is none."""
    return DecryptionKey(_oct(text), (*_SHARED, *_CONTENT))


def private(certificate: Certificate) -> DecryptionKey:
    """The private key of a certificate; ValueError when it has none."""
    if not certificate.key:
        raise ValueError("the certificate has no private key")
    try:
        key = RSAKey.import_key(certificate.key)
    except (JoseError, TypeError) as error:
        raise ValueError(str(error)) from error
    return DecryptionKey(key, (*_WRAPPED, *_CONTENT))


def _signing(key: Key, kid: str | None) -> SigningKey:
    if isinstance(key, RSAKey):
        return SigningKey(key, kid, _RSA)
    if isinstance(key, ECKey):
        algorithm = _CURVES.get(key.curve_name)
        if algorithm is not None:
            return SigningKey(key, kid, frozenset({algorithm}))
    raise ValueError("it is neither an RSA key nor on a known curve")


def _oct(text: str) -> OctKey:
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        content = b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError as error:
        raise ValueError("it is not base64") from error
    if not content:
        raise ValueError("it is empty")
    with warnings.catch_warnings():
        # How long a secret is, is the publisher's business.
        warnings.simplefilter("ignore")
        encoded = urlsafe_b64encode(content).rstrip(b"=").decode()
        return OctKey.import_key({"kty": "oct", "k": encoded})
