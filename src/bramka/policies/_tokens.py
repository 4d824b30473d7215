"""Checking a JSON web token: signature, times, audience, issuer, claims."""

import math
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from joserfc import jwe, jws
from joserfc.errors import BadSignatureError, JoseError

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.jwt import LONGEST, Jwt, jwt_of
from bramka.domain.traffic.site import Source
from bramka.policies._keys import DecryptionKey, SigningKey
from bramka.policies._openid import OpenId, Provider, issuer_for

MOST_BELIEVED = 2_000
LONGEST_BELIEVED = 8 * 1024
"""So many tokens are remembered by one policy; then it begins anew."""
MOST_TRIED = 20
"""Keys that are tried for a token that does not name its own."""


class Refused(Exception):
    """A token is not accepted; told as LastError."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim of the token has to hold."""

    name: str
    values: tuple[Source, ...] = ()
    matches_any: bool = False
    separator: str | None = None


class Seen(NamedTuple):
    """A token that passed before, and the key that its signature fits."""

    parts: "_Parts"
    key: SigningKey | None
    token: Jwt


class Believed:
    """Tokens seen lately: one that comes again need not be read and verified again.

    What may change from call to call (times, audience, claims, which keys there are) is
    asked anew each time; only that this key made this signature is remembered.
    """

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}

    def find(self, text: str) -> Seen | None:
        return self._seen.get(text)

    def keep(self, text: str, seen: Seen) -> None:
        if len(text) > LONGEST_BELIEVED:
            return
        if len(self._seen) >= MOST_BELIEVED:
            self._seen.clear()
        self._seen[text] = seen


@dataclass(frozen=True, slots=True)
class Rules:
    """What a token is checked for."""

    keys: Callable[[Exchange], Sequence[SigningKey]]
    providers: Callable[[Exchange], Sequence[OpenId]]
    decryption_keys: Callable[[Exchange], Sequence[DecryptionKey]]
    audiences: tuple[Source, ...] = ()
    issuers: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    clients: tuple[Source, ...] = ()
    """Applications that may have asked for the token; none: any."""
    also_issued_by: Callable[[str], Iterable[str]] = field(default=lambda _: ())
    """Other names under which the issuer of a provider is known."""
    sources: tuple[Source, ...] = ()
    """What else is read of the call, to find the providers."""
    believed: Believed = field(default_factory=Believed)


@dataclass(frozen=True, slots=True)
class Demands:
    """What is asked of a token in this call."""

    signature: bool
    expiration: bool
    skew: float
    now: float


@dataclass(frozen=True, slots=True)
class _Parts:
    """A token taken apart, not yet believed."""

    encoded: str
    header: dict[str, Any]
    payload: dict[str, Any]

    @property
    def algorithm(self) -> str:
        return str(self.header.get("alg", ""))

    @property
    def kid(self) -> str | None:
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None


async def check(text: str, rules: Rules, demands: Demands, exchange: Exchange) -> Jwt:
    """The same, asking the providers what has to be known."""
    providers = rules.providers(exchange)
    for one in providers:
        await one.asked()
    token = check_at_once(text, rules, demands, exchange)
    if token is not None:
        return token
    for one in providers:
        await one.renewed()
    token = check_at_once(text, rules, demands, exchange, renewed=True)
    assert token is not None, "the providers were asked"
    return token


def check_at_once(
    text: str,
    rules: Rules,
    demands: Demands,
    exchange: Exchange,
    *,
    renewed: bool = False,
) -> Jwt | None:
    """The token, if it is to be believed; Refused tells why it is not.

    None: a provider has to be asked first, for the first time or, unless it was
    `renewed` just now, for a key that is not known.
    """
    seen = rules.believed.find(text)
    parts = seen.parts if seen else _read(text, rules, exchange)
    own = rules.keys(exchange)
    providers: list[Provider] = []
    for one in rules.providers(exchange):
        provider = one.known()
        if provider is None:
            return None
        providers.append(provider)
    key = seen.key if seen else None
    if parts.algorithm == "none":
        if demands.signature:
            raise Refused("JwtInvalid", "The token is not signed, which it has to be.")
    elif demands.signature or own or providers:
        keys = _fitting(parts, own, providers)
        if not keys and providers and not renewed:
            return None
        if not any(key is one for one in keys):
            key = _signing(parts, keys)
    _check_times(parts.payload, demands)
    _check_audience(parts.payload, rules.audiences, exchange)
    _check_issuer(parts.payload, rules, providers, exchange)
    _check_client(parts.payload, rules.clients, exchange)
    token = seen.token if seen else jwt_of(parts.header, parts.payload, parts.encoded)
    check_claims(token, rules.claims, exchange)
    if seen is None or seen.key is not key:
        rules.believed.keep(text, Seen(parts, key, token))
    return token


# --- reading ------------------------------------------------------------------------


def _read(text: str, rules: Rules, exchange: Exchange) -> _Parts:
    if len(text) > LONGEST:
        raise Refused("JwtInvalid", f"The token is longer than {LONGEST} characters.")
    if text.count(".") == 4:
        text = _decrypted(text, rules.decryption_keys(exchange))
    if text.count(".") != 2:
        raise Refused("JwtInvalid", "The token does not have three parts.")
    head, body, signature = text.split(".")
    parts = _Parts(text, _object(head, "header"), _object(body, "payload"))
    if parts.algorithm == "none" and signature:
        raise Refused("JwtInvalid", "The token says it is not signed, but it is.")
    return parts


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        content = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        found = msgspec.json.decode(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("JwtInvalid", f"The {name} of the token is not a JSON object.")
    return found


def _decrypted(text: str, keys: Sequence[DecryptionKey]) -> str:
    if not keys:
        raise Refused(
            "JwtInvalid", "The token is encrypted, and there is no key for it."
        )
    for key in keys[:MOST_TRIED]:
        try:
            found = jwe.decrypt_compact(text, key.key, list(key.algorithms))
        except (JoseError, ValueError, TypeError):
            continue
        if found.plaintext is not None:
            return found.plaintext.decode("ascii", "replace")
    raise Refused(
        "JwtInvalid", "The token cannot be decrypted with the keys there are."
    )


# --- signatures ---------------------------------------------------------------------


def _signing(parts: _Parts, keys: Sequence[SigningKey]) -> SigningKey:
    """The key that made the signature."""
    if not keys:
        raise Refused(
            "TokenSignatureKeyNotFound",
            f"No key is known for algorithm '{parts.algorithm}' and key id "
            f"'{parts.kid or ''}'. Access denied.",
        )
    for key in keys[:MOST_TRIED]:
        try:
            jws.deserialize_compact(parts.encoded, key.key, [parts.algorithm])
        except BadSignatureError:
            continue
        except (JoseError, ValueError) as error:
            raise Refused("JwtInvalid", f"The token is malformed: {error}.") from error
        return key
    raise Refused(
        "TokenSignatureInvalid", "The signature of the token is wrong. Access denied."
    )


def _fitting(
    parts: _Parts, own: Sequence[SigningKey], providers: Sequence[Provider]
) -> list[SigningKey]:
    known = [*own, *(key for told in providers for key in told.keys)]
    return [key for key in known if key.fits(parts.algorithm, parts.kid)]


# --- what it says -------------------------------------------------------------------


def _moment(payload: dict[str, Any], name: str) -> float | None:
    value = payload.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("JwtInvalid", f"The claim {name} of the token is not a number.")
    return float(value) if abs(value) < 1e15 else math.copysign(math.inf, value)


def _check_times(payload: dict[str, Any], demands: Demands) -> None:
    ends, begins = _moment(payload, "exp"), _moment(payload, "nbf")
    if ends is None and demands.expiration:
        raise Refused("JwtInvalid", "The token has no expiration time, which it must.")
    if ends is not None and demands.now >= ends + demands.skew:
        raise Refused("TokenExpired", "The token is expired. Access denied.")
    if begins is not None and demands.now < begins - demands.skew:
        raise Refused("JwtInvalid", "The token is not valid yet.")


def _check_audience(
    payload: dict[str, Any], audiences: tuple[Source, ...], exchange: Exchange
) -> None:
    if not audiences:
        return
    value = payload.get("aud")
    given = value if isinstance(value, list) else [value]
    wanted = {one.text(exchange).strip() for one in audiences}
    if not any(isinstance(one, str) and one in wanted for one in given):
        raise Refused(
            "TokenAudienceNotAllowed",
            "The audience of the token is not allowed. Access denied.",
        )


def _check_issuer(
    payload: dict[str, Any],
    rules: Rules,
    providers: Iterable[Provider],
    exchange: Exchange,
) -> None:
    wanted = {one.text(exchange).strip() for one in rules.issuers}
    for provider in providers:
        issuer = issuer_for(provider, payload)
        if issuer:
            wanted |= {issuer, *rules.also_issued_by(issuer)}
    if wanted and payload.get("iss") not in wanted:
        raise Refused(
            "TokenIssuerNotAllowed",
            "The issuer of the token is not allowed. Access denied.",
        )


def _check_client(
    payload: dict[str, Any], clients: tuple[Source, ...], exchange: Exchange
) -> None:
    if not clients:
        return
    given = payload.get("azp") or payload.get("appid")
    if given not in {one.text(exchange).strip() for one in clients}:
        raise Refused(
            "TokenClaimValueNotAllowed",
            f"Claim azp value of {given or ''} is not allowed. Access denied.",
        )


def check_claims(token: Jwt, claims: tuple[Claim, ...], exchange: Exchange) -> None:
    """Refuse a token that lacks a claim or has another value in it."""
    missing = [one.name for one in claims if one.name not in token.claims]
    if missing:
        raise Refused(
            "TokenClaimNotFound",
            "JWT token is missing the following claims: "
            f"{', '.join(missing)}. Access denied.",
        )
    for claim in claims:
        given: Sequence[str] = token.claims[claim.name]
        if claim.separator:
            given = [part for one in given for part in one.split(claim.separator)]
        wanted = [value.text(exchange).strip() for value in claim.values]
        fits = any if claim.matches_any else all
        if wanted and not fits(one in given for one in wanted):
            raise Refused(
                "TokenClaimValueNotAllowed",
                f"Claim {claim.name} value of {','.join(given)} is not allowed. "
                "Access denied.",
            )
