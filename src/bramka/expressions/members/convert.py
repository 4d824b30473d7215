"""Members of Convert and BitConverter."""

import base64
import binascii
import re
import struct
from collections.abc import Callable
from typing import Any

from bramka.expressions.compiler.table import Body, Family, Fixed
from bramka.expressions.compiler.types import BITS
from bramka.expressions.failures import Thrown, argument_null, out_of_range
from bramka.expressions.meter import room_for_bytes, room_for_text
from bramka.expressions.values.convert import CONVERSIONS, parse_integer
from bramka.expressions.values.plain import char_of, single_of, wrapped
from bramka.expressions.values.text import text_of

_NAMES = {
    "ToByte": "byte",
    "ToSByte": "sbyte",
    "ToInt16": "short",
    "ToUInt16": "ushort",
    "ToInt32": "int",
    "ToUInt32": "uint",
    "ToInt64": "long",
    "ToUInt64": "ulong",
    "ToDouble": "double",
    "ToSingle": "float",
    "ToDecimal": "decimal",
    "ToBoolean": "bool",
    "ToChar": "char",
    "ToDateTime": "DateTime",
}
_NOT_BASE64 = (
    "The input is not a valid Base-64 string as it contains a non-base 64 character, "
    "more than two padding characters, or an illegal character among the padding "
    "characters."
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def from_base64(text: str) -> bytearray:
    if text is None:
        raise argument_null("s")
    room_for_bytes(len(text))
    plain = re.sub(r"[ \t\r\n]", "", text)
    if not _BASE64.fullmatch(plain):
        raise Thrown("FormatException", _NOT_BASE64)
    return bytearray(base64.b64decode(plain))


def to_base64(row: Any, options: int = 0) -> str:
    if row is None:
        raise argument_null("inArray")
    room_for_text(len(row) * 4 // 3)
    text = base64.b64encode(bytes(row)).decode()
    if options:
        return "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    return text


def bytes_within(row: Any, start: int, count: int) -> bytearray:
    if start < 0 or count < 0 or start + count > len(row):
        raise out_of_range("length")
    return bytearray(row[start : start + count])


def from_hex(text: str) -> bytearray:
    room_for_bytes(len(text))
    try:
        return bytearray(binascii.unhexlify(text))
    except (binascii.Error, ValueError) as error:
        message = "The input is not a valid hex string."
        raise Thrown("FormatException", message) from error


def to_hex(row: Any) -> str:
    room_for_text(len(row) * 2)
    return bytes(row).hex().upper()


def in_base(name: str) -> Callable[[str, int], int]:
    """`Convert.ToInt32(text, 16)`: bits, not a signed number, beside base 10."""

    def convert(text: str, base: int) -> int:
        if base not in (2, 8, 10, 16):
            raise Thrown("ArgumentException", "Invalid Base.")
        if base == 10:
            return parse_integer(text, name)
        bits, signed = BITS[name]
        digits = text.removeprefix("0x").removeprefix("0X") if base == 16 else text
        if len(digits) > 100 or not re.fullmatch(r"[0-9A-Fa-f]+", digits):
            raise Thrown("FormatException", "Could not find any recognizable digits.")
        number = int(digits, base)
        if number >> bits:
            message = "Value was either too large or too small."
            raise Thrown("OverflowException", message)
        return wrapped(number, bits, signed)

    return convert


def to_base(bits: int) -> Callable[[int, int], str]:
    def convert(number: int, base: int) -> str:
        if base == 10:
            return str(number)
        if base not in (2, 8, 16):
            raise Thrown("ArgumentException", "Invalid Base.")
        return format(number & ((1 << bits) - 1), {2: "b", 8: "o", 16: "x"}[base])

    return convert


CONVERT: dict[str, Body] = {
    **{
        f"static {name}(object value) -> {kind}": CONVERSIONS[kind]
        for name, kind in _NAMES.items()
    },
    **{
        f"static {name}(object value, CultureInfo provider) -> {kind}": (
            lambda value, _, kind=kind: CONVERSIONS[kind](value)
        )
        for name, kind in _NAMES.items()
    },
    **{
        f"static {name}(string value, int fromBase) -> {kind}": in_base(kind)
        for name, kind in _NAMES.items()
        if kind in BITS
    },
    "static ToString(object value) -> string": text_of,
    "static ToString(object value, CultureInfo provider) -> string": (
        lambda value, _: text_of(value)
    ),
    "static ToString(int value, int toBase) -> string": to_base(32),
    "static ToString(long value, int toBase) -> string": to_base(64),
    "static FromBase64String(string s) -> byte[]": from_base64,
    "static ToBase64String(byte[] inArray) -> string": to_base64,
    "static ToBase64String(byte[] inArray, Base64FormattingOptions o) -> string": (
        to_base64
    ),
    "static ToString(byte value, int toBase) -> string": to_base(8),
    "static ToString(short value, int toBase) -> string": to_base(16),
    "static ToBase64String(byte[] inArray, int offset, int length) -> string": (
        lambda row, start, count: to_base64(bytes_within(row, start, count))
    ),
    "static IsDBNull(object value) -> bool": lambda _: False,
    "static FromHexString(string s) -> byte[]": from_hex,
    "static ToHexString(byte[] inArray) -> string": to_hex,
}

# --- BitConverter ---------------------------------------------------------------

_SHAPES = {
    "Int16": ("short", "<h"),
    "UInt16": ("ushort", "<H"),
    "Int32": ("int", "<i"),
    "UInt32": ("uint", "<I"),
    "Int64": ("long", "<q"),
    "UInt64": ("ulong", "<Q"),
    "Single": ("float", "<f"),
    "Double": ("double", "<d"),
}


def _unpacked(shape: str) -> Callable[[Any, int], Any]:
    size = struct.calcsize(shape)

    def read(row: Any, start: int) -> Any:
        if not 0 <= start <= len(row) - size:
            raise out_of_range("startIndex")
        (found,) = struct.unpack(shape, bytes(row[start : start + size]))
        return single_of(found) if shape == "<f" else found

    return read


def _packed(shape: str) -> Callable[[Any], bytearray]:
    return lambda value: bytearray(struct.pack(shape, value))


def dashed(row: Any, start: int = 0, length: int | None = None) -> str:
    part = bytes(row)[start : None if length is None else start + length]
    room_for_text(len(part) * 3)
    return part.hex("-").upper()


BIT_CONVERTER: dict[str, Body] = {
    "static IsLittleEndian -> bool": Fixed(True),
    "static ToString(byte[] value) -> string": dashed,
    "static ToString(byte[] value, int startIndex) -> string": dashed,
    "static ToString(byte[] value, int startIndex, int length) -> string": dashed,
    "static ToChar(byte[] value, int startIndex) -> char": lambda row, start: char_of(
        _unpacked("<H")(row, start)
    ),
    "static GetBytes(char value) -> byte[]": lambda char: _packed("<H")(ord(char)),
    "static DoubleToInt64Bits(double value) -> long": lambda number: struct.unpack(
        "<q", struct.pack("<d", number)
    )[0],
    "static Int64BitsToDouble(long value) -> double": lambda number: struct.unpack(
        "<d", struct.pack("<q", number)
    )[0],
    "static ToBoolean(byte[] value, int startIndex) -> bool": (
        lambda row, start: bool(row[start])
    ),
    "static GetBytes(bool value) -> byte[]": lambda value: bytearray([bool(value)]),
    **{
        f"static To{name}(byte[] value, int startIndex) -> {kind}": _unpacked(shape)
        for name, (kind, shape) in _SHAPES.items()
    },
    **{
        f"static GetBytes({kind} value) -> byte[]": _packed(shape)
        for kind, shape in _SHAPES.values()
    },
}

FAMILIES: dict[str, Family] = {"Convert": CONVERT, "BitConverter": BIT_CONVERTER}
