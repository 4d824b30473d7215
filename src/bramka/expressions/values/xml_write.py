"""XML written as System.Xml.Linq does; nodes tell by their `form` what they are."""

import re
from typing import Any

from bramka.expressions.meter import room_for_text, step
from bramka.expressions.values.xml_names import XML, XMLNS, XName

_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_ATTRIBUTE = {**_TEXT, '"': "&quot;", "\n": "&#xA;", "\t": "&#x9;"}
_IN_TEXT = re.compile("[&<>\r]")
_IN_ATTRIBUTE = re.compile('[&<>\r"\n\t]')


def escaped(text: str) -> str:
    return _IN_TEXT.sub(lambda found: _TEXT[found[0]], text)


def _quoted(text: str) -> str:
    return _IN_ATTRIBUTE.sub(lambda found: _ATTRIBUTE[found[0]], text)


def attribute_text(attribute: Any) -> str:
    prefix = "xmlns:" if attribute.name.uri == XMLNS else ""
    return f'{prefix}{attribute.name.local}="{_quoted(attribute.value)}"'


class _Writer:
    """Writes nodes with the prefixes that are in scope."""

    def __init__(self, *, indented: bool) -> None:
        self.indented = indented
        self.parts: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)
        if self.size > 1_000_000:
            room_for_text(self.size)

    def node(self, node: Any, depth: int, scope: dict[str, str], wide: bool) -> None:
        """One node; `wide` tells that it may stand on a line of its own."""
        step()
        if node.form == "element":
            self.element(node, depth, scope, wide)
        elif node.form == "text":
            shown = (
                f"<![CDATA[{node.value}]]>" if node.is_cdata else escaped(node.value)
            )
            self.add(shown)
        elif node.form == "comment":
            self.add(f"<!--{node.value}-->")

    def element(self, node: Any, depth: int, scope: dict[str, str], wide: bool) -> None:
        scope, tag, declared = _names(node, scope)
        self.add(f"<{tag}{declared}")
        if not node.nodes:
            self.add(" />")
            return
        self.add(">")
        mixed = any(item.form == "text" for item in node.nodes)
        inner = wide and not mixed and self.indented
        for item in node.nodes:
            if inner:
                self.add("\n" + "  " * (depth + 1))
            self.node(item, depth + 1, scope, inner)
        if inner:
            self.add("\n" + "  " * depth)
        self.add(f"</{tag}>")


def _names(node: Any, scope: dict[str, str]) -> tuple[dict[str, str], str, str]:
    """Scope inside, tag, and attributes as text; missing declarations are added.

    The scope maps a namespace to its prefix. What .NET declares by itself it declares
    behind the attributes, the last first.
    """
    inside = dict(scope)
    added: list[str] = []
    for attribute in node.attributes.values():
        if attribute.name.uri == XMLNS:
            _declare(inside, attribute.value, attribute.name.local)
        elif attribute.name == XName("xmlns"):
            _declare(inside, attribute.value, "")
    if node.name.uri not in inside:
        _declare(inside, node.name.uri, "")
        added.append(f' xmlns="{_quoted(node.name.uri)}"')
    prefix = inside.get(node.name.uri, "")
    tag = f"{prefix}:{node.name.local}" if prefix else node.name.local
    shown = [f" {_attribute(one, inside, added)}" for one in node.attributes.values()]
    return inside, tag, "".join([*shown, *reversed(added)])


def _declare(scope: dict[str, str], uri: str, prefix: str) -> None:
    """A prefix stands for one namespace: the last one declared for it."""
    for other in [known for known, name in scope.items() if name == prefix]:
        del scope[other]
    scope[uri] = prefix


def _attribute(attribute: Any, scope: dict[str, str], added: list[str]) -> str:
    uri = attribute.name.uri
    if not uri or uri == XMLNS:
        return attribute_text(attribute)
    if uri == XML:
        return f'xml:{attribute.name.local}="{_quoted(attribute.value)}"'
    prefix = scope.get(uri)
    if not prefix:
        prefix = f"p{len(scope)}"
        scope[uri] = prefix
        added.append(f' xmlns:{prefix}="{_quoted(uri)}"')
    return f'{prefix}:{attribute.name.local}="{_quoted(attribute.value)}"'


def write(node: Any, options: int = 0) -> str:
    """`ToString()`; SaveOptions.DisableFormatting leaves out new lines."""
    writer = _Writer(indented=not options & 1)
    if node.form == "document":
        for index, item in enumerate(node.nodes):
            if index and writer.indented:
                writer.add("\n")
            writer.node(item, 0, {"": ""}, True)
    else:
        writer.node(node, 0, {"": ""}, True)
    room_for_text(writer.size)
    return "".join(writer.parts)
