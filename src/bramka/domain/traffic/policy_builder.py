"""Elements of a policy, built from XML whose expressions are cut out."""

import re
from collections import deque
from xml.parsers import expat

from bramka.domain.traffic.policy_element import (
    DEEPEST_NESTING,
    MARKUP,
    Element,
    Expression,
    Part,
    Place,
    Value,
    refuse,
)
from bramka.domain.traffic.policy_scan import CLOSE, OPEN

_CUT = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
_TAG = re.compile(rb"""<[^\s/>]+(?:[^>"']|"[^"]*"|'[^']*')*>""")
_AMPERSAND = re.compile(rb"&[\w.]*\Z")
_NAME = re.compile(r"[\w.:-]+")
_SLIPS = {
    "<": "'<' is written &lt; here, or a quote is missing before it",
    "=": "what an attribute is stands in quotes",
}
_TOKEN, _UNCLOSED, _MISMATCH, _TWICE = (
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_TAG_MISMATCH,
        expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE,
    )
)

_PLAIN = {_TWICE: "the attribute stands twice; delete one"}


class Builder:
    """Builds Elements from expat's events and puts the expressions back."""

    def __init__(self, filled: str, cuts: list[Expression]) -> None:
        self.filled = filled.encode()
        self.every_cut = cuts
        self.cuts = deque(cuts)
        self.starts: list[int] = []
        """Where the open elements begin."""
        self.stack: list[Element] = []
        self.texts: list[list[str]] = []
        self.root: Element | None = None
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype

    def build(self) -> Element:
        try:
            self.parser.Parse(self.filled, True)
        except expat.ExpatError as error:
            place = Place(error.lineno, error.offset + 1)
            what = expat.errors.messages[error.code]
            refuse(f"not well-formed: {self.stumble(error.code) or what}", place)
        assert self.root is not None, "expat refuses a document without a root"
        return self.root

    def stumble(self, code: int) -> str:
        """What is wrong where expat stopped, if it is one of the usual slips."""
        at = self.parser.ErrorByteIndex
        rest = self.filled[at:].decode(errors="replace")
        if not self.filled.lstrip().startswith(b"<"):
            return "the document has to begin with <policies>"
        if code == _MISMATCH or (self.stack and not rest.strip()):
            element = self.stack[-1]
            closing = _NAME.match(rest)
            if closing and closing[0] not in {one.name for one in self.stack}:
                return f"</{closing[0]}> closes nothing that is open; delete it"
            what = f"<{element.name}> of line {element.place.line} is not closed"
            return f"{what} before </{closing[0]}>" if closing else what
        if code == _UNCLOSED:
            if rest.startswith("<!--"):
                return "this comment does not end; it ends with -->"
            return "this tag does not end; check its quotes"
        if not self.stack and self.root is not None:
            return "nothing can stand behind the end of the root element"
        return self.slip(at, rest) if code == _TOKEN else _PLAIN.get(code, "")

    def slip(self, at: int, rest: str) -> str:
        """What was perhaps meant by a character that cannot stand there."""
        if _AMPERSAND.search(self.filled, max(at - 40, 0), at):
            return "'&' is written &amp;"
        for mark in (rest[:1], chr(self.filled[at - 1])):
            if mark in _SLIPS:
                return _SLIPS[mark]
        return (
            'this does not belong here; attributes are written name="…", with a '
            "blank before the next one and &quot; for a quote inside"
        )

    def here(self) -> Place:
        return Place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def doctype(self, *_: object) -> None:
        refuse("a policy cannot have a DOCTYPE; delete it", self.here())

    def start(self, name: str, attributes: list[str]) -> None:
        place = self.here()
        if len(self.stack) >= DEEPEST_NESTING:
            refuse(f"nested deeper than {DEEPEST_NESTING} elements", place, name)
        # Text before a child belongs to the parent; its cuts come first in the text.
        if self.stack:
            self.flush()
        element = Element(name, place)
        for key, text in zip(attributes[::2], attributes[1::2], strict=True):
            element.attributes[key] = self.value(text, place)
        if self.stack:
            self.stack[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self.stack.append(element)
        self.texts.append([])
        self.starts.append(self.parser.CurrentByteIndex)

    def end(self, name: str) -> None:
        self.flush()
        element = self.stack.pop()
        self.texts.pop()
        start = self.starts.pop()
        if element.name in MARKUP and element.children:
            element.inner = self.inner(start, element.place)

    def characters(self, text: str) -> None:
        self.texts[-1].append(text)

    def flush(self) -> None:
        """Add the text read since the last tag to the open element."""
        text = "".join(self.texts[-1])
        self.texts[-1].clear()
        if not text:
            return
        element = self.stack[-1]
        added = self.value(text, element.place)
        element.text = Value(element.text.parts + added.parts, element.place)

    def inner(self, start: int, place: Place) -> Value:
        """What stands between the tags of the element that ends here."""
        tag = _TAG.match(self.filled, start)
        assert tag is not None, "expat has seen the tag"
        text = self.filled[tag.end() : self.parser.CurrentByteIndex].decode()
        before = self.filled.count(OPEN.encode(), 0, tag.end())
        return self.value(text, place, deque(self.every_cut[before:]))

    def value(
        self, text: str, place: Place, cuts: deque[Expression] | None = None
    ) -> Value:
        if OPEN not in text:
            return Value((text,) if text else (), place)
        cuts = self.cuts if cuts is None else cuts
        parts: list[Part] = []
        position = 0
        for found in _CUT.finditer(text):
            if found.start() > position:
                parts.append(text[position : found.start()])
            parts.append(cuts.popleft())
            position = found.end()
        if position < len(text):
            parts.append(text[position:])
        return Value(tuple(parts), place)
