"""Names of types as .NET spells them: `System.Int32`, `…List`1[System.String]`."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import Problem
from bramka.expressions.values.collections import Dictionary, HashSet
from bramka.expressions.values.plain import Array, Boxed, Char, List, Single

TITLES = {
    "object": "Object",
    "string": "String",
    "bool": "Boolean",
    "char": "Char",
    "sbyte": "SByte",
    "byte": "Byte",
    "short": "Int16",
    "ushort": "UInt16",
    "int": "Int32",
    "uint": "UInt32",
    "long": "Int64",
    "ulong": "UInt64",
    "float": "Single",
    "double": "Double",
    "decimal": "Decimal",
}
"""Names of what C# has words for, in `System`."""
_SPACES = {
    "System.Collections.Generic": (
        *("List", "Dictionary", "HashSet", "Queue", "Stack", "SortedDictionary"),
        *("KeyValuePair", "IEnumerable", "IList", "ICollection", "IDictionary"),
    ),
    "System.Text": ("StringBuilder", "Encoding", "UTF8Encoding"),
    "System.Text.RegularExpressions": ("Regex", "Match", "Group", "MatchCollection"),
    "System.Xml.Linq": (
        *("XDocument", "XElement", "XAttribute", "XText", "XComment", "XName"),
        *("XNode", "XObject", "XContainer", "XCData", "XNamespace"),
    ),
    "Newtonsoft.Json.Linq": (
        *("JObject", "JArray", "JValue", "JProperty", "JToken", "JContainer"),
    ),
    "System.Net": ("IPAddress",),
    "System.IO": ("StringReader", "StringWriter"),
}
_SPACE_OF = {name: space for space, names in _SPACES.items() for name in names}
_CLASSES = {
    bool: "System.Boolean",
    int: "System.Int32",
    Single: "System.Single",
    float: "System.Double",
    Char: "System.Char",
    str: "System.String",
    Decimal: "System.Decimal",
    UUID: "System.Guid",
    bytes: "System.Byte[]",
    bytearray: "System.Byte[]",
    Array: "System.Object[]",
    List: "System.Collections.Generic.List`1[System.Object]",
    HashSet: "System.Collections.Generic.HashSet`1[System.Object]",
    Dictionary: (
        "System.Collections.Generic.Dictionary`2[System.String,System.Object]"
    ),
    dict: "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
}
_OWN = {"Builder": "System.Text.StringBuilder", "Response": "IResponse"}


def spelled(given: Type) -> str:
    """The name of a type that is known while compiling."""
    if given.name == "[]":
        return f"{spelled(given.arguments[0])}[]"
    if given.name == "?":
        return f"System.Nullable`1[{spelled(given.arguments[0])}]"
    if given.name in TITLES:
        return f"System.{TITLES[given.name]}"
    name = f"{_SPACE_OF.get(given.name, 'System')}.{given.name}"
    if not given.arguments:
        return name
    inner = ",".join(map(spelled, given.arguments))
    return f"{name}`{len(given.arguments)}[{inner}]"


def net_name(value: Any) -> str:
    """The name of a value's type."""
    named = getattr(value, "net", None)
    if isinstance(named, str):
        return named
    if isinstance(value, Boxed):
        return f"System.{TITLES[value.kind]}"
    if isinstance(value, Problem):
        return f"System.{value.kind}"
    for known, name in _CLASSES.items():
        if type(value) is known:
            return name
    own = type(value).__name__
    return _OWN.get(own) or f"{_SPACE_OF.get(own, 'System')}.{own}"


def named(value: Any, name: str) -> Any:
    """A collection that knows its type from now on, because it becomes an object."""
    if isinstance(value, NAMED) and getattr(value, "net", None) is None:
        setattr(value, "net", name)  # noqa: B010  # a slot of each of these classes
    return value


NAMED = (Array, List, Dictionary, HashSet)
"""Collections that can be told which type they have."""
COLLECTIONS = ("[]", "List", "Dictionary", "HashSet")
"""Static types whose values are told."""


class NetType:
    """What `GetType()` gives: the name of a type, and nothing to reflect with."""

    __slots__ = ("full",)

    def __init__(self, full: str) -> None:
        self.full = full

    @property
    def name(self) -> str:
        return self._parts()[2]

    @property
    def space(self) -> str:
        return self._parts()[0]

    def _parts(self) -> tuple[str, str, str]:
        plain = self.full.partition("[")[0] if "`" in self.full else self.full
        return plain.rpartition(".")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetType) and other.full == self.full

    def __hash__(self) -> int:
        return hash(self.full)

    def __str__(self) -> str:
        return self.full
