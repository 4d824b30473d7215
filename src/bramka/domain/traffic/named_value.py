"""A named value: text that policies use as `{{name}}`."""

import re
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

_REFERENCE = re.compile(r"\{\{\s*([A-Za-z0-9\-._]+)\s*\}\}")
_LIQUID = re.compile(
    r"""<set-body\b[^>]*\btemplate\s*=\s*["']liquid["'][^>]*>.*?</set-body>""",
    re.DOTALL,
)
"""A Liquid template, where most names in double braces are the template's own."""


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
    """`text` with every `{{name}}` replaced; a KeyError names one that is unknown.

    Inside a Liquid template unknown names stay: they are the template's.
    """
    done, parts = 0, []
    for template in _LIQUID.finditer(text):
        parts.append(_expanded(text[done : template.start()], values))
        parts.append(
            _REFERENCE.sub(lambda found: values.get(found[1], found[0]), template[0])
        )
        done = template.end()
    return "".join([*parts, _expanded(text[done:], values)])


def _expanded(text: str, values: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda found: values[found[1]], text)
