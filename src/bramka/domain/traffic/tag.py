"""Tags: words under which APIs, operations and products are found together."""

from typing import Annotated

from msgspec import Meta, Struct


class Tag(Struct, frozen=True, rename="camel", kw_only=True):
    """One word."""

    id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=160)]


class Tagging(Struct, frozen=True, rename="camel", kw_only=True):
    """That something carries a tag.

    `scope` is `apis/{id}`, `apis/{id}/operations/{id}` or `products/{id}`.
    """

    scope: str
    tag_id: str


class TagDescription(Struct, frozen=True, rename="camel", kw_only=True):
    """What a tag means in one API."""

    api_id: str
    id: str
    description: str | None = None
    external_docs_url: Annotated[str, Meta(max_length=2000)] | None = None
    external_docs_description: str | None = None
