"""A user: a developer or an administrator."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Identity(Struct, frozen=True, rename="camel", kw_only=True):
    """One way the user proves who they are."""

    provider: str
    id: str


class User(Struct, frozen=True, rename="camel", kw_only=True):
    """One user; `groups` holds group ids."""

    id: str
    first_name: Annotated[str, Meta(min_length=1, max_length=100)]
    last_name: Annotated[str, Meta(min_length=1, max_length=100)]
    email: Annotated[str, Meta(min_length=1, max_length=254)]
    state: Literal["active", "blocked", "pending", "deleted"] = "active"
    note: str | None = None
    identities: tuple[Identity, ...] = ()
    groups: tuple[str, ...] = ()
    registration_date: float | None = None
    """Seconds since 1970 UTC."""

    @property
    def may_call(self) -> bool:
        return self.state == "active"
