"""Changes to XML trees."""

from collections.abc import Callable, Iterable
from typing import Any

from bramka.expressions.values.xml import XContainer, XElement, XNode
from bramka.expressions.values.xml_names import XName


def set_element(node: XElement, name: XName, value: Any) -> None:
    """`SetElementValue`: null removes."""
    found = node.element(name)
    if value is None:
        if found is not None:
            found.remove()
    elif found is None:
        node.add(XElement(name, value))
    else:
        found.set_value(value)


def replace(node: XNode, other: Any) -> None:
    holder = node.parent
    if holder is None:
        node.remove()
        return
    at = next(i for i, item in enumerate(holder.nodes) if item is node)
    rest = holder.nodes[at + 1 :]
    holder.nodes = holder.nodes[:at]
    node.parent = None
    holder.add(other)
    holder.nodes += rest


def add_first(node: XContainer, content: Any) -> None:
    rest, node.nodes = node.nodes, []
    node.add(content)
    node.nodes += rest


def remove_nodes(node: XContainer) -> None:
    for item in list(node.nodes):
        item.remove()


def remove_content(node: XElement) -> None:
    node.attributes.clear()
    remove_nodes(node)


def replace_nodes(node: XContainer, content: Any) -> None:
    remove_nodes(node)
    node.add(content)


def remove_all(nodes: Iterable[Any]) -> None:
    for node in list(nodes):
        node.remove()


def next_node(offset: int) -> Callable[[XNode], XNode | None]:
    def found(node: XNode) -> XNode | None:
        row = node.parent.nodes if node.parent else []
        at = next((i for i, item in enumerate(row) if item is node), -1) + offset
        return row[at] if row and 0 <= at < len(row) else None

    return found
