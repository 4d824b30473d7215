"""Members of Encoding."""

from typing import Any

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.failures import Thrown, argument_null
from bramka.expressions.meter import room_for_bytes, room_for_text
from bramka.expressions.values.plain import Array, chars_of
from bramka.expressions.values.units import whole

ENCODINGS = {
    "UTF8": "utf-8",
    "ASCII": "ascii",
    "Unicode": "utf-16-le",
    "BigEndianUnicode": "utf-16-be",
    "UTF32": "utf-32-le",
    "Latin1": "latin-1",
    "Default": "utf-8",
    "UTF7": "utf-7",
}
_BY_NAME = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "iso-8859-1": "latin-1",
    "iso-8859-2": "iso-8859-2",
    "windows-1250": "cp1250",
    "windows-1252": "cp1252",
}


class Encoding:
    """A way to write characters as bytes."""

    __slots__ = ("codec",)

    def __init__(self, codec: str) -> None:
        self.codec = codec

    def encode(self, text: Any) -> bytearray:
        if text is None:
            raise argument_null("s")
        if not isinstance(text, str):
            text = "".join(text)
        room_for_bytes(len(text))
        return bytearray(whole(text).encode(self.codec, "replace"))

    def decode(self, row: Any, start: int = 0, count: int | None = None) -> str:
        if row is None:
            raise argument_null("bytes")
        part = bytes(row)[start : None if count is None else start + count]
        room_for_text(len(part))
        return part.decode(self.codec, "replace").replace(
            "\ufffd", "?" if self.codec == "ascii" else "\ufffd"
        )


def by_name(name: str) -> Encoding:
    codec = _BY_NAME.get(name.lower())
    if codec is None:
        text = f"'{name[:60]}' is not a supported encoding name."
        raise Thrown("ArgumentException", text)
    return Encoding(codec)


_PAGES = {
    65001: "utf-8",
    20127: "ascii",
    1200: "utf-16-le",
    28591: "latin-1",
    28592: "iso-8859-2",
    1250: "cp1250",
    1252: "cp1252",
}


def by_page(number: int) -> Encoding:
    codec = _PAGES.get(number)
    if codec is None:
        text = f"No data is available for encoding {number}."
        raise Thrown("NotSupportedException", text)
    return Encoding(codec)


ENCODING: Family = {
    **{
        f"static {name} -> Encoding": Fixed(Encoding(codec))
        for name, codec in ENCODINGS.items()
    },
    "static GetEncoding(string name) -> Encoding": by_name,
    "static GetEncoding(int codepage) -> Encoding": by_page,
    "static Convert(Encoding source, Encoding target, byte[] bytes) -> byte[]": (
        lambda source, target, row: target.encode(source.decode(row))
    ),
    "GetChars(byte[] bytes) -> char[]": lambda encoding, row: Array(
        chars_of(encoding.decode(row))
    ),
    "GetPreamble() -> byte[]": lambda _: bytearray(),
    "GetBytes(string s) -> byte[]": Encoding.encode,
    "GetBytes(char[] chars) -> byte[]": Encoding.encode,
    "GetString(byte[] bytes) -> string": Encoding.decode,
    "GetString(byte[] bytes, int index, int count) -> string": Encoding.decode,
    "GetByteCount(string s) -> int": lambda encoding, text: len(encoding.encode(text)),
    "GetCharCount(byte[] bytes) -> int": lambda encoding, row: len(
        encoding.decode(row)
    ),
    "WebName -> string": Inline("$0.codec"),
}
FAMILIES: dict[str, Family] = {
    "Encoding": ENCODING,
    "UTF8Encoding": {
        "new()": lambda: Encoding("utf-8"),
        "new(bool emit)": lambda _: Encoding("utf-8"),
    },
    "ASCIIEncoding": {"new()": lambda: Encoding("ascii")},
    "UnicodeEncoding": {"new()": lambda: Encoding("utf-16-le")},
}
