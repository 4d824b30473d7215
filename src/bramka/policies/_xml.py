"""XML of bodies: read without reaching for anything outside of it."""

from typing import Any

from lxml import etree

Scope = dict[str, str]
"""Addresses of namespaces by their prefix."""
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
DEEPEST = 200
MOST_XML = 16 * 1024 * 1024
MOST_PARTS = 500_000
"""Marks of elements, or commas of JSON: taking apart takes its time for each."""
MOST_NAMESPACES = 100
MOST_ATTRIBUTES = 1000
"""Attributes of one element; each is looked up along all of them."""


class XmlProblem(Exception):
    """Text that is not XML, or XML that is not safe to read."""


def read_xml(content: bytes) -> etree._Element:
    """The root element; XmlProblem says why there is none."""
    if len(content) > MOST_XML:
        raise XmlProblem(f"it is longer than {MOST_XML} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlProblem(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise XmlProblem("it has a DOCTYPE, which is not read")
    return root


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """Names and values of its attributes."""
    if len(element.attrib) > MOST_ATTRIBUTES:
        raise XmlProblem(f"an element has more than {MOST_ATTRIBUTES} attributes")
    return [(str(name), str(value)) for name, value in element.attrib.items()]


def declarations(root: etree._Element) -> dict[etree._Element, Scope]:
    """The namespaces that elements declare, by prefix; none stands for the default."""
    found: dict[etree._Element, Scope] = {}
    new: Scope = {}
    depth = 0
    walk: Any = etree.iterwalk(root, events=("start-ns", "end-ns", "start"))
    for event, what in walk:
        if event == "start-ns":
            new[str(what[0])] = str(what[1])
            depth += 1
            if depth > MOST_NAMESPACES:
                raise XmlProblem(f"more than {MOST_NAMESPACES} namespaces in one place")
        elif event == "end-ns":
            depth -= 1
        elif new:
            found[what] = new
            new = {}
    return found


def local_name(element: etree._Element) -> str:
    """The name without its namespace."""
    return str(etree.QName(element).localname)


def xml_members(content: bytes, *, blank_nil: bool) -> dict[str, Any]:
    """The document as nested names, the root's first."""
    if content.count(b"<") > MOST_PARTS:
        raise XmlProblem(f"it has more than {MOST_PARTS} parts")
    root = read_xml(content)
    return {local_name(root): _value(root, blank_nil=blank_nil, depth=0)}


def _value(element: etree._Element, *, blank_nil: bool, depth: int) -> object:
    if depth > DEEPEST:
        raise XmlProblem(f"it is nested deeper than {DEEPEST} elements")
    if element.get(NIL) in ("true", "1"):
        return "" if blank_nil else None
    attributes = {
        etree.QName(name).localname: value for name, value in attributes_of(element)
    }
    children = [child for child in element if isinstance(child.tag, str)]
    if not children and not attributes:
        return element.text or ""
    found: dict[str, Any] = dict(attributes)
    if not children:
        found["#text"] = element.text or ""
    for child in children:
        name = local_name(child)
        value = _value(child, blank_nil=blank_nil, depth=depth + 1)
        if name not in found or name in attributes:
            found[name] = value
            attributes.pop(name, None)
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found
