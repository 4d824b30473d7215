"""The limits that a policy document sets, as callers are told of them."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element

LIMITS = ("rate-limit", "quota", "rate-limit-by-key", "quota-by-key")


class LimitRule(Struct, frozen=True, kw_only=True):
    """One limit; numbers that an expression gives are not known beforehand."""

    policy: str
    place: str
    """Whose counter it is, as gateways name it."""
    part: str = ""
    """What the keys of its counter begin with: which part of the calls is counted."""
    api: str | None = None
    """Name or id of the part."""
    operation: str | None = None
    calls: int | None = None
    bandwidth: int | None = None
    """Kilobytes."""
    period: int | None = None
    """Seconds; 0 is for ever."""
    first_period_start: str | None = None


Fragments = Mapping[str, Element]


def limits_in(
    document: Element, scope: str, fragments: Fragments = MappingProxyType({})
) -> list[LimitRule]:
    """The limits of a document's inbound section, at any depth."""
    return [
        rule
        for section in document.children
        if section.name == Section.INBOUND
        for element, path in _numbered(section.children, "", fragments)
        if element.name in LIMITS
        for rule in _rules(element, "\n".join((scope, section.name, path)))
    ]


def _numbered(
    elements: Iterable[Element], inside: str, fragments: Fragments
) -> Iterator[tuple[Element, str]]:
    """Each element at any depth, with its path as gateways write it."""
    seen: dict[str, int] = {}
    for element in elements:
        number = seen[element.name] = seen.get(element.name, 0) + 1
        path = f"{inside}{element.name}[{number}]"
        yield element, path
        if element.name == "include-fragment":
            included = fragments.get(_text(element, "fragment-id") or "")
            if included is not None:
                yield from _numbered(included.children, f"{path}/", {})
        elif element.name not in LIMITS:
            yield from _numbered(element.children, f"{path}/", fragments)


def _rules(element: Element, place: str) -> Iterator[LimitRule]:
    yield _rule(element, element.name, place)
    for api in element.children:
        name = _text(api, "id") or _text(api, "name") or ""
        part = f"api={name}\n"
        yield _rule(api, element.name, place, part, name)
        for operation in api.children:
            inner = _text(operation, "id") or _text(operation, "name") or ""
            whole = f"{part}operation={inner}\n"
            yield _rule(operation, element.name, place, whole, name, inner)


def _rule(
    element: Element, policy: str, place: str, part: str = "", *names: str
) -> LimitRule:
    return LimitRule(
        policy=policy,
        place=place,
        part=part,
        api=names[0] if names else None,
        operation=names[1] if len(names) > 1 else None,
        calls=_number(element, "calls"),
        bandwidth=_number(element, "bandwidth"),
        period=_number(element, "renewal-period"),
        first_period_start=_text(element, "first-period-start"),
    )


def _number(element: Element, name: str) -> int | None:
    text = (_text(element, name) or "").strip()
    return int(text) if text.isascii() and text.isdecimal() else None


def _text(element: Element, name: str) -> str | None:
    value = element.attributes.get(name)
    return None if value is None else value.literal
