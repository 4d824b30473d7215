"""The gateway's own identity at an OAuth server: what managed identity is here."""

from typing import Literal

from msgspec import Struct


class Identity(Struct, frozen=True, kw_only=True):
    """An account that gets tokens by client credentials (RFC 6749, 4.4)."""

    token_endpoint: str
    client_id: str
    client_secret: str
    asks_by: Literal["resource", "scope"] = "resource"
    """The parameter that names what the token is for; a scope ends in `/.default`."""

    def __repr__(self) -> str:
        return f"<Identity {self.client_id}>"
