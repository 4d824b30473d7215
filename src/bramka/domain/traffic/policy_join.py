"""What is in force at a scope: documents joined where `<base />` stands, as text.

The gateway joins compiled steps; this joins what people wrote, for them to read.
"""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from bramka.domain.traffic import policy_text
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element, Place


class Written(Struct, frozen=True, rename="camel", kw_only=True):
    """One policy in force: its text, and the scope whose document holds it."""

    scope: str
    name: str
    text: str


def join(documents: Sequence[tuple[str, str]]) -> Mapping[Section, list[Written]]:
    """The policies in force, by section.

    Each document is a scope and its text as plain `rawxml`; the narrowest comes first.
    """
    sections = [(scope, _sections(scope, text)) for scope, text in documents]
    return {section: _joined(section, sections) for section in Section}


def _joined(
    section: Section, documents: Sequence[tuple[str, Mapping[str, list[Written]]]]
) -> list[Written]:
    if not documents:
        return []
    (_, narrowest), *wider = documents
    found: list[Written] = []
    for one in narrowest.get(section, []):
        found += _joined(section, wider) if one.name == "base" else [one]
    return found


def _sections(scope: str, text: str) -> dict[str, list[Written]]:
    root = policy_text.read(text)
    starts = _starts(text)
    ends = [_index(starts, one.place) for one in root.children[1:]] + [len(text)]
    return {
        section.name: _children(scope, text, starts, section, end)
        for section, end in zip(root.children, ends, strict=True)
    }


def _children(
    scope: str, text: str, starts: list[int], section: Element, end: int
) -> list[Written]:
    """Each child with its text: up to the next one, the last to the section's end."""
    begins = [_index(starts, child.place) for child in section.children]
    if not begins:
        return []
    ends = [*begins[1:], text.rindex(f"</{section.name}", 0, end)]
    return [
        Written(scope=scope, name=child.name, text=_moved(text[at:to], child.place))
        for child, at, to in zip(section.children, begins, ends, strict=True)
    ]


def _moved(text: str, place: Place) -> str:
    """The text as if it began at the left edge."""
    first, *others = text.strip().split("\n")
    edge = re.compile(rf"^[ \t]{{0,{place.column - 1}}}")
    return "\n".join((first, *(edge.sub("", line) for line in others)))


def _starts(text: str) -> list[int]:
    """Where each line begins."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _index(starts: list[int], place: Place) -> int:
    return starts[place.line - 1] + place.column - 1
