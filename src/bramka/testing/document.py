"""Documents for policies that are tried: each put where it may stand."""

import re
from collections.abc import Mapping
from functools import cache

from bramka import policies
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.site import Shelf

COMMENT = re.compile("<!--.*?-->", re.DOTALL)


@cache
def known_policies() -> Shelf:
    """The shelf, read once."""
    return policies.shelf()


def document_of(
    policy: str, sections: dict[Section, str], scope: Scope | None
) -> tuple[str, Scope]:
    """The document for a policy and for sections, and the scope it is for."""
    found = re.search(r"<([a-z][\w-]*)", COMMENT.sub("", policy))
    name = found[1] if found else ""
    if name == "policies":
        return policy, scope or Scope.API
    known = known_policies().get(name)
    if policy:
        allowed = set(Section) if known is None else known.SECTIONS
        section = next(one for one in Section if one in allowed)
        sections[section] = policy + sections[section]
    if scope is None:
        order = (Scope.API, Scope.PRODUCT, Scope.OPERATION, Scope.GLOBAL)
        scopes = set(Scope) if known is None else known.SCOPES
        scope = next(one for one in order if one in scopes)
    return written_document(sections, scope), scope


def written_document(sections: Mapping[Section, str], scope: Scope) -> str:
    """A document of these sections; what is left out is inherited."""
    lines = ["<policies>"]
    for section in Section:
        text = sections.get(section, "")
        if section is Section.BACKEND:
            base = "<forward-request />" if scope is Scope.GLOBAL else "<base />"
            inner = text or base
        else:
            inner = f"<base />{text}"
        lines.append(f"<{section.value}>{inner}</{section.value}>")
    return "\n".join([*lines, "</policies>"])
