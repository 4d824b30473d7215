"""The JSON that Newtonsoft takes and the standard does not: quotes, comments, words."""

import re
from typing import Any

from bramka.expressions.failures import Thrown
from bramka.expressions.meter import step

_SPACE = re.compile(r"(?:[\s\ufeff]+|/\*.*?\*/|//[^\n]*)+", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_NAME = re.compile(r"[\w$]+")
_PLAIN_NAME = re.compile(r"[^ '/\"\[\]().!@%{}:,\t\n\r]+")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_STRINGS = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL),
}
_WORDS = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
DEEPEST = 64


def read_lenient(text: str, pairs: type[list[Any]], kind: str = "JToken") -> Any:
    """What `text` holds: objects as `pairs`, arrays as lists.

    `kind` is what is to be read, for the words of a refusal.
    """
    reader = _Reader(text, pairs)
    if not reader.peek():
        raise reader.refusal(f"Error reading {kind} from JsonReader")
    reader.root = {"{": "JObject", "[": "JArray"}.get(reader.peek(), kind)
    found = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        what = "Additional text encountered after finished reading JSON content"
        raise reader.unexpected(what)
    return found


class _Reader:
    """A position in the text that moves on."""

    def __init__(self, text: str, pairs: type[list[Any]]) -> None:
        self.text = text
        self.pairs = pairs
        self.at = 0
        self.root = ""
        self.path: list[str | int | None] = []
        """The property or the item last begun, of each container around."""

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()

    def unexpected(self, what: str) -> Thrown:
        """Refuses the character where the reader is."""
        if self.at >= len(self.text):
            return self.refusal(f"Unexpected end of content while loading {self.root}")
        return self.refusal(f"{what}: {self.text[self.at]}")

    def refusal(self, message: str) -> Thrown:
        line = self.text.count("\n", 0, self.at) + (self.at > 0)
        column = self.at - self.text.rfind("\n", 0, self.at) - 1
        path = "".join(_shown(one) for one in self.path).removeprefix(".")
        where = f"Path '{path}', line {line}, position {column}."
        return Thrown("JsonReaderException", f"{message}. {where}")

    def peek(self) -> str:
        self.skip()
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> Any:
        step()
        if depth > DEEPEST:
            text = f"The reader's MaxDepth of {DEEPEST} has been exceeded."
            raise Thrown("JsonReaderException", text)
        char = self.peek()
        if char == "{":
            return self.pairs_of(depth)
        if char == "[":
            return self.items_of(depth)
        if char and char in _STRINGS:
            return self.string(char)
        return self.word()

    def string(self, quote: str) -> str:
        found = _STRINGS[quote].match(self.text, self.at)
        if found is None:
            self.at = len(self.text)
            raise self.refusal(f"Unterminated string. Expected delimiter: {quote}")
        self.at = found.end()
        return _ESCAPE.sub(
            lambda e: chr(int(e[1], 16)) if e[1] else _PLAIN.get(e[2], e[2]), found[1]
        )

    def word(self) -> Any:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        found = _NUMBER.match(self.text, self.at)
        if found is None or len(found[0]) > 400:
            what = "Unexpected character encountered while parsing value"
            raise self.unexpected(what)
        self.at = found.end()
        digits = found[0]
        if digits[:2].lower() == "0x":
            return int(digits, 16)
        if digits.lstrip("+-").isdigit() and len(digits) < 20:
            return int(digits)
        return float(digits)

    def items_of(self, depth: int) -> list[Any]:
        self.at += 1
        self.path.append(None)
        items: list[Any] = []
        while (char := self.peek()) != "]":
            if char and char in "{[":
                self.path[-1] = len(items)
            items.append(self.value(depth + 1))
            self.path[-1] = len(items) - 1
            self.comma("]")
        self.at += 1
        self.path.pop()
        return items

    def comma(self, closer: str) -> None:
        """Past a comma; none is needed before the closing bracket."""
        char = self.peek()
        if char == ",":
            self.at += 1
        elif char != closer:
            what = "After parsing a value an unexpected character was encountered"
            raise self.unexpected(what)

    def pairs_of(self, depth: int) -> list[Any]:
        self.at += 1
        self.path.append(None)
        made = self.pairs()
        while self.peek() != "}":
            name = self.name()
            self.path[-1] = name
            made.append((name, self.value(depth + 1)))
            self.comma("}")
        self.at += 1
        self.path.pop()
        return made

    def name(self) -> str:
        """The name of a property, and past its colon."""
        char = self.peek()
        if char and char in _STRINGS:
            name = self.string(char)
        else:
            found = _NAME.match(self.text, self.at)
            if found is None:
                raise self.unexpected("Invalid property identifier character")
            name, self.at = found[0], found.end()
        if self.peek() != ":":
            what = "Invalid character after parsing property name. Expected ':' but got"
            raise self.unexpected(what)
        self.at += 1
        return name


def _shown(part: str | int | None) -> str:
    """A step of a path."""
    if part is None:
        return ""
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _PLAIN_NAME.fullmatch(part) else f"['{part}']"
