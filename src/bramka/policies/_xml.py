"""XML of bodies: read without reaching for anything outside of it."""

from typing import Any

from lxml import etree

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
DEEPEST = 200
MOST_XML = 16 * 1024 * 1024


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


def local_name(element: etree._Element) -> str:
    """The name without its namespace."""
    return str(etree.QName(element).localname)


def xml_members(root: etree._Element, *, blank_nil: bool) -> dict[str, Any]:
    """The document as nested names, the root's first."""
    return {local_name(root): _value(root, blank_nil=blank_nil, depth=0)}


def _value(element: etree._Element, *, blank_nil: bool, depth: int) -> object:
    if depth > DEEPEST:
        raise XmlProblem(f"it is nested deeper than {DEEPEST} elements")
    if element.get(NIL) in ("true", "1"):
        return "" if blank_nil else None
    attributes = {
        etree.QName(str(name)).localname: value
        for name, value in element.attrib.items()
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
