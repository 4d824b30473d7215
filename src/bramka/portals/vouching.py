"""Bearer tokens of another issuer: whom of the management REST they stand for."""

from msgspec import Struct

from bramka.domain.errors import Forbidden
from bramka.domain.traffic.account import ROLES, Role
from bramka.portals.issuer import Claims, Issuers
from bramka.store.access_token import AccessToken

LONGEST_NAME = 200
_NAMES = ("preferred_username", "email", "name", "azp", "appid", "client_id", "sub")


class Trust(Struct, frozen=True, kw_only=True):
    """The issuer whose tokens are taken, for whom, and what makes a role."""

    issuer: str
    audience: str
    claim: str
    values: dict[str, Role]
    """A value of the claim → the role it gives."""


class Vouching:
    """Knows the tokens of one issuer."""

    def __init__(self, issuers: Issuers, trust: Trust) -> None:
        self._issuers, self._trust = issuers, trust

    def __repr__(self) -> str:
        return f"<Vouching: {self._trust.issuer}>"

    def caller(self, token: str) -> AccessToken:
        """Whom a token stands for; Forbidden for who has no role here."""
        trust = self._trust
        doors = self._issuers.doors(trust.issuer)
        claims = self._issuers.claims(doors, token, trust.audience)
        role = role_in(claims, trust)
        if role is None:
            raise Forbidden(
                f"The token gives no role here: its claim '{trust.claim}' holds none "
                f"of {', '.join(trust.values)}."
            )
        name = next((claims[one] for one in _NAMES if claims.get(one)), "")
        return AccessToken(
            id=f"oidc:{claims['sub']}"[:LONGEST_NAME],
            role=role,
            name=_printed(str(name)),
            created=float(claims.get("iat", 0)),
            expires=float(claims["exp"]),
        )


def role_in(claims: Claims, trust: Trust) -> Role | None:
    """The highest role that the claim gives; `a.b` looks for `b` inside of `a`."""
    found: object = claims
    for part in trust.claim.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    held = found if isinstance(found, list) else str(found or "").split()
    given = {trust.values[one] for one in held if one in trust.values}
    return next((role for role in ROLES if role in given), None)


def _printed(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text[:LONGEST_NAME])
