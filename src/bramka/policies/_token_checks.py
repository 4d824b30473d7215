"""What a JSON web token says: its times, audience, issuer and claims, against rules."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.jwt import Jwt
from bramka.domain.traffic.site import Source
from bramka.policies._openid import Provider, issuer_for


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


@dataclass(frozen=True, slots=True)
class Demands:
    """What is asked of a token in this call."""

    signature: bool
    expiration: bool
    skew: float
    now: float


def _moment(payload: dict[str, Any], name: str) -> float | None:
    value = payload.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("JwtInvalid", f"The claim {name} of the token is not a number.")
    return float(value) if abs(value) < 1e15 else math.copysign(math.inf, value)


def check_times(payload: dict[str, Any], demands: Demands) -> None:
    """Refuse a token whose time is over, or has not come."""
    ends, begins = _moment(payload, "exp"), _moment(payload, "nbf")
    if ends is None and demands.expiration:
        raise Refused("JwtInvalid", "The token has no expiration time, which it must.")
    if ends is not None and demands.now >= ends + demands.skew:
        raise Refused("TokenExpired", "The token is expired. Access denied.")
    if begins is not None and demands.now < begins - demands.skew:
        raise Refused("JwtInvalid", "The token is not valid yet.")


def check_audience(
    payload: dict[str, Any], audiences: tuple[Source, ...], exchange: Exchange
) -> None:
    """Refuse a token that is for others."""
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


def check_issuer(
    payload: dict[str, Any],
    issuers: tuple[Source, ...],
    also: Callable[[str], Iterable[str]],
    providers: Iterable[Provider],
    exchange: Exchange,
) -> None:
    """Refuse a token that others made."""
    wanted = {one.text(exchange).strip() for one in issuers}
    for provider in providers:
        issuer = issuer_for(provider, payload)
        if issuer:
            wanted |= {issuer, *also(issuer)}
    if wanted and payload.get("iss") not in wanted:
        raise Refused(
            "TokenIssuerNotAllowed",
            "The issuer of the token is not allowed. Access denied.",
        )


def check_client(
    payload: dict[str, Any], clients: tuple[Source, ...], exchange: Exchange
) -> None:
    """Refuse a token that another application asked for."""
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
