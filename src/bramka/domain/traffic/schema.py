"""A schema: what bodies have to look like, in JSON Schema or XML Schema."""

from typing import Literal

from msgspec import Struct


class Schema(Struct, frozen=True, rename="camel", kw_only=True):
    """One schema of the instance."""

    id: str
    type: Literal["json", "xml"]
    text: str
    """The schema as written."""
    description: str = ""
