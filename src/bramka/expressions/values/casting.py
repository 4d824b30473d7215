"""Casts whose outcome depends on the value: from object, from JSON, from null."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from bramka.domain.traffic.exchange import Response
from bramka.expressions.compiler.types import BITS, ENUMS, VALUES, Type, bare
from bramka.expressions.failures import NULL_REFERENCE, Problem, Thrown, bad_cast
from bramka.expressions.values import json, xml, xml_names
from bramka.expressions.values.collections import Dictionary, HashSet
from bramka.expressions.values.convert import CONVERSIONS
from bramka.expressions.values.dates import DateTime, DateTimeOffset, TimeSpan
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.net_names import TITLES, net_name, spelled
from bramka.expressions.values.plain import (
    Array,
    Boxed,
    Char,
    single_of,
    within,
    wrapped,
)
from bramka.expressions.values.text import text_of

__all__ = ["within", "wrapped"]

_CLASSES: dict[str, Any] = {
    "bool": bool,
    "char": Char,
    "decimal": Decimal,
    "double": float,
    "float": float,
    "Guid": UUID,
    "DateTime": DateTime,
    "DateTimeOffset": DateTimeOffset,
    "TimeSpan": TimeSpan,
    "JToken": json.JToken,
    "JContainer": (json.JObject, json.JArray, json.JProperty),
    "JObject": json.JObject,
    "JArray": json.JArray,
    "JValue": json.JValue,
    "JProperty": json.JProperty,
    "XNode": xml.XNode,
    "XObject": (xml.XNode, xml.XAttribute),
    "XContainer": xml.XContainer,
    "XElement": xml.XElement,
    "XDocument": xml.XDocument,
    "XText": xml.XText,
    "XAttribute": xml.XAttribute,
    "IResponse": Response,
    "Dictionary": (Dictionary, dict),
    "IDictionary": (Dictionary, dict),
    "IReadOnlyDictionary": (Dictionary, dict),
    "List": list,
    "HashSet": HashSet,
    "[]": (Array, bytearray, bytes, list, tuple),
    **ENUM_CLASSES,
}


_HASHES = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
_OWN_NAMES = {
    "Authorization": ("AuthorizationContext",),
    "BasicAuthCredentials": ("Basic",),
    "IGrouping": ("Grouping",),
    "IHeaders": ("Headers",),
    "ILookup": ("Lookup",),
    "IMessageBody": ("Body",),
    "IOrderedEnumerable": ("Ordered",),
    "IPAddress": ("IPv4Address", "IPv6Address"),
    "IQuery": ("Dictionary",),
    "IRequest": ("Request",),
    "IUrl": ("Url",),
    "KeyValuePair": ("Pair",),
    "Queue": ("deque",),
    "RSA": ("RSAPrivateKey", "RSAPublicKey"),
    "Regex": ("Pattern",),
    "SortedDictionary": ("Dictionary",),
    "Stack": ("deque",),
    "StringBuilder": ("Builder",),
    "StringComparer": ("Comparer",),
    "TimeZoneInfo": ("Zone",),
    "X509Certificate2": ("Certificate", "HeldCertificate"),
    "XDeclaration": ("Declaration",),
    **{f"{kind}{name}": ("Hash",) for kind in ("", "HMAC") for name in _HASHES},
    **dict.fromkeys(("HMAC", "HashAlgorithm"), ("Hash",)),
}
"""Classes that have other names here; some of them stand for several of .NET."""


def is_type(value: Any, wanted: Type) -> bool:
    """`value is wanted`."""
    name = wanted.name
    if value is None:
        return False
    if name == "object":
        return True
    if name == "string":
        return isinstance(value, str) and not isinstance(value, Char)
    if name in BITS:
        return _integer_kind(value) == name
    if isinstance(value, Problem):
        return value.is_a(name)
    known = _CLASSES.get(name)
    if known is None:
        return _by_name(value, name)
    if name == "[]" and wanted.arguments[0].name == "byte":
        return isinstance(value, bytes | bytearray)
    if name == "[]" and isinstance(value, bytes | bytearray):
        return False
    return isinstance(value, known)


def _integer_kind(value: Any) -> str:
    """Which type of integer an object is, "" if it is none."""
    if isinstance(value, Boxed):
        return value.kind
    if type(value) is not int:
        return ""
    # What policies keep is not boxed; it is an int if it fits one.
    kinds = ("int", "long", "ulong")
    return next((kind for kind in kinds if wrapped(value, *BITS[kind]) == value), "")


def _by_name(value: Any, name: str) -> bool:
    """Interfaces: anything that can be walked; else a class of that name."""
    if name in ("IEnumerable", "ICollection", "IList", "IReadOnlyList"):
        return hasattr(value, "__iter__")
    own = _OWN_NAMES.get(name, (name,))
    return any(base.__name__ in own for base in type(value).__mro__)


def checked_cast(value: Any, wanted: Type) -> Any:
    """`(wanted)value` for a class: null passes."""
    if value is None or is_type(value, wanted):
        return value
    raise bad_cast(net_name(value), spelled(wanted))


def as_type(value: Any, wanted: Type) -> Any:
    """`value as wanted`."""
    if not is_type(value, wanted):
        return None
    return int(value) if isinstance(value, Boxed) else value


def _unbox(wanted: Type) -> Callable[[Any], Any]:
    exact = _CLASSES.get(wanted.name)

    def unbox(value: Any) -> Any:
        if type(value) is exact:
            return value
        if is_type(value, wanted):
            return int(value) if isinstance(value, Boxed) else value
        if value is None:
            raise Thrown("NullReferenceException", NULL_REFERENCE)
        raise bad_cast(net_name(value), spelled(wanted))

    return unbox


def _unbox_int(value: Any) -> Any:
    if type(value) is int and -0x80000000 <= value <= 0x7FFFFFFF:
        return value
    return _UNBOX_ANY_INT(value)


_UNBOX_ANY_INT = _unbox(Type("int"))


def _unbox_string(value: Any) -> Any:
    if value is None or type(value) is str:
        return value
    if isinstance(value, str) and not isinstance(value, Char):
        return value
    raise bad_cast(net_name(value), "System.String")


def _unbox_double(value: Any) -> Any:
    if isinstance(value, float):
        return float(value)
    return _unbox(Type("double"))(value)


CASTS: dict[str, Callable[[Any], Any]] = {
    **{name: _unbox(Type(name)) for name in VALUES if name != "ValueTuple"},
    "KeyValuePair": lambda value: value,
    "string": _unbox_string,
    "int": _unbox_int,
    "double": _unbox_double,
    "XName": xml_names.name_of,
    "XNamespace": xml_names.namespace_of,
}
DEFAULTS: dict[str, Any] = {
    "char": Char("\0"),
    "decimal": Decimal(0),
    "float": single_of(0.0),
    "DateTime": DateTime(0),
    "DateTimeOffset": DateTimeOffset(0),
    "TimeSpan": TimeSpan(0),
    "Guid": UUID(int=0),
    **{
        name: ENUM_CLASSES[name](0)
        for name in ENUMS
        if 0 in map(int, ENUM_CLASSES[name])
    },
}


def present(value: Any) -> Any:
    """The value of a nullable that must have one."""
    if value is None:
        text = "Nullable object must have a value."
        raise Thrown("InvalidOperationException", text)
    return value


def read_as(value: Any, wanted: Type) -> Any:
    """A JSON or XML value cast to a plain type."""
    if isinstance(value, xml.XElement | xml.XAttribute):
        value = value.value
    plain = bare(wanted)
    if isinstance(value, json.JProperty):
        value = value.value
    if isinstance(value, json.JToken) and not isinstance(value, json.JValue):
        text = f"Can not convert {value.kind} to {_title(plain)}."
        raise Thrown("ArgumentException", text)
    value = json.plain_of(value)
    if value is None:
        if wanted.name == "?" or plain.name not in VALUES:
            return None
        text = f"Can not convert Null to {_title(plain)}."
        raise Thrown("ArgumentException", text)
    if plain.name == "string":
        return text_of(value)
    return CONVERSIONS[plain.name](value)


def _title(wanted: Type) -> str:
    return TITLES.get(wanted.name) or str(wanted).title()


def decimal_of(number: Any) -> Decimal:
    """`(decimal)number`: a double keeps 15 digits."""
    if isinstance(number, float):
        if not math.isfinite(number) or abs(number) >= 2**96:
            text = "Value was either too large or too small for a Decimal."
            raise Thrown("OverflowException", text)
        made = Decimal(f"{number:.15g}")
        return Decimal(f"{made:f}").normalize() + Decimal(0) if made else Decimal(0)
    return Decimal(number)


def whole_double(number: float, bits: int) -> int:
    """`(int)number`: towards zero; what does not fit gives the smallest number."""
    if not math.isfinite(number):
        return -(1 << (bits - 1))
    whole = int(number)
    if -(1 << 63) <= whole < 1 << 63:
        return whole if bits > 32 or abs(whole) < 1 << 31 else -(1 << 31)
    return -(1 << (bits - 1))


def whole_double_within(number: float) -> int:
    """`checked((int)number)`: towards zero; what is no number fits nowhere."""
    if not math.isfinite(number):
        raise Thrown(
            "OverflowException", "Arithmetic operation resulted in an overflow."
        )
    return int(number)


def whole_decimal(number: Decimal) -> int:
    return int(number)


def no_arm(value: Any) -> NoReturn:
    """A switch expression without a fitting arm."""
    what = "Non-exhaustive switch expression failed to match its input"
    text = f"{what}: {text_of(value)[:80]}"
    raise Thrown("InvalidOperationException", text)


def default_of(kind: Type) -> Any:
    """`default(kind)`."""
    if kind.name in DEFAULTS:
        return DEFAULTS[kind.name]
    return (False if kind.name == "bool" else 0) if kind.name in VALUES else None
