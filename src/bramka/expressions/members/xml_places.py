"""Members of System.Xml.Linq that look beside a node or change what stands there."""

import re
from collections.abc import Iterable
from typing import Any

from bramka.expressions.compiler.table import Body, Family, Inline
from bramka.expressions.failures import Thrown
from bramka.expressions.members.xml import attributes, flattened, lazily
from bramka.expressions.members.xml_changes import remove_content
from bramka.expressions.values.plain import Array
from bramka.expressions.values.xml import (
    XAttribute,
    XContainer,
    XDocument,
    XElement,
    XNode,
)
from bramka.expressions.values.xml_names import XMLNS, XName, XNamespace
from bramka.expressions.values.xml_write import write


def siblings(node: XNode, offset: int) -> list[XNode]:
    """Nodes before (-1) or after (1) this one, in document order."""
    row = node.parent.nodes if node.parent else []
    at = next((i for i, item in enumerate(row) if item is node), len(row))
    return row[:at] if offset < 0 else row[at + 1 :]


def elements_beside(offset: int) -> Any:
    def found(node: XNode, name: XName | None = None) -> Iterable[XElement]:
        return [
            one
            for one in siblings(node, offset)
            if isinstance(one, XElement) and name in (None, one.name)
        ]

    return lazily(found)


def add_beside(node: XNode, content: Any, *, after: bool) -> None:
    holder = node.parent
    if holder is None:
        raise Thrown("InvalidOperationException", "The parent is missing.")
    at = next(i for i, item in enumerate(holder.nodes) if item is node) + after
    rest = holder.nodes[at:]
    holder.nodes = holder.nodes[:at]
    holder.add(content)
    holder.nodes += rest


def upwards(node: XElement, name: XName | None = None) -> Iterable[XElement]:
    rows = [node, *node.ancestors()]
    return (one for one in rows if name in (None, one.name))


def ancestors_named(node: XNode, name: XName) -> Iterable[XElement]:
    return (one for one in node.ancestors() if one.name == name)


def all_nodes(node: XContainer, *, itself: bool = False) -> Iterable[XNode]:
    stack: list[XNode] = [node] if itself else node.nodes[::-1]
    while stack:
        at = stack.pop()
        yield at
        if isinstance(at, XContainer):
            stack += at.nodes[::-1]


def replace_all(node: XElement, content: Any) -> None:
    remove_content(node)
    node.add(content)


def replace_attributes(node: XElement, content: Any) -> None:
    node.attributes.clear()
    node.add(content)


def prefix_of(node: XElement, space: XNamespace) -> str | None:
    at: Any = node
    while isinstance(at, XElement):
        for one in at.attributes.values():
            if one.name.uri == XMLNS and one.value == space.uri:
                return one.name.local
        at = at.parent
    return None


def beside_attribute(offset: int) -> Any:
    def found(attribute: XAttribute) -> XAttribute | None:
        row = attributes(attribute.parent) if attribute.parent else []
        at = next((i for i, one in enumerate(row) if one is attribute), -1) + offset
        return row[at] if row and 0 <= at < len(row) else None

    return found


def same_tree(left: XNode | None, right: XNode | None) -> bool:
    """`DeepEquals`: names, attributes in any order, contents in theirs."""
    if left is None or right is None or type(left) is not type(right):
        return left is right
    if isinstance(left, XElement) and _tag(left) != _tag(right):
        return False
    if isinstance(left, XContainer) and isinstance(right, XContainer):
        return len(left.nodes) == len(right.nodes) and all(
            map(same_tree, left.nodes, right.nodes)
        )
    return write(left, 1) == write(right, 1)


def _tag(node: XNode) -> object:
    if not isinstance(node, XElement):
        return None
    return node.name, {one.name: one.value for one in node.attributes.values()}


def last_attribute(node: XElement) -> XAttribute | None:
    row = attributes(node)
    return row[-1] if row else None


class Declaration:
    """`<?xml … ?>`, taken apart."""

    __slots__ = ("encoding", "standalone", "version")

    def __init__(
        self, version: str | None, encoding: str | None, standalone: str | None
    ) -> None:
        self.version = version
        self.encoding = encoding
        self.standalone = standalone

    def __str__(self) -> str:
        parts = [
            f' {name}="{value}"'
            for name, value in (
                ("version", self.version),
                ("encoding", self.encoding),
                ("standalone", self.standalone),
            )
            if value is not None
        ]
        return f"<?xml{''.join(parts)}?>"


def declared(declaration: Declaration | None, content: Any) -> XDocument:
    made = XDocument(content)
    made.declaration = None if declaration is None else str(declaration)
    return made


def declaration_of(document: XDocument) -> Declaration | None:
    if document.declaration is None:
        return None
    found = dict(_PART.findall(document.declaration))
    return Declaration(
        found.get("version"), found.get("encoding"), found.get("standalone")
    )


_PART = re.compile(r'(\w+)="([^"]*)"')
_NAMED = "XName name"
NODE: dict[str, Body] = {
    "ElementsAfterSelf() -> IEnumerable<XElement>": elements_beside(1),
    f"ElementsAfterSelf({_NAMED}) -> IEnumerable<XElement>": elements_beside(1),
    "ElementsBeforeSelf() -> IEnumerable<XElement>": elements_beside(-1),
    f"ElementsBeforeSelf({_NAMED}) -> IEnumerable<XElement>": elements_beside(-1),
    "NodesAfterSelf() -> IEnumerable<XNode>": lambda node: Array(siblings(node, 1)),
    "NodesBeforeSelf() -> IEnumerable<XNode>": lambda node: Array(siblings(node, -1)),
    f"Ancestors({_NAMED}) -> IEnumerable<XElement>": lazily(ancestors_named),
    "AddAfterSelf(params object[] content) -> void": lambda node, content: add_beside(
        node, content, after=True
    ),
    "AddBeforeSelf(params object[] content) -> void": lambda node, content: add_beside(
        node, content, after=False
    ),
    "static DeepEquals(XNode n1, XNode n2) -> bool": same_tree,
}
FAMILIES: dict[str, Family] = {
    "XNode": NODE,
    "XElement": {
        "AncestorsAndSelf() -> IEnumerable<XElement>": lazily(upwards),
        f"AncestorsAndSelf({_NAMED}) -> IEnumerable<XElement>": lazily(upwards),
        "DescendantNodesAndSelf() -> IEnumerable<XNode>": lazily(
            lambda node: all_nodes(node, itself=True)
        ),
        "LastAttribute -> XAttribute": last_attribute,
        "ReplaceAll(params object[] content) -> void": replace_all,
        "ReplaceAttributes(params object[] content) -> void": replace_attributes,
        "GetPrefixOfNamespace(XNamespace ns) -> string": prefix_of,
    },
    "XAttribute": {
        "NextAttribute -> XAttribute": beside_attribute(1),
        "PreviousAttribute -> XAttribute": beside_attribute(-1),
    },
    "XDeclaration": {
        "new(string version, string encoding, string standalone)": Declaration,
        "Version -> string": Inline("$0.version"),
        "Encoding -> string": Inline("$0.encoding"),
        "Standalone -> string": Inline("$0.standalone"),
        "ToString() -> string": str,
    },
    "XDocument": {
        "new(XDeclaration declaration, params object[] content)": declared,
        "Declaration -> XDeclaration": declaration_of,
    },
    "IEnumerable<T>": {
        "Nodes() -> IEnumerable<XNode>": flattened(lambda node: list(node.nodes)),
    },
}
