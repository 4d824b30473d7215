"""Access to the instance with its own keys instead of tokens."""

from msgspec import Struct

NAMES = ("access", "gitAccess")


class TenantAccess(Struct, frozen=True, rename="camel", kw_only=True):
    """One way in, and its two keys."""

    id: str
    enabled: bool = False
    primary_key: str = ""
    secondary_key: str = ""

    def __repr__(self) -> str:
        return f"<TenantAccess {self.id}>"
