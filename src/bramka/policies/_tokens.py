"""Checking a JSON web token: taken apart, decrypted, its signature verified."""

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
from bramka.policies._openid import OpenId, Provider
from bramka.policies._token_checks import (
    Claim,
    Demands,
    Refused,
    check_audience,
    check_claims,
    check_client,
    check_issuer,
    check_times,
)

MOST_BELIEVED = 2_000
LONGEST_BELIEVED = 8 * 1024
"""So many tokens are remembered by one policy; then it begins anew."""
MOST_TRIED = 20
"""Keys that are tried for a token that does not name its own."""


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
    check_times(parts.payload, demands)
    check_audience(parts.payload, rules.audiences, exchange)
    check_issuer(
        parts.payload, rules.issuers, rules.also_issued_by, providers, exchange
    )
    check_client(parts.payload, rules.clients, exchange)
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
