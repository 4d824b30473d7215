"""Members of StringBuilder, StringReader and StringWriter."""

from typing import Any

from bramka.expressions.compiler.table import Family, Inline
from bramka.expressions.failures import out_of_range
from bramka.expressions.members.text import join
from bramka.expressions.meter import room_for_text
from bramka.expressions.values.composite import format_text
from bramka.expressions.values.plain import Char
from bramka.expressions.values.strings import replace, substring
from bramka.expressions.values.text import text_of
from bramka.expressions.values.units import apart, in_units, is_wide, together


class Builder:
    """Text that grows in parts; counted, and so kept, in code units."""

    __slots__ = ("parts", "size")

    def __init__(self, text: str | None = None) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.add(text)

    def add(self, value: Any) -> "Builder":
        text = units_of(text_of(value))
        self.size += len(text)
        room_for_text(self.size if self.size > 1 << 20 else len(text))
        self.parts.append(text)
        return self

    def text(self) -> str:
        whole = "".join(self.parts)
        self.parts = [whole]
        return whole

    def value(self) -> str:
        return together(self.text())

    def set(self, text: str) -> "Builder":
        room_for_text(len(text))
        self.parts, self.size = [text], len(text)
        return self

    def __str__(self) -> str:
        return self.value()


def units_of(text: str) -> str:
    return apart(text) if is_wide(text) else text


def replaced(builder: Builder, old: str, new: str | None) -> Builder:
    wanted = old if old is None else units_of(old)
    return builder.set(replace(builder.text(), wanted, units_of(new or "")))


def add_line(builder: Builder, value: Any = None) -> Builder:
    return builder.add(value).add("\n")


def add_many(builder: Builder, char: str, count: int) -> Builder:
    if count < 0:
        raise out_of_range("repeatCount")
    room_for_text(count)
    return builder.add(str(char) * count)


def insert(builder: Builder, index: int, value: Any) -> Builder:
    text = builder.text()
    if not 0 <= index <= len(text):
        raise out_of_range("index")
    room_for_text(len(text))
    return builder.set(text[:index] + units_of(text_of(value)) + text[index:])


def remove(builder: Builder, start: int, length: int) -> Builder:
    text = builder.text()
    if start < 0 or length < 0 or start + length > len(text):
        raise out_of_range("length")
    room_for_text(len(text))
    return builder.set(text[:start] + text[start + length :])


def set_length(builder: Builder, length: int) -> int:
    room_for_text(length)
    builder.set(builder.text()[:length].ljust(length, "\0"))
    return length


def at(builder: Builder, index: int) -> Char:
    if not 0 <= index < builder.size:
        raise IndexError
    return Char(builder.text()[index])


def part(builder: Builder, start: int, length: int) -> str:
    if start < 0 or length < 0 or start + length > builder.size:
        raise out_of_range("length")
    return together(builder.text()[start : start + length])


BUILDER: Family = {
    "new()": Builder,
    "new(string value)": Builder,
    "new(int capacity)": lambda _: Builder(),
    "new(string value, int capacity)": lambda text, _: Builder(text),
    "Length -> int": Inline("$0.size"),
    "set Length(int value)": set_length,
    "Capacity -> int": Inline("$0.size"),
    "this[int index] -> char": at,
    "Append(object value) -> StringBuilder": Builder.add,
    "Append(string value, int startIndex, int count) -> StringBuilder": (
        lambda builder, text, start, count: builder.add(
            in_units(substring)(text, start, count)
        )
    ),
    "Append(char[] value) -> StringBuilder": lambda builder, chars: builder.add(
        "".join(chars or ())
    ),
    "Append(char value, int repeatCount) -> StringBuilder": add_many,
    "AppendLine() -> StringBuilder": add_line,
    "AppendLine(string value) -> StringBuilder": add_line,
    "AppendFormat(string format, params object[] args) -> StringBuilder": (
        lambda builder, pattern, items: builder.add(format_text(pattern, items))
    ),
    "AppendJoin<T>(string separator, IEnumerable<T> values) -> StringBuilder": (
        lambda builder, separator, items: builder.add(join(separator, items))
    ),
    "AppendJoin(string separator, params object[] values) -> StringBuilder": (
        lambda builder, separator, items: builder.add(join(separator, items))
    ),
    "AppendJoin(char separator, params object[] values) -> StringBuilder": (
        lambda builder, separator, items: builder.add(join(separator, items))
    ),
    "Insert(int index, object value) -> StringBuilder": insert,
    "Remove(int startIndex, int length) -> StringBuilder": remove,
    "Replace(string oldValue, string newValue) -> StringBuilder": replaced,
    "Replace(char oldChar, char newChar) -> StringBuilder": replaced,
    "Clear() -> StringBuilder": lambda builder: builder.set(""),
    "ToString() -> string": Builder.value,
    "ToString(int startIndex, int length) -> string": part,
}


class Reader:
    """A string read line by line."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def line(self) -> str | None:
        if self.at >= len(self.text):
            return None
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        found = self.text[self.at : end]
        self.at = end + 1
        return found.removesuffix("\r")

    def rest(self) -> str:
        found, self.at = self.text[self.at :], len(self.text)
        return found

    def code(self) -> int:
        self.at += 1
        return ord(self.text[self.at - 1]) if self.at <= len(self.text) else -1

    def next_code(self) -> int:
        return ord(self.text[self.at]) if self.at < len(self.text) else -1


FAMILIES: dict[str, Family] = {
    "StringBuilder": BUILDER,
    "TextReader": {
        "ReadLine() -> string": Reader.line,
        "ReadToEnd() -> string": Reader.rest,
        "Read() -> int": Reader.code,
        "Peek() -> int": Reader.next_code,
        "Dispose() -> void": lambda reader: None,
    },
    "StringReader": {"new(string s)": Reader},
    "TextWriter": {
        "Write(object value) -> void": Builder.add,
        "WriteLine() -> void": add_line,
        "WriteLine(object value) -> void": add_line,
        "ToString() -> string": Builder.value,
        "Dispose() -> void": lambda writer: None,
    },
    "StringWriter": {"new()": Builder},
}
