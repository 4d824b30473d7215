"""A schema: what bodies have to look like, in JSON Schema or XML Schema."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct


class Schema(Struct, frozen=True, rename="camel", kw_only=True):
    """One schema of the instance."""

    id: str
    type: Literal["json", "xml"]
    text: str
    """The schema as written."""
    description: str = ""


class ApiSchema(Struct, frozen=True, rename="camel", kw_only=True):
    """What the bodies of one API's operations refer to."""

    api_id: str
    id: str
    content_type: Annotated[str, Meta(min_length=1)]
    document: dict[str, Any]
    """One of `value`, `definitions` and `components`."""
