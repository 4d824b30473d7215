"""XPath over elements: paths of names, `*`, `//`, `..`, indexes and equalities."""

import re
from collections.abc import Iterable

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import step
from bramka.expressions.values.xml import XContainer, XElement
from bramka.expressions.values.xml_names import XName

_STEP = re.compile(
    r"(//?)?(?:(\.\.)|(\.)|(\*)|(?:\w+:)?([\w\-.]+)"
    r"|\*\[local-name\(\)\s*=\s*['\"]([\w\-.]+)['\"]\])"
    r"((?:\[[^\]]*\])*)"
)
_TEST = re.compile(
    r"\[(?:(\d{1,9})|last\(\)|(@)?([\w\-.]+)(?:\s*=\s*'([^']*)'|\s*=\s*\"([^\"]*)\")?"
    r"|local-name\(\)\s*=\s*['\"]([\w\-.]+)['\"])\]"
)


def select_all(node: XContainer, path: str) -> list[XElement]:
    """`XPathSelectElements`."""
    require(expression=path)
    found: Iterable[XContainer] = [_root(node) if path.startswith("/") else node]
    at = 0
    while at < len(path):
        one = _STEP.match(path, at)
        if one is None or (at and not one[1]):
            text = f"'{path[:80]}' has an invalid or unsupported token."
            raise Thrown("ArgumentException", text)
        found = _stepped(found, one)
        at = one.end()
    return [item for item in found if isinstance(item, XElement)]


def _root(node: XContainer) -> XContainer:
    while node.parent is not None:
        node = node.parent
    return node


def _stepped(found: Iterable[XContainer], one: re.Match[str]) -> list[XContainer]:
    deep, up, same, every, name, local, tests = one.groups()
    row: dict[int, XContainer] = {}
    for node in found:
        step()
        if up:
            near = [node.parent] if node.parent is not None else []
        elif same:
            near = [node]
        else:
            walk = node.descendants() if deep == "//" else node.elements()
            wanted = name or local
            near = [i for i in walk if every or i.name.local == wanted]
        for item in _tested(near, tests):
            row[id(item)] = item
    return list(row.values())


def _tested(row: list[XContainer], tests: str) -> list[XContainer]:
    for test in re.findall(r"\[[^\]]*\]", tests):
        found = _TEST.fullmatch(test)
        if found is None:
            raise Thrown("ArgumentException", f"'{test[:60]}' is not supported.")
        row = _filtered(row, found)
    return row


def _filtered(row: list[XContainer], found: re.Match[str]) -> list[XContainer]:
    place, at, name, single, double, local = found.groups()
    if place:
        return row[int(place) - 1 : int(place)]
    if local:
        return [i for i in row if isinstance(i, XElement) and i.name.local == local]
    if not name:
        return row[-1:]
    wanted = single if single is not None else double
    return [item for item in row if _has(item, bool(at), name, wanted)]


def _has(item: XContainer, at: bool, name: str, wanted: str | None) -> bool:
    if at:
        held = item.attributes.get(XName(name)) if isinstance(item, XElement) else None
        values = [] if held is None else [held.value]
    else:
        values = [i.value for i in item.elements() if i.name.local == name]
    return bool(values) if wanted is None else wanted in values


def select(node: XContainer, path: str) -> XElement | None:
    """`XPathSelectElement`: the first."""
    return next(iter(select_all(node, path)), None)
