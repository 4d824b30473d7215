"""Members of object, bool, char, enums, nullable values, tuples and exceptions."""

import zlib
from decimal import Decimal
from typing import Any
from uuid import UUID

from bramka.expressions.compiler.table import (
    Body,
    Element,
    Family,
    Fixed,
    Generic,
    Inline,
)
from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import NULL_REFERENCE, PARENTS, Problem, Thrown
from bramka.expressions.values import arithmetic, casting
from bramka.expressions.values.convert import attempt, parse_bool
from bramka.expressions.values.enums import ENUM_CLASSES, members_of
from bramka.expressions.values.net_names import NetType, net_name
from bramka.expressions.values.plain import Pair, wrap32
from bramka.expressions.values.text import text_of


def to_string(value: Any) -> str:
    """`value.ToString()`: null has no members."""
    if value is None:
        raise Thrown("NullReferenceException", NULL_REFERENCE)
    return text_of(value)


def type_of_value(value: Any) -> NetType:
    """`GetType()`: what can be printed and compared."""
    if value is None:
        raise Thrown("NullReferenceException", NULL_REFERENCE)
    return NetType(net_name(value))


def hash_of(value: Any) -> int:
    """`GetHashCode()`: the same in every run."""
    if value is None:
        raise Thrown("NullReferenceException", NULL_REFERENCE)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return wrap32(value ^ (value >> 32)) if abs(value) >> 31 else int(value)
    if isinstance(value, UUID):
        row = value.bytes_le
        parts = [int.from_bytes(row[at : at + 4], "little") for at in (0, 4, 8, 12)]
        return wrap32(parts[0] ^ parts[1] ^ parts[2] ^ parts[3])
    if isinstance(value, Decimal):
        # 1.0 and 1.00 are equal.
        value = value.normalize()
    return wrap32(zlib.crc32(text_of(value).encode("utf-8", "surrogatepass")))


def equals(left: Any, right: Any) -> bool:
    if left is None:
        raise Thrown("NullReferenceException", NULL_REFERENCE)
    return same_object(left, right)


def same_object(left: Any, right: Any) -> bool:
    """`object.Equals`: a long is no int, whatever the number."""
    numbers = isinstance(left, int) and isinstance(right, int)
    if numbers and net_name(left) != net_name(right):
        return False
    return arithmetic.same(left, right)


def compare(left: Any, right: Any) -> int:
    """`CompareTo`."""
    if right is None:
        return 1
    return int(left > right) - int(left < right)


def has_value(value: Any) -> bool:
    return value is not None


def value_or(value: Any, default: Any) -> Any:
    return default if value is None else value


def value_or_zero(kind: Type, value: Any) -> Any:
    return casting.default_of(kind) if value is None else value


NULLABLE: Family = {
    "HasValue -> bool": has_value,
    "Value -> T": casting.present,
    "GetValueOrDefault() -> T": Element(value_or_zero),
    "GetValueOrDefault(T defaultValue) -> T": value_or,
    "ToString() -> string": text_of,
}


def _parse_enum(name: str, *, quiet: bool) -> Any:
    labels = dict(members_of(ENUM_CLASSES[name]))
    folded = {label.lower(): item for label, item in labels.items()}
    first = next(iter(ENUM_CLASSES[name]))

    def parse(text: str, ignore_case: bool = False) -> Any:
        known = folded.get(text.lower()) if ignore_case else labels.get(text)
        if quiet:
            return known is not None, first if known is None else known
        if known is None:
            raise Thrown(
                "ArgumentException", f"Requested value '{text}' was not found."
            )
        return known

    return parse


def enum_parse(kind: Type, text: str, ignore_case: bool = False) -> Any:
    if kind.name not in ENUM_CLASSES:
        raise Thrown("ArgumentException", "Type provided must be an Enum.")
    return _parse_enum(kind.name, quiet=False)(text, ignore_case)


def enum_try(kind: Type, text: str, ignore_case: bool = False) -> tuple[bool, Any]:
    if kind.name not in ENUM_CLASSES:
        raise Thrown("ArgumentException", "Type provided must be an Enum.")
    known, member = _parse_enum(kind.name, quiet=True)(text, ignore_case)
    return known, member


def enum_family(name: str) -> Family:
    members: dict[str, Body] = {
        f"static {label} -> {name}": Fixed(item)
        for label, item in members_of(ENUM_CLASSES[name])
    }
    members["ToString(string format) -> string"] = text_of
    members[f"HasFlag({name} flag) -> bool"] = lambda a, b: (a & b) == b
    members[f"CompareTo({name} other) -> int"] = compare
    return members


def enum_parse_typed(kind: NetType, text: str, ignore_case: bool = False) -> Any:
    """`Enum.Parse(typeof(DayOfWeek), "Monday")`."""
    return enum_parse(Type(kind.name), text, ignore_case)


ENUM: Family = {
    "static Parse(Type enumType, string value) -> object": enum_parse_typed,
    "static Parse(Type enumType, string value, bool ignoreCase) -> object": (
        enum_parse_typed
    ),
    "static Parse<T>(string value) -> T": Generic(enum_parse),
    "static Parse<T>(string value, bool ignoreCase) -> T": Generic(enum_parse),
    "static TryParse<T>(string value, out T result) -> bool": Generic(enum_try),
    "static TryParse<T>(string value, bool ignoreCase, out T result) -> bool": Generic(
        enum_try
    ),
}


def exception_family(name: str) -> Family:
    def make(message: str | None = None, inner: Problem | None = None) -> Problem:
        shown = message or f"Exception of type 'System.{name}' was thrown."
        return Problem(name, shown, inner)

    members: dict[str, Body] = {
        "new()": make,
        "new(string message)": make,
        "new(string message, Exception innerException)": make,
    }
    if name in ("ArgumentException", "ArgumentOutOfRangeException"):
        by_name = name == "ArgumentOutOfRangeException"
        members["new(string message, string paramName)"] = lambda first, second: make(
            _about(second, first) if by_name else _about(first, second)
        )
    if name == "Exception":
        members |= {
            "Message -> string": Inline("$0.message"),
            "InnerException -> Exception": Inline("$0.inner"),
            "StackTrace -> string": lambda problem: "",
            "Source -> string": lambda problem: "expression",
            "HResult -> int": lambda problem: -2146233088,
            "GetBaseException() -> Exception": _base,
        }
    return members


def _about(message: str, parameter: str) -> str:
    return f"{message} (Parameter '{parameter}')"


def _base(problem: Problem) -> Problem:
    while problem.inner is not None:
        problem = problem.inner
    return problem


def tuple_of(*items: Any) -> tuple[Any, ...]:
    return items


_LETTERS = "ABCDEFG"
TUPLE: Family = {
    f"static Create<{', '.join(_LETTERS[:n])}>("
    + ", ".join(f"{letter} item{i}" for i, letter in enumerate(_LETTERS[:n]))
    + f") -> Tuple<{', '.join(_LETTERS[:n])}>": tuple_of
    for n in range(1, 8)
}
OBJECT: Family = {
    "ToString() -> string": to_string,
    "GetType() -> Type": type_of_value,
    "GetHashCode() -> int": hash_of,
    "Equals(object other) -> bool": equals,
    "static Equals(object a, object b) -> bool": same_object,
    "static ReferenceEquals(object a, object b) -> bool": lambda a, b: a is b,
}
TYPE: Family = {
    "Name -> string": Inline("$0.name"),
    "FullName -> string": str,
    "Namespace -> string": Inline("$0.space"),
}
BOOL: Family = {
    "static Parse(string value) -> bool": parse_bool,
    "static TryParse(string value, out bool result) -> bool": attempt(
        parse_bool, False
    ),
    "static TrueString -> string": Fixed("True"),
    "static FalseString -> string": Fixed("False"),
    "CompareTo(bool value) -> int": compare,
}
PAIR: Family = {
    "Key -> K": Inline("$0[0]"),
    "Value -> V": Inline("$0[1]"),
    "new(K key, V value)": lambda key, value: Pair((key, value)),
}
FAMILIES: dict[str, Family] = {
    "object": OBJECT,
    "Type": TYPE,
    "bool": BOOL,
    "T?": NULLABLE,
    "Enum": ENUM,
    "KeyValuePair<K, V>": PAIR,
    "Tuple": TUPLE,
    "ValueTuple": {},
    **{name: enum_family(name) for name in ENUM_CLASSES},
    **{name: exception_family(name) for name in PARENTS},
}
