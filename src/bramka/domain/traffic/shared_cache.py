"""A shared cache: an external Redis that gateways use together."""

from typing import Annotated

from msgspec import Meta, Struct


class SharedCache(Struct, frozen=True, rename="camel", kw_only=True):
    """One external cache."""

    id: str
    connection_string: Annotated[str, Meta(min_length=1, max_length=300)]
    use_from_location: Annotated[str, Meta(max_length=256)] = "default"
    description: Annotated[str, Meta(max_length=2000)] | None = None
    resource_id: Annotated[str, Meta(max_length=2000)] | None = None

    def __repr__(self) -> str:
        return f"<SharedCache {self.id}>"
