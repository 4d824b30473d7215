"""What is wrong with an element of a policy document, in words for its author."""

import difflib
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NoReturn

import msgspec

from bramka.domain.traffic import policy_text
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element, Expression, Value
from bramka.domain.traffic.site import Children, Policy
from bramka.gateway.elsewhere import ATTRIBUTES_ELSEWHERE, ELSEWHERE

_INSIDE = {"when": "choose", "otherwise": "choose"}
_KINDS = {"int": "a whole number", "float": "a number", "bool": "true or false"}
_EXPECTED = re.compile(r"Expected `(\w+)`(?: ([<>]=?) ([\d.-]+))?")
_BOUNDS = {">=": "of at least", ">": "above", "<=": "of at most", "<": "below"}


def attribute_names(of: type) -> set[str]:
    """The attribute names of a settings Struct."""
    return {field.encode_name for field in msgspec.structs.fields(of)}


def refuse_settings(
    element: Element, of: type, problem: str, children: Children = None
) -> NoReturn:
    names = sorted(attribute_names(of))
    for name in element.attributes:
        if name not in names and name != "id":
            for prefix, why in ATTRIBUTES_ELSEWHERE.items():
                if name.startswith(prefix):
                    message = f"this gateway does not have '{name}': {why}"
                    policy_text.refuse(message, element.place, element.name)
            near = difflib.get_close_matches(name, names, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            if name in (children or ()):
                hint = f"; it is an element inside: <{name}>…</{name}>"
            policy_text.refuse(
                f"has no attribute '{name}'{hint}", element.place, element.name
            )
    what, _, where = problem.partition(" - at `$.")
    attribute = where.rstrip("`")
    found = element.attributes.get(attribute)
    place = element.place if found is None else found.place
    if attribute and found is not None:
        message = f"attribute '{attribute}' is '{found.literal}': {_wanted(what)}"
    else:
        message = what.replace("Object missing required field", "needs the attribute")
        message = message.replace("`", "'")
    policy_text.refuse(message, place, element.name)


def refuse_unknown(element: Element, names: list[str], kind: str) -> NoReturn:
    near = difflib.get_close_matches(element.name, names, 1)
    hint = f"; did you mean <{near[0]}>?" if near else ""
    if not hint and kind == "section":
        hint = f"; sections are {_listed(names)}"
    policy_text.refuse(
        f"<{element.name}> is not a {kind}{hint}", element.place, element.name
    )


def check_children(element: Element, allowed: Children, *, takes_text: bool) -> None:
    if not takes_text and any(
        not isinstance(part, str) or part.strip() for part in element.text.parts
    ):
        policy_text.refuse("holds text where none belongs", element.place, element.name)
    if allowed is None:
        return
    for child in element.children:
        if child.name not in allowed:
            hint = _where_instead(child.name, allowed)
            policy_text.refuse(
                f"<{child.name}> cannot stand inside <{element.name}>{hint}",
                child.place,
                child.name,
            )
        if child.inner is not None:
            continue
        inner = allowed[child.name]
        check_children(child, inner, takes_text=not inner)


def _where_instead(name: str, allowed: Mapping[str, Children]) -> str:
    """Which child was perhaps meant, in which it belongs, or which there are."""
    near = difflib.get_close_matches(name, list(allowed), 1)
    if near:
        return f"; did you mean <{near[0]}>?"
    for one, inner in allowed.items():
        if name in (inner or ()):
            return f"; it can inside <{one}>"
    return f"; {_listed(allowed)} can" if allowed else ""


def _listed(names: Iterable[str]) -> str:
    """`<a>, <b> and <c>`."""
    *most, last = (f"<{name}>" for name in names)
    return f"{', '.join(most)} and {last}" if most else last


def refuse_policy(element: Element, shelf: Mapping[str, Policy]) -> NoReturn:
    """Refuse an element that is no policy, or one that only Azure has."""
    name = element.name
    if name in ELSEWHERE:
        message = f"this gateway does not have it: {ELSEWHERE[name]}"
        policy_text.refuse(message, element.place, name)
    if name == "base":
        what = "<base> stands directly in a section only, not inside a policy"
        policy_text.refuse(what, element.place, name)
    if name in list(Section):
        what = f"<{name}> is a section, not a policy; it stands inside <policies>"
        policy_text.refuse(what, element.place, name)
    owners = [one for one, policy in shelf.items() if name in (policy.CHILDREN or ())]
    inside = _INSIDE.get(name) or ", ".join(f"<{one}>" for one in owners[:3])
    if inside:
        inside = inside if inside.startswith("<") else f"<{inside}>"
        what = f"<{name}> is not a policy; it stands inside {inside}"
        policy_text.refuse(what, element.place, name)
    refuse_unknown(element, list(shelf), "policy")


def _wanted(problem: str) -> str:
    """What msgspec expected, without the names of Python's types."""
    found = _EXPECTED.match(problem)
    if found is None or found[1] not in _KINDS:
        return problem.lower()
    bound = f" {_BOUNDS[found[2]]} {found[3]}" if found[2] else ""
    return f"it must be {_KINDS[found[1]]}{bound}"


def check_brackets(value: Value) -> None:
    """Refuse text behind an expression that closes a bracket once too often."""
    text = "".join(part for part in value.parts if isinstance(part, str))
    for part, following in pairwise(value.parts):
        if isinstance(part, Expression) and isinstance(following, str):
            opening, closing = "{}" if part.is_block else "()"
            if following.startswith(closing) and text.count(closing) > text.count(
                opening
            ):
                what = f"the expression has ended before this '{closing}'; delete it"
                policy_text.refuse(what, part.place)
