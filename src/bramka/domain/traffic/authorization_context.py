"""Access tokens of the credential manager's connections, as gateways know them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, Protocol

from msgspec import Meta, Struct

AUDIENCE = "https://azure-api.net/authorization-manager"
"""What a caller's token is made for when it asks for a connection."""
IdentityType = Literal["managed", "jwt"]
_Id = Annotated[str, Meta(min_length=1, max_length=256)]


class WantedToken(Struct, frozen=True, rename="camel", kw_only=True):
    """A connection whose token a policy asks for, and on whose behalf."""

    provider: _Id
    authorization: _Id
    identity_type: IdentityType = "managed"
    identity: Annotated[str, Meta(max_length=32 * 1024)] = ""
    """The caller's own token, for `jwt`."""

    def __repr__(self) -> str:
        return f"<WantedToken {self.provider}/{self.authorization}>"


class LentToken(Struct, frozen=True, rename="camel", kw_only=True):
    """An access token, and for how many seconds it may be used; the repr hides it."""

    access_token: str
    claims: dict[str, Any] = {}
    """What else the provider told with it."""
    seconds: float

    def __repr__(self) -> str:
        return f"<LentToken for {self.seconds:.0f} s>"


Lend = Callable[[WantedToken], Awaitable[LentToken]]
"""Asks the console for a token.

Missing and Forbidden say no; Unavailable that nobody can say.
"""


class AuthorizationContext:
    """What policies get: the token, and what was told with it."""

    __slots__ = ("access_token", "claims")

    def __init__(self, access_token: str, claims: dict[str, Any]) -> None:
        self.access_token, self.claims = access_token, claims

    def __repr__(self) -> str:
        return "<AuthorizationContext>"


class TokenLender(Protocol):
    """Where a gateway gets tokens of connections from."""

    async def find(self, wanted: WantedToken) -> AuthorizationContext:
        """The token, lately lent or asked for now; a BramkaError when there is none."""
