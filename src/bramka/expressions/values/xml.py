"""XML trees as System.Xml.Linq has them."""

from collections.abc import Iterator
from typing import Any

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import room_for_text, step
from bramka.expressions.values.dates import DateTime
from bramka.expressions.values.text import text_of
from bramka.expressions.values.xml_names import XName
from bramka.expressions.values.xml_write import attribute_text, write


class XNode:
    """Anything that can stand inside an element."""

    __slots__ = ("parent",)
    form = "node"

    def __init__(self) -> None:
        self.parent: XContainer | None = None

    def clone(self) -> "XNode":
        raise NotImplementedError

    def remove(self) -> None:
        if self.parent is None:
            raise Thrown("InvalidOperationException", "The parent is missing.")
        self.parent.nodes = [node for node in self.parent.nodes if node is not self]
        self.parent = None

    def ancestors(self) -> Iterator["XElement"]:
        at = self.parent
        while isinstance(at, XElement):
            step()
            yield at
            at = at.parent

    def __str__(self) -> str:
        return write(self)


class XText(XNode):
    """Characters."""

    __slots__ = ("is_cdata", "value")
    form = "text"

    def __init__(self, value: str, *, is_cdata: bool = False) -> None:
        super().__init__()
        self.value = value
        self.is_cdata = is_cdata

    def clone(self) -> "XText":
        return XText(self.value, is_cdata=self.is_cdata)


class XComment(XNode):
    """A comment."""

    __slots__ = ("value",)
    form = "comment"

    def __init__(self, value: str) -> None:
        super().__init__()
        self.value = value

    def clone(self) -> "XComment":
        return XComment(self.value)


class XAttribute:
    """A name and a value in a start tag."""

    __slots__ = ("name", "parent", "value")

    def __init__(self, name: XName, value: Any) -> None:
        require(name=name, value=value)
        self.name = name
        self.value = xml_text_of(value)
        self.parent: XElement | None = None

    def remove(self) -> None:
        if self.parent is not None:
            self.parent.attributes.pop(self.name, None)
            self.parent = None

    def __str__(self) -> str:
        return attribute_text(self)


class XContainer(XNode):
    """What holds nodes: an element or a document."""

    __slots__ = ("nodes",)

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[XNode] = []

    def add(self, content: Any) -> None:
        """Nodes, attributes, text, or collections of them."""
        step()
        if content is None:
            return
        if isinstance(content, XAttribute):
            self._add_attribute(content)
        elif isinstance(content, XNode):
            free = content.parent is None and not self.is_under(content)
            node = content if free else content.clone()
            node.parent = self
            self.nodes.append(node)
        elif isinstance(content, str) or not hasattr(content, "__iter__"):
            self._add_text(xml_text_of(content))
        else:
            for item in content:
                self.add(item)

    def is_under(self, node: XNode) -> bool:
        """Whether this is `node` or stands inside it."""
        at: XNode | None = self
        while at is not None and at is not node:
            at = at.parent
        return at is not None

    def _add_attribute(self, content: XAttribute) -> None:
        raise Thrown("ArgumentException", "An attribute cannot be added to content.")

    def _add_text(self, text: str) -> None:
        last = self.nodes[-1] if self.nodes else None
        if isinstance(last, XText) and not last.is_cdata:
            room_for_text(len(last.value) + len(text))
            last.value += text
        elif text:
            node = XText(text)
            node.parent = self
            self.nodes.append(node)

    def elements(self, name: XName | None = None) -> Iterator["XElement"]:
        for node in list(self.nodes):
            step()
            if isinstance(node, XElement) and name in (None, node.name):
                yield node

    def element(self, name: XName) -> "XElement | None":
        require(name=name)
        return next(self.elements(name), None)

    def descendants(
        self, name: XName | None = None, *, itself: bool = False
    ) -> Iterator["XElement"]:
        stack: list[XNode] = [self] if itself else self.nodes[::-1]
        while stack:
            step()
            node = stack.pop()
            if isinstance(node, XElement):
                if name in (None, node.name):
                    yield node
                stack += node.nodes[::-1]


class XElement(XContainer):
    """An element."""

    __slots__ = ("attributes", "name")
    form = "element"

    def __init__(self, name: XName, content: Any = None) -> None:
        super().__init__()
        require(name=name)
        self.name = name
        self.attributes: dict[XName, XAttribute] = {}
        self.add(content)

    def _add_attribute(self, content: XAttribute) -> None:
        if content.name in self.attributes:
            raise Thrown("InvalidOperationException", "Duplicate attribute.")
        made = (
            content
            if content.parent is None
            else XAttribute(content.name, content.value)
        )
        made.parent = self
        self.attributes[made.name] = made

    @property
    def value(self) -> str:
        """All text inside, at any depth."""
        parts: list[str] = []
        stack = self.nodes[::-1]
        while stack:
            step()
            node = stack.pop()
            if isinstance(node, XText):
                parts.append(node.value)
            elif isinstance(node, XElement):
                stack += node.nodes[::-1]
        room_for_text(sum(map(len, parts)))
        return "".join(parts)

    def set_value(self, value: Any) -> None:
        self.nodes = []
        self._add_text(xml_text_of(value))

    def set_attribute(self, name: XName, value: Any) -> None:
        if value is None:
            self.attributes.pop(name, None)
            return
        made = XAttribute(name, value)
        made.parent = self
        self.attributes[name] = made

    def clone(self) -> "XElement":
        made = XElement(self.name)
        for attribute in self.attributes.values():
            made.set_attribute(attribute.name, attribute.value)
        for node in self.nodes:
            made.add(node)
        return made


class XDocument(XContainer):
    """A document: one root, perhaps a declaration and comments."""

    __slots__ = ("declaration",)
    form = "document"

    def __init__(self, content: Any = None) -> None:
        super().__init__()
        self.declaration: str | None = None
        self.add(content)

    @property
    def root(self) -> XElement | None:
        return next(self.elements(), None)

    def clone(self) -> "XDocument":
        made = XDocument()
        for node in self.nodes:
            made.add(node)
        return made


def xml_text_of(value: Any) -> str:
    """A value as XML Schema writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, DateTime):
        return value.text("yyyy-MM-ddTHH:mm:ss.FFFFFFFK")
    return text_of(value)
