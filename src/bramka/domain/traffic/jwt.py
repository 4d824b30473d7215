"""A JSON web token as policies see it: read, not yet believed."""

import base64
import binascii
from typing import Any

import msgspec
from msgspec import Struct

LONGEST = 64 * 1024


class Jwt(Struct, frozen=True, kw_only=True):
    """What a token says. Dates are seconds since 1970 UTC."""

    algorithm: str = ""
    type: str = ""
    id: str | None = None
    issuer: str | None = None
    subject: str | None = None
    audiences: tuple[str, ...] = ()
    claims: dict[str, tuple[str, ...]] = {}
    """Every claim of the payload, each with all its values as text."""
    issued_at: float | None = None
    not_before: float | None = None
    expiration_time: float | None = None
    encoded: str = ""
    """The token as it came."""


def read_jwt(text: str) -> Jwt | None:
    """The token in `text`, with or without `Bearer` before it; None if it is none.

    The signature is not looked at: validate-jwt does that.
    """
    scheme, _, rest = text.strip().partition(" ")
    encoded = rest.strip() if scheme.lower() == "bearer" else text.strip()
    parts = encoded.split(".")
    if len(encoded) > LONGEST or len(parts) != 3:
        return None
    header, payload = _object(parts[0]), _object(parts[1])
    if header is None or payload is None:
        return None
    return jwt_of(header, payload, encoded)


def jwt_of(header: dict[str, Any], payload: dict[str, Any], encoded: str = "") -> Jwt:
    """The token with this header and payload."""
    claims = {name: tuple(_texts(value)) for name, value in payload.items()}
    return Jwt(
        algorithm=str(header.get("alg", "")),
        type=str(header.get("typ", "")),
        id=_text(payload.get("jti")),
        issuer=_text(payload.get("iss")),
        subject=_text(payload.get("sub")),
        audiences=claims.get("aud", ()),
        claims=claims,
        issued_at=_seconds(payload.get("iat")),
        not_before=_seconds(payload.get("nbf")),
        expiration_time=_seconds(payload.get("exp")),
        encoded=encoded,
    )


def _object(part: str) -> dict[str, Any] | None:
    try:
        text = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_")
        found = msgspec.json.decode(text)
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [] if value is None else [msgspec.json.encode(value).decode()]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
