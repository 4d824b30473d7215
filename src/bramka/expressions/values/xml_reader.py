"""`XmlReader`: the nodes of a document one after the other."""

from collections.abc import Iterator

from bramka.expressions.failures import Thrown
from bramka.expressions.meter import step
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.xml import (
    XComment,
    XContainer,
    XDocument,
    XElement,
    XNode,
    XText,
)
from bramka.expressions.values.xml_names import XName
from bramka.expressions.values.xml_write import write

Stop = tuple[XNode, bool]
"""A node, and whether it is its end tag that is met."""
_KINDS = ENUM_CLASSES["XmlNodeType"]


def _stops(node: XContainer) -> Iterator[Stop]:
    for item in node.nodes:
        step()
        yield item, False
        if isinstance(item, XElement):
            yield from _stops(item)
            if item.nodes:
                yield item, True


class XmlReader:
    """A place in a document that moves forward only."""

    __slots__ = ("at", "ended", "rows")

    def __init__(self, document: XDocument) -> None:
        self.rows = list(_stops(document))
        self.at = -1
        self.ended = False

    def read(self) -> bool:
        """Move on by one node; false at the end."""
        step()
        self.at = min(self.at + 1, len(self.rows))
        self.ended = self.at >= len(self.rows)
        return not self.ended

    @property
    def here(self) -> XNode | None:
        return self.rows[self.at][0] if 0 <= self.at < len(self.rows) else None

    @property
    def node_type(self) -> object:
        node = self.here
        if node is None:
            return _KINDS["None_"]
        if isinstance(node, XElement):
            return _KINDS["EndElement" if self.rows[self.at][1] else "Element"]
        return _KINDS["Comment" if isinstance(node, XComment) else "Text"]

    def move_to_content(self) -> object:
        """Past comments to the next element or text."""
        if self.at < 0:
            self.read()
        while isinstance(self.here, XComment):
            self.read()
        return self.node_type

    @property
    def local_name(self) -> str:
        node = self.here
        return node.name.local if isinstance(node, XElement) else ""

    @property
    def name(self) -> str:
        """The name as written, which prefixes are no part of here."""
        return self.local_name

    @property
    def value(self) -> str:
        node = self.here
        return node.value if isinstance(node, XText | XComment) else ""

    def attribute(self, name: str) -> str | None:
        node = self.here
        found = node.attributes.get(XName(name)) if isinstance(node, XElement) else None
        return None if found is None else found.value

    def take(self) -> XNode:
        """`XNode.ReadFrom(reader)`: the node here; the reader stands behind it."""
        node = self.here
        if node is None:
            text = "The XmlReader state should be Interactive."
            raise Thrown("InvalidOperationException", text)
        self.skip()
        made = node.clone()
        made.parent = None
        return made

    def skip(self) -> None:
        """Past this node with all that is in it."""
        node = self.here
        within = isinstance(node, XElement) and bool(node.nodes)
        within = within and not self.rows[self.at][1]
        self.read()
        while within and not self.ended:
            item, is_end = self.rows[self.at]
            self.read()
            within = not (item is node and is_end)

    def outer(self) -> str:
        return write(self.take(), 1)

    def inner(self) -> str:
        node = self.take()
        nodes = node.nodes if isinstance(node, XContainer) else []
        return "".join(write(item, 1) for item in nodes)

    def content(self) -> str:
        """The text of the element here; the reader stands behind it."""
        node = self.take()
        return node.value if isinstance(node, XElement | XText) else ""
