"""Reading policy documents as people write them: XML with raw C# inside.

Most real documents are not well-formed XML: expressions `@(…)` and `@{…}` hold raw
quotes, `<` and `&`. So expressions are cut out first, by a scanner that knows C#
strings, characters and comments, and each is replaced by filler of the same length;
what is left is parsed by expat, whose line and column are then those of the author's
text.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from html import unescape
from typing import NoReturn
from xml.parsers import expat

from bramka.domain.errors import Detail, Invalid

LONGEST_DOCUMENT = 256 * 1024
DEEPEST_NESTING = 64

_OPEN, _FILL, _CLOSE = "\ue000", "\ue001", "\ue002"
_CLOSER = {"(": ")", "{": "}", "[": "]"}
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d+|#x[0-9A-Fa-f]+);")
_CUT = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}")
_TAG = re.compile(rb"""<[^\s/>]+(?:[^>"']|"[^"]*"|'[^']*')*>""")

MARKUP = frozenset(("set-body", "xsl-transform", "cross-domain"))
"""Elements that may hold other markup, which is not policy: see `Element.inner`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the author's text something stands; both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Expression:
    """One policy expression: its C# source without `@(` and `)`, or `@{` and `}`."""

    source: str
    is_block: bool
    place: Place


Part = str | Expression
"""Literal text or an expression; a value is a sequence of parts."""


@dataclass(frozen=True, slots=True)
class Value:
    """An attribute's value or an element's text."""

    parts: tuple[Part, ...]
    place: Place

    @property
    def literal(self) -> str | None:
        """The text if it holds no expression, else None."""
        if not self.parts:
            return ""
        only = self.parts[0]
        return only if len(self.parts) == 1 and isinstance(only, str) else None


@dataclass(slots=True)
class Element:
    """One element: what the author wrote and where."""

    name: str
    place: Place
    attributes: dict[str, Value] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    text: Value = field(default_factory=lambda: Value((), Place(1, 1)))
    inner: Value | None = None
    """What stands inside as it was written, where that is other markup."""


def refuse(message: str, place: Place, element: str = "") -> NoReturn:
    """Raise the refusal of a document, in the words of the management REST."""
    where = f"Error in element '{element}' on" if element else "Error on"
    full = f"{where} line {place.line}, column {place.column}: {message}"
    raise Invalid(
        "One or more fields contain incorrect values:",
        target="representation",
        details=(Detail("ValidationError", "representation", full),),
    )


def read(text: str, *, escaped: bool = False) -> Element:
    """The root element of `text`.

    With `escaped` (format `xml`) expressions are entity-escaped throughout; without
    (format `rawxml`) they are taken as they stand, unless they hold entities outside
    of strings, as documents copied from an editor often do. Raises Invalid with line
    and column.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        place = _place(text, error.start)
        refuse("a lone surrogate is no character; delete it", place)
    if size > LONGEST_DOCUMENT:
        refuse(
            f"the document is longer than {LONGEST_DOCUMENT} bytes; "
            "move parts of it into policy fragments",
            Place(1, 1),
        )
    for mark in (_OPEN, _FILL, _CLOSE):
        if mark in text:
            at = _place(text, text.index(mark))
            refuse("U+E000 to U+E002 cannot be used in a policy", at)
    filled, cuts = cut_expressions(text, escaped=escaped)
    return _Builder(filled, cuts).build()


# --- expressions ----------------------------------------------------------------


def cut_expressions(
    text: str, *, escaped: bool = False
) -> tuple[str, list[Expression]]:
    """`text` with each expression replaced by filler of equal length, and the cuts.

    What looks like an expression in a comment or an instruction of XML is none.
    """
    out: list[str] = []
    cuts: list[Expression] = []
    places = _Places(text)
    in_cdata = False
    done = position = 0
    while (found := _NEXT.search(text, position)) is not None:
        at, mark = found.start(), found[0]
        position = found.end()
        if mark in ("<![CDATA[", "]]>"):
            in_cdata = mark != "]]>"
        elif mark in ("@(", "@{"):
            end = _closing(text, at + 1, escaped=escaped)
            if end == -1:
                _refuse_open(text, at)
            source = text[at + 2 : end]
            if escaped or _has_entity_outside_strings(source):
                source = unescape(source)
            cuts.append(Expression(source, mark == "@{", places.at(at)))
            # Line breaks stay, so that expat counts lines as the author does.
            out += [text[done:at], _OPEN, _NO_BREAK.sub(_FILL, text[at + 1 : end])]
            out.append(_CLOSE)
            done = position = end + 1
        elif not in_cdata:
            end = text.find("-->" if mark == "<!--" else "?>", position)
            if end == -1:
                break
            if mark == "<!--":
                # Authors write `--` in comments, which XML does not allow.
                out += [text[done:position], _NO_BREAK.sub(" ", text[position:end])]
                done = end
            position = end
    out.append(text[done:])
    return "".join(out), cuts


class Quoting:
    """How values are written into a document: as text, which may hold `&` and quotes.

    A value with an expression in it is written as it is, and so is one that stands
    inside an expression: there it is C#. Outside of attributes it may hold markup.
    """

    def __init__(self, text: str, *, escaped: bool = False) -> None:
        self._text, self._escaped = text, escaped
        self._filled: str | None = None

    def written(self, value: str, at: int) -> str:
        if not _MARKS.search(value) or "@(" in value or "@{" in value:
            return value
        if self._filled is None:
            self._filled = cut_expressions(self._text, escaped=self._escaped)[0]
        before = self._filled
        raw = before.rfind("<![CDATA[", 0, at) > before.rfind("]]>", 0, at)
        if before[at] != "{" or raw:
            return value
        value = _BARE.sub("&amp;", value)
        if before.rfind("<", 0, at) > before.rfind(">", 0, at):
            value = value.replace("<", "&lt;")
            value = value.replace('"', "&quot;").replace("'", "&#39;")
        return value


_MARKS = re.compile("[\"'<&]")
_BARE = re.compile(rf"&(?!{_ENTITY.pattern[1:]})")
_NEXT = re.compile(r"@[({]|<!--|<!\[CDATA\[|\]\]>|<\?")
_NO_BREAK = re.compile(r"[^\n]")
_TELLING = re.compile(r"""[(){}\[\]"'/@$&]""")
"""Where brackets, strings, characters and comments of C# may begin or end."""


class _Places:
    """Places in a text, asked for from front to back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = self._line_start = 0
        self._line = 1

    def at(self, index: int) -> Place:
        self._line += self._text.count("\n", self._index, index)
        last = self._text.rfind("\n", self._index, index)
        if last != -1:
            self._line_start = last + 1
        self._index = index
        return Place(self._line, index - self._line_start + 1)


def _refuse_open(text: str, at: int) -> NoReturn:
    bracket = text[at + 1]
    refuse(
        f"the expression that begins here with '@{bracket}' has no matching "
        f"'{_CLOSER[bracket]}'; check its brackets and quotes",
        _place(text, at),
    )


def _closing(text: str, start: int, *, escaped: bool, depth: int = 0) -> int:
    """Index of the bracket that closes the one at `start`; -1 if none does."""
    if depth > DEEPEST_NESTING:
        return -1
    stack: list[str] = []
    position = start
    while (found := _TELLING.search(text, position)) is not None:
        position = found.start()
        skipped = _skip_literal(text, position, escaped=escaped, depth=depth)
        if skipped != position:
            position = skipped
            continue
        char = text[position]
        if char in _CLOSER:
            stack.append(_CLOSER[char])
        elif stack and char == stack[-1]:
            stack.pop()
            if not stack:
                return position
        elif char in ")}]":
            return -1
        position += 1
    return -1


def _quote(text: str, position: int) -> int:
    """Length of the double quote at `position`, plain or escaped; 0 if none."""
    if text.startswith('"', position):
        return 1
    return 6 if text.startswith("&quot;", position) else 0


def _skip_literal(text: str, position: int, *, escaped: bool, depth: int) -> int:
    """Past the string, character or comment that starts here, else `position`."""
    char = text[position]
    if char == "/" and text.startswith("//", position):
        end = text.find("\n", position)
        return len(text) if end == -1 else end
    if char == "/" and text.startswith("/*", position):
        end = text.find("*/", position + 2)
        return len(text) if end == -1 else end + 2
    if char == "'":
        character = _CHARACTER.match(text, position)
        return character.end() if character else position + 1
    prefix = 0
    while text[position + prefix : position + prefix + 1] in ("@", "$") and prefix < 2:
        prefix += 1
    if not _quote(text, position + prefix):
        return position
    marks = text[position : position + prefix]
    return _skip_string(text, position + prefix, marks, escaped=escaped, depth=depth)


_CHARACTER = re.compile(r"'(?:\\[^\n]{1,9}?|&[a-z]+;|[^'\\\n])'")


def _skip_string(
    text: str, start: int, marks: str, *, escaped: bool, depth: int
) -> int:
    """Past the string whose opening quote is at `start`."""
    verbatim, interpolated = "@" in marks, "$" in marks
    position = start + _quote(text, start)
    while position < len(text):
        quote = _quote(text, position)
        if quote:
            if verbatim and _quote(text, position + quote):
                position += 2 * quote
                continue
            return position + quote
        char = text[position]
        if (char == "\\" and not verbatim) or (
            interpolated and text.startswith("{{", position)
        ):
            position += 2
        elif interpolated and char == "{":
            end = _closing(text, position, escaped=escaped, depth=depth + 1)
            position = len(text) if end == -1 else end + 1
        else:
            position += 1
    return len(text)


# An open string ends with the source, so that no other is looked for inside it.
_STRING = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    r'|@"(?:[^"]|"")*+(?:"|\Z)|"(?:[^"\\]|\\.)*+(?:"|\Z)',
    re.DOTALL,
)


def _has_entity_outside_strings(source: str) -> bool:
    return _ENTITY.search(_STRING.sub('""', source)) is not None


def _place(text: str, index: int) -> Place:
    line = text.count("\n", 0, index) + 1
    return Place(line, index - text.rfind("\n", 0, index))


# --- elements -------------------------------------------------------------------


_AMPERSAND = re.compile(rb"&[\w.]*\Z")
_NAME = re.compile(r"[\w.:-]+")
_SLIPS = {
    "<": "'<' is written &lt; here, or a quote is missing before it",
    "=": "what an attribute is stands in quotes",
}
_TOKEN, _UNCLOSED, _MISMATCH = (
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_TAG_MISMATCH,
    )
)


class _Builder:
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
            what = f"<{element.name}> of line {element.place.line} is not closed"
            return f"{what} before </{closing[0]}>" if closing else what
        if code == _UNCLOSED:
            return "this tag does not end; check its quotes"
        if code != _TOKEN:
            return ""
        if not self.stack and self.root is not None:
            return "nothing can stand behind the end of the root element"
        if _AMPERSAND.search(self.filled, max(at - 40, 0), at):
            return "'&' is written &amp;"
        for mark in (rest[:1], chr(self.filled[at - 1])):
            if mark in _SLIPS:
                return _SLIPS[mark]
        return "this does not belong here"

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
        before = self.filled.count(_OPEN.encode(), 0, tag.end())
        return self.value(text, place, deque(self.every_cut[before:]))

    def value(
        self, text: str, place: Place, cuts: deque[Expression] | None = None
    ) -> Value:
        if _OPEN not in text:
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
