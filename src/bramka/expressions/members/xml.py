"""Members of XDocument, XElement, XAttribute, XName and XmlReader."""

from collections.abc import Callable, Iterable
from typing import Any

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.failures import require
from bramka.expressions.members.builder import Reader as TextReader
from bramka.expressions.members.xml_changes import (
    add_first,
    next_node,
    remove_all,
    remove_content,
    remove_nodes,
    replace,
    replace_nodes,
    set_element,
)
from bramka.expressions.values import xml_text
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.sequences import Sequence
from bramka.expressions.values.xml import (
    XAttribute,
    XComment,
    XContainer,
    XDocument,
    XElement,
    XNode,
    XText,
)
from bramka.expressions.values.xml_names import (
    XML,
    XMLNS,
    XName,
    XNamespace,
    name_of,
    namespace_of,
)
from bramka.expressions.values.xml_path import select, select_all
from bramka.expressions.values.xml_reader import XmlReader
from bramka.expressions.values.xml_write import write


def lazily(function: Callable[..., Iterable[Any]]) -> Callable[..., Sequence]:
    def make(*arguments: Any) -> Sequence:
        require(node=arguments[0])
        return Sequence(lambda: function(*arguments))

    return make


def flattened(function: Callable[..., Iterable[Any]]) -> Callable[..., Sequence]:
    """The same for every node of a sequence."""

    def make(nodes: Any, *arguments: Any) -> Sequence:
        return Sequence(
            lambda: (found for node in nodes for found in function(node, *arguments))
        )

    return make


def with_self(node: XContainer, name: XName | None = None) -> Iterable[XElement]:
    return node.descendants(name, itself=True)


def attributes(node: XElement, name: XName | None = None) -> list[XAttribute]:
    row = list(node.attributes.values())
    return row if name is None else [item for item in row if item.name == name]


def attribute(node: XElement, name: XName) -> XAttribute | None:
    require(name=name)
    return node.attributes.get(name)


def document_of(node: XNode) -> XDocument | None:
    at: XNode = node
    while at.parent is not None:
        at = at.parent
    return at if isinstance(at, XDocument) else None


def set_name(node: XElement, name: XName) -> XName:
    node.name = name
    return name


def set_value(node: XElement, value: str) -> str:
    node.set_value(value)
    return value


def set_attribute_value(found: XAttribute, value: Any) -> Any:
    found.value = value
    return value


def set_text(node: XText, value: str) -> str:
    node.value = value
    return value


def local_attributes(node: XElement) -> bool:
    return bool(node.attributes)


def element_parent(node: XNode) -> XElement | None:
    return node.parent if isinstance(node.parent, XElement) else None


def namespace_in_scope(node: XElement, *, prefix: str) -> XNamespace:
    wanted = XName(prefix, XMLNS) if prefix else XName("xmlns")
    at: Any = node
    while isinstance(at, XElement):
        found = at.attributes.get(wanted)
        if found is not None:
            return XNamespace(found.value)
        at = at.parent
    return XNamespace("")


def reader_of(source: TextReader) -> XmlReader:
    return XmlReader(xml_text.read(source.rest()))


CONTAINER: Family = {
    "Elements() -> IEnumerable<XElement>": lazily(XContainer.elements),
    "Elements(XName name) -> IEnumerable<XElement>": lazily(XContainer.elements),
    "Element(XName name) -> XElement": XContainer.element,
    "Descendants() -> IEnumerable<XElement>": lazily(XContainer.descendants),
    "Descendants(XName name) -> IEnumerable<XElement>": lazily(XContainer.descendants),
    "Nodes() -> IEnumerable<XNode>": lambda node: list(node.nodes),
    "DescendantNodes() -> IEnumerable<XNode>": lazily(
        lambda node: (item for item in node.descendants())
    ),
    "FirstNode -> XNode": lambda node: node.nodes[0] if node.nodes else None,
    "LastNode -> XNode": lambda node: node.nodes[-1] if node.nodes else None,
    "Add(params object[] content) -> void": XContainer.add,
    "AddFirst(params object[] content) -> void": add_first,
    "RemoveNodes() -> void": remove_nodes,
    "ReplaceNodes(params object[] content) -> void": replace_nodes,
}
ELEMENT: Family = {
    "new(XName name)": XElement,
    "new(XName name, params object[] content)": XElement,
    "new(XElement other)": XElement.clone,
    "static Parse(string text) -> XElement": xml_text.read_element,
    "static Parse(string text, LoadOptions options) -> XElement": xml_text.read_element,
    "Name -> XName": Inline("$0.name"),
    "set Name(XName value)": set_name,
    "Value -> string": Inline("$0.value"),
    "set Value(string value)": set_value,
    "IsEmpty -> bool": lambda node: not node.nodes,
    "HasElements -> bool": lambda node: any(True for _ in node.elements()),
    "HasAttributes -> bool": local_attributes,
    "Attribute(XName name) -> XAttribute": attribute,
    "Attributes() -> IEnumerable<XAttribute>": attributes,
    "Attributes(XName name) -> IEnumerable<XAttribute>": attributes,
    "FirstAttribute -> XAttribute": lambda node: next(iter(attributes(node)), None),
    "SetAttributeValue(XName name, object value) -> void": XElement.set_attribute,
    "SetElementValue(XName name, object value) -> void": set_element,
    "SetValue(object value) -> void": XElement.set_value,
    "DescendantsAndSelf() -> IEnumerable<XElement>": lazily(with_self),
    "DescendantsAndSelf(XName name) -> IEnumerable<XElement>": lazily(with_self),
    "RemoveAttributes() -> void": lambda node: node.attributes.clear(),
    "RemoveAll() -> void": remove_content,
    "GetDefaultNamespace() -> XNamespace": lambda node: namespace_in_scope(
        node, prefix=""
    ),
    "GetNamespaceOfPrefix(string prefix) -> XNamespace": lambda node, prefix: (
        namespace_in_scope(node, prefix=prefix)
    ),
}
NODE: Family = {
    "Parent -> XElement": element_parent,
    "Document -> XDocument": document_of,
    "NextNode -> XNode": next_node(1),
    "PreviousNode -> XNode": next_node(-1),
    "NodeType -> XmlNodeType": lambda node: ENUM_CLASSES["XmlNodeType"][
        {"XElement": "Element", "XDocument": "Document", "XComment": "Comment"}.get(
            type(node).__name__, "Text"
        )
    ],
    "Ancestors() -> IEnumerable<XElement>": lazily(XNode.ancestors),
    "Remove() -> void": XNode.remove,
    "ReplaceWith(params object[] content) -> void": replace,
    "ToString(SaveOptions options) -> string": write,
    "XPathSelectElement(string path) -> XElement": select,
    "XPathSelectElements(string path) -> IEnumerable<XElement>": select_all,
    "static ReadFrom(XmlReader reader) -> XNode": XmlReader.take,
}
_FLAT: Family = {
    "Elements() -> IEnumerable<XElement>": flattened(XContainer.elements),
    "Elements(XName name) -> IEnumerable<XElement>": flattened(XContainer.elements),
    "Descendants() -> IEnumerable<XElement>": flattened(XContainer.descendants),
    "Descendants(XName name) -> IEnumerable<XElement>": flattened(
        XContainer.descendants
    ),
    "Attributes() -> IEnumerable<XAttribute>": flattened(attributes),
    "Attributes(XName name) -> IEnumerable<XAttribute>": flattened(attributes),
    "Ancestors() -> IEnumerable<XElement>": flattened(XNode.ancestors),
    "Nodes() -> IEnumerable<XNode>": flattened(lambda node: node.nodes),
    "DescendantsAndSelf() -> IEnumerable<XElement>": flattened(with_self),
    "DescendantsAndSelf(XName name) -> IEnumerable<XElement>": flattened(with_self),
    "Remove() -> void": remove_all,
}
FAMILIES: dict[str, Family] = {
    "IEnumerable<T>": _FLAT,
    "XObject": {},
    "XNode": NODE,
    "XContainer": CONTAINER,
    "XElement": ELEMENT,
    "XDocument": {
        "new(params object[] content)": XDocument,
        "static Parse(string text) -> XDocument": xml_text.read,
        "static Parse(string text, LoadOptions options) -> XDocument": xml_text.read,
        "Root -> XElement": Inline("$0.root"),
    },
    "XAttribute": {
        "new(XName name, object value)": XAttribute,
        "Name -> XName": Inline("$0.name"),
        "Value -> string": Inline("$0.value"),
        "set Value(string value)": set_attribute_value,
        "SetValue(object value) -> void": set_attribute_value,
        "IsNamespaceDeclaration -> bool": lambda found: (
            found.name.uri == XMLNS or found.name.local == "xmlns"
        ),
        "Parent -> XElement": Inline("$0.parent"),
        "Remove() -> void": XAttribute.remove,
    },
    "XText": {
        "new(string value)": XText,
        "Value -> string": Inline("$0.value"),
        "set Value(string value)": set_text,
    },
    "XCData": {"new(string value)": lambda text: XText(text, is_cdata=True)},
    "XComment": {"new(string value)": XComment, "Value -> string": Inline("$0.value")},
    "XName": {
        "LocalName -> string": Inline("$0.local"),
        "Namespace -> XNamespace": lambda name: XNamespace(name.uri),
        "NamespaceName -> string": Inline("$0.uri"),
        "static Get(string expandedName) -> XName": name_of,
        "static Get(string localName, string namespaceName) -> XName": XName,
    },
    "XNamespace": {
        "NamespaceName -> string": Inline("$0.uri"),
        "GetName(string localName) -> XName": lambda space, local: space + local,
        "static Get(string namespaceName) -> XNamespace": namespace_of,
        "static None -> XNamespace": Fixed(XNamespace("")),
        "static Xml -> XNamespace": Fixed(XNamespace(XML)),
        "static Xmlns -> XNamespace": Fixed(XNamespace(XMLNS)),
    },
    "XmlReader": {
        "static Create(TextReader input) -> XmlReader": reader_of,
        "MoveToContent() -> XmlNodeType": XmlReader.move_to_content,
        "Read() -> bool": XmlReader.read,
        "EOF -> bool": Inline("$0.ended"),
        "Name -> string": Inline("$0.name"),
        "LocalName -> string": Inline("$0.local_name"),
        "Value -> string": Inline("$0.value"),
        "NodeType -> XmlNodeType": Inline("$0.node_type"),
        "GetAttribute(string name) -> string": XmlReader.attribute,
        "ReadOuterXml() -> string": XmlReader.outer,
        "ReadInnerXml() -> string": XmlReader.inner,
        "ReadElementContentAsString() -> string": XmlReader.content,
        "Dispose() -> void": lambda reader: None,
    },
}
