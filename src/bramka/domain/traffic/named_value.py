"""A named value: text that policies use as `{{name}}`."""

import re
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

_REFERENCE = re.compile(r"\{\{\s*([A-Za-z0-9\-._]+)\s*\}\}")


class NamedValue(Struct, frozen=True, rename="camel", kw_only=True):
    """One named value; `display_name` is the name used inside `{{…}}`."""

    id: str
    display_name: Annotated[
        str, Meta(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9\-._]+$")
    ]
    value: Annotated[str, Meta(min_length=1, max_length=4096)]
    secret: bool = False
    tags: tuple[str, ...] = ()


def references(text: str) -> set[str]:
    """The names that `text` uses."""
    return set(_REFERENCE.findall(text))


def expand(text: str, values: Mapping[str, str]) -> str:
    """`text` with every `{{name}}` replaced; a KeyError names one that is unknown."""
    return _REFERENCE.sub(lambda found: values[found[1]], text)
