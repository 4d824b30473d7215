"""Basic credentials and JSON web tokens."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from bramka.domain.traffic.jwt import Jwt, read_jwt
from bramka.expressions.compiler.table import Family, Inline
from bramka.expressions.values.dates import UTC, DateTime, from_seconds
from bramka.expressions.values.plain import Array


class Basic(tuple[str, str]):
    """User name and password of basic authentication."""

    __slots__ = ()


def as_basic(text: str | None) -> Basic | None:
    """`AsBasic()`: null if the text is no basic credential."""
    scheme, _, rest = (text or "").strip().partition(" ")
    encoded = rest.strip() if scheme.lower() == "basic" else (text or "").strip()
    try:
        plain = base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None
    user, colon, password = plain.partition(":")
    return Basic((user, password)) if colon else None


def as_jwt(text: str | None) -> Jwt | None:
    return None if text is None else read_jwt(text)


def try_basic(text: str | None) -> tuple[bool, Any]:
    found = as_basic(text)
    return found is not None, found


def try_jwt(text: str | None) -> tuple[bool, Any]:
    found = as_jwt(text)
    return found is not None, found


def _date(seconds: float | None) -> DateTime | None:
    return None if seconds is None else from_seconds(seconds, UTC)


def claim_or(
    claims: Mapping[str, Any], name: str, default: str | None = None
) -> str | None:
    """Values of a claim, joined by a comma."""
    found = claims.get(name)
    return default if found is None else ",".join(found)


JWT: Family = {
    "Algorithm -> string": Inline("$0.algorithm"),
    "Type -> string": Inline("$0.type"),
    "Id -> string": Inline("$0.id"),
    "Issuer -> string": Inline("$0.issuer"),
    "Subject -> string": Inline("$0.subject"),
    "Audiences -> IEnumerable<string>": lambda jwt: Array(jwt.audiences),
    "Claims -> IClaims": Inline("$0.claims"),
    "IssuedAt -> DateTime?": lambda jwt: _date(jwt.issued_at),
    "NotBefore -> DateTime?": lambda jwt: _date(jwt.not_before),
    "ExpirationTime -> DateTime?": lambda jwt: _date(jwt.expiration_time),
    "ToString() -> string": Inline("$0.encoded"),
}
