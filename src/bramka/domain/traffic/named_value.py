"""A named value: text that policies use as `{{name}}`."""

import re
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.policy_quoting import Quoting

_REFERENCE = re.compile(r"\{\{[ \t]*([A-Za-z0-9\-._]+)[ \t]*\}\}")
"""In one line: `$"{{` and a new line begin a brace of C#."""
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


def expand(text: str, values: Mapping[str, str], *, escaped: bool = False) -> str:
    """A policy with every `{{name}}` replaced; a KeyError names one that is unknown.

    Inside a Liquid template unknown names stay: they are the template's. Values are
    written so that an attribute they stand in stays whole.
    """
    quoting = Quoting(text, escaped=escaped)
    templates = [found.span() for found in _LIQUID.finditer(text)]

    def value(found: re.Match[str]) -> str:
        at, name = found.start(), found[1]
        if any(start <= at < end for start, end in templates):
            return values.get(name, found[0])
        return quoting.written(values[name], at)

    return _REFERENCE.sub(value, text)
