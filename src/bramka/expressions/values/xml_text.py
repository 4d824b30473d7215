"""XML read as System.Xml.Linq does."""

import re
from xml.parsers import expat

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import room_for_text, step
from bramka.expressions.values.xml import (
    XAttribute,
    XComment,
    XContainer,
    XDocument,
    XElement,
    XNode,
    XText,
)
from bramka.expressions.values.xml_names import XML, XMLNS, XName

DEEPEST = 200
_BOM = "\ufeff"


class _Reader:
    """Builds nodes from expat's events; names get their namespaces."""

    def __init__(self, *, keep_space: bool) -> None:
        self.keep_space = keep_space
        self.document = XDocument()
        self.open: list[XContainer] = [self.document]
        self.scopes: list[dict[str, str]] = [{"xml": XML, "xmlns": XMLNS, "": ""}]
        self.text: list[str] = []
        self.in_cdata = False
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.CommentHandler = self.comment
        self.parser.StartCdataSectionHandler = self.start_cdata
        self.parser.EndCdataSectionHandler = self.end_cdata
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_: object) -> None:
        text = "For security reasons DTD is prohibited in this XML document."
        raise Thrown("XmlException", text)

    def declaration(self, version: str, encoding: str | None, alone: int) -> None:
        shown = f' encoding="{encoding}"' if encoding else ""
        shown += ' standalone="yes"' if alone == 1 else ""
        self.document.declaration = f'<?xml version="{version}"{shown}?>'

    def start_cdata(self) -> None:
        self.flush()
        self.in_cdata = True

    def end_cdata(self) -> None:
        if self.text:
            self.put(XText("".join(self.text), is_cdata=True))
            self.text.clear()
        self.in_cdata = False

    def characters(self, text: str) -> None:
        self.text.append(text)

    def flush(self) -> None:
        text = "".join(self.text)
        self.text.clear()
        blank = not text.strip(" \t\r\n") and not self.keep_space
        if text and not blank and len(self.open) > 1:
            self.put(XText(text))

    def put(self, node: XNode) -> None:
        node.parent = self.open[-1]
        self.open[-1].nodes.append(node)

    def comment(self, text: str) -> None:
        self.flush()
        self.put(XComment(text))

    def start(self, tag: str, attributes: list[str]) -> None:
        step()
        self.flush()
        if len(self.open) > DEEPEST:
            raise Thrown("XmlException", f"nested deeper than {DEEPEST} elements")
        scope = self.scopes[-1]
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        declared = {
            name.partition(":")[2]: uri
            for name, uri in pairs
            if name == "xmlns" or name.startswith("xmlns:")
        }
        scope = {**scope, **declared} if declared else scope
        self.scopes.append(scope)
        element = XElement(self.name(tag, scope, scope[""]))
        for name, value in pairs:
            uri = XMLNS if name.startswith("xmlns:") else ""
            full = XName(name[6:], uri) if uri else self.name(name, scope, "")
            made = XAttribute(full, value)
            made.parent = element
            element.attributes[full] = made
        self.put(element)
        self.open.append(element)

    def name(self, tag: str, scope: dict[str, str], default: str) -> XName:
        prefix, colon, local = tag.partition(":")
        if not colon:
            return XName(tag, default)
        if prefix not in scope:
            text = f"'{prefix}' is an undeclared prefix."
            raise Thrown("XmlException", text)
        return XName(local, scope[prefix])

    def end(self, _: str) -> None:
        self.flush()
        self.open.pop()
        self.scopes.pop()


def read(text: str, options: int = 0) -> XDocument:
    """`XDocument.Parse`."""
    require(text=text)
    room_for_text(len(text))
    reader = _Reader(keep_space=bool(options & 1))
    # The declared encoding was that of bytes; this is text.
    plain = re.sub(
        r"""(<\?xml[^>]*?)\s+encoding=(["'])[^"']*\2""", r"\1", text, count=1
    )
    try:
        reader.parser.Parse(plain.removeprefix(_BOM).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        what = expat.errors.messages[error.code]
        message = f"{what}. Line {error.lineno}, position {error.offset + 1}."
        raise Thrown("XmlException", message) from error
    found = re.match(r"""<\?xml[^>]*?encoding=["']([^"']*)""", text)
    if found and reader.document.declaration:
        reader.document.declaration = f'<?xml version="1.0" encoding="{found[1]}"?>'
    return reader.document


def read_element(text: str, options: int = 0) -> XElement:
    """`XElement.Parse`."""
    root = read(text, options).root
    assert root is not None, "expat refuses a document without a root"
    root.parent = None
    return root
