"""Compiling policy documents: from the author's text to rows of steps.

Each document is compiled once, by itself; `<base/>` stays a mark in its sections and
is filled in when the documents of all scopes are joined (see `library.py`).
"""

from collections.abc import Mapping
from typing import Literal

from bramka.domain.traffic import policy_text
from bramka.domain.traffic.policy import PolicyDocument, Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.step import Step
from bramka.gateway.faults import refuse_unknown
from bramka.gateway.site import SiteOf, numbered
from bramka.gateway.workshop import Nouns, Workshop, expanded

BASE: Literal["base"] = "base"
"""Stands where the same section of the next wider scope is put in."""

Sections = Mapping[Section, tuple[Step | Literal["base"], ...]]


def compile_document(
    document: PolicyDocument,
    workshop: Workshop,
    nouns: Nouns,
    values: Mapping[str, str],
) -> Sections:
    """The sections of one document; raises Invalid with line and column."""
    nouns = nouns.holding(values)
    text = expanded(document.text, values, escaped=document.escaped)
    root = policy_text.read(text, escaped=document.escaped)
    if root.name != "policies":
        policy_text.refuse(
            f"the root element is <{root.name}>; it must be <policies>",
            root.place,
            root.name,
        )
    found: dict[Section, tuple[Step | Literal["base"], ...]] = {}
    for element in root.children:
        try:
            section = Section(element.name)
        except ValueError:
            refuse_unknown(element, [name.value for name in Section], "section")
        if section in found:
            what = "stands twice; put what both hold into one"
            policy_text.refuse(what, element.place, element.name)
        found[section] = _compile_section(
            element, section, document.scope, workshop, nouns
        )
    return {section: found.get(section, ()) for section in Section}


def _compile_section(
    element: Element,
    section: Section,
    scope_path: str,
    workshop: Workshop,
    nouns: Nouns,
) -> tuple[Step | Literal["base"], ...]:
    top = SiteOf(
        element=element,
        section=section,
        scope_path=scope_path,
        path="",
        workshop=workshop,
        nouns=nouns,
    )
    if section is Section.BACKEND and len(element.children) > 1:
        policy_text.refuse(
            "backend section allows only one policy to be specified; put it into "
            "one <choose> or <retry>, or move what prepares the request to inbound",
            element.place,
            element.name,
        )
    steps: list[Step | Literal["base"]] = []
    once: set[str] = set()
    for child, path in numbered(element.children, ""):
        if child.name == BASE:
            if child.attributes or child.children:
                what = "holds nothing and has no attributes; it is written <base />"
                policy_text.refuse(what, child.place, BASE)
            if BASE in steps:
                what = "stands twice in the section; the wider scope runs once"
                policy_text.refuse(what, child.place, BASE)
            steps.append(BASE)
            continue
        steps.append(top.step(child, path))
        if workshop.shelf[child.name].ONCE:
            if child.name in once:
                policy_text.refuse(
                    "may stand only once in a section", child.place, child.name
                )
            once.add(child.name)
    return tuple(steps)
