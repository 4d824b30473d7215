"""A resolver: where the value of a field of a GraphQL API comes from."""

from typing import Annotated

from msgspec import Meta, Struct


class Resolver(Struct, frozen=True, rename="camel", kw_only=True):
    """One field of one type."""

    api_id: str
    id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=300)]
    path: Annotated[str, Meta(max_length=300, pattern=r"^\w+/\w+$")]
    description: Annotated[str, Meta(max_length=1000)] | None = None


class ResolverPolicy(Struct, frozen=True, rename="camel", kw_only=True):
    """The text that says how a resolver gets its value."""

    api_id: str
    resolver_id: str
    id: str
    text: str
    escaped: bool = False
