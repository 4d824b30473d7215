"""Types of C# as the compiler knows them: names, generic arguments, base types."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bramka.expressions.compiler.bases import BASES


@dataclass(frozen=True, slots=True)
class Type:
    """A type: `List` of `string`; `[]` is an array, `?` a nullable value type.

    `fields` names the members of tuples and anonymous types.
    """

    name: str
    arguments: tuple["Type", ...] = ()
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.name in ("[]", "?"):
            return f"{self.arguments[0]}{self.name}"
        if self.name == "ValueTuple":
            return f"({', '.join(map(str, self.arguments))})"
        if self.name == "anonymous":
            return "anonymous type"
        if not self.arguments:
            return self.name
        return f"{self.name}<{', '.join(map(str, self.arguments))}>"

    @property
    def is_parameter(self) -> bool:
        return len(self.name) == 1 and self.name.isalpha()

    def filled(self, bound: dict[str, "Type"]) -> "Type":
        """This type with type parameters replaced by what they are bound to."""
        if self.is_parameter:
            return bound.get(self.name, OBJECT)
        if not self.arguments:
            return self
        arguments = tuple(item.filled(bound) for item in self.arguments)
        return Type(self.name, arguments, self.fields)


_TOKEN = re.compile(r"[\w.]+|\[\]|[<>,?()]")


def type_of(text: str) -> Type:
    """The type that `text` spells, as in `Dictionary<string, int[]>`."""
    return _type_of(text)


@cache
def _type_of(text: str) -> Type:
    tokens = _TOKEN.findall(text)
    found, rest = _read(tokens, 0)
    if rest != len(tokens):
        raise AssertionError(f"{text!r} is not a type")
    return found


def _read(tokens: list[str], at: int) -> tuple[Type, int]:
    name = tokens[at]
    at += 1
    arguments: list[Type] = []
    if name == "(" or (at < len(tokens) and tokens[at] == "<"):
        closer = ")" if name == "(" else ">"
        at += name != "("
        while True:
            argument, at = _read(tokens, at)
            arguments.append(argument)
            at += 1
            if tokens[at - 1] == closer:
                break
    found = Type("ValueTuple" if name == "(" else name, tuple(arguments))
    while at < len(tokens) and tokens[at] in ("[]", "?"):
        found = Type(tokens[at], (found,))
        at += 1
    return found, at


OBJECT, STRING, BOOL, CHAR = map(Type, ("object", "string", "bool", "char"))
INT, LONG, DOUBLE, DECIMAL = map(Type, ("int", "long", "double", "decimal"))
FLOAT, UINT, ULONG, BYTE = map(Type, ("float", "uint", "ulong", "byte"))
SHORT, USHORT, SBYTE = map(Type, ("short", "ushort", "sbyte"))
VOID, NULL = Type("void"), Type("null")
NEVER = Type("never")
"""Type of a `throw` expression: converts to everything."""

BITS = {
    "sbyte": (8, True),
    "byte": (8, False),
    "short": (16, True),
    "ushort": (16, False),
    "int": (32, True),
    "uint": (32, False),
    "long": (64, True),
    "ulong": (64, False),
}
INTEGERS = frozenset(BITS)
NUMBERS = INTEGERS | {"float", "double", "decimal"}
ENUMS = frozenset(
    {
        "DayOfWeek",
        "DateTimeKind",
        "StringComparison",
        "StringSplitOptions",
        "RegexOptions",
        "Formatting",
        "JTokenType",
        "SaveOptions",
        "LoadOptions",
        "UriKind",
        "UriPartial",
        "UriComponents",
        "UriFormat",
        "MidpointRounding",
        "Base64FormattingOptions",
        "NumberStyles",
        "DateTimeStyles",
        "CipherMode",
        "PaddingMode",
        "MergeArrayHandling",
        "MergeNullValueHandling",
        "XmlNodeType",
        "NullValueHandling",
        "DateParseHandling",
        "DateFormatHandling",
        "AddressFamily",
        "UriHostNameType",
        "X509ContentType",
        "X509KeyStorageFlags",
        "X509NameType",
    }
)
VALUES = (
    NUMBERS
    | ENUMS
    | {"bool", "char", "Guid", "DateTime", "DateTimeOffset", "TimeSpan"}
    | {"KeyValuePair", "ValueTuple"}
)
"""Types that cannot be null."""
WIDENS = {
    "sbyte": ("short", "int", "long", "float", "double", "decimal"),
    "byte": (
        *("short", "ushort", "int", "uint", "long", "ulong"),
        *("float", "double", "decimal"),
    ),
    "short": ("int", "long", "float", "double", "decimal"),
    "ushort": ("int", "uint", "long", "ulong", "float", "double", "decimal"),
    "int": ("long", "float", "double", "decimal"),
    "uint": ("long", "ulong", "float", "double", "decimal"),
    "long": ("float", "double", "decimal"),
    "ulong": ("float", "double", "decimal"),
    "char": ("ushort", "int", "uint", "long", "ulong", "float", "double", "decimal"),
    "float": ("double",),
}
"""Implicit numeric conversions, nearest first."""


@cache
def bases_of(given: Type) -> tuple[Type, ...]:
    """The direct base types of `given`, generic arguments filled in."""
    if given.name not in BASES:
        return ()
    parameters, texts = BASES[given.name]
    bound = dict(zip(parameters, given.arguments, strict=True))
    return tuple(type_of(text).filled(bound) for text in texts)


@cache
def lineage(given: Type) -> tuple[Type, ...]:
    """`given` and all its base types, nearest first, `object` last."""
    seen = dict.fromkeys(_walk(given))
    seen.pop(OBJECT, None)
    return (*seen, OBJECT)


def _walk(given: Type) -> Iterator[Type]:
    row = [given]
    while row:
        yield from row
        row = [base for item in row for base in bases_of(item)]


def as_base(given: Type, name: str) -> Type | None:
    """`given` seen as its base type called `name`, or None."""
    return next((item for item in lineage(given) if item.name == name), None)


def derives(given: Type, base: Type) -> bool:
    """Whether a reference of type `given` is one of type `base`."""
    found = as_base(given, base.name)
    if found is None or len(found.arguments) != len(base.arguments):
        return False
    if base.name == "[]" and found.arguments[0].name in VALUES:
        return found == base  # an int[] is no object[]
    return all(
        want in (have, OBJECT) or (want.name not in VALUES and derives(have, want))
        for have, want in zip(found.arguments, base.arguments, strict=True)
    )


def element_of(given: Type) -> Type | None:
    """What `foreach` over a value of this type yields, or None."""
    if given.name == "JObject":
        return type_of("KeyValuePair<string, JToken>")
    found = as_base(given, "IEnumerable")
    return found.arguments[0] if found else None


def nullable(given: Type) -> Type:
    """`given` with null added, if it lacks it."""
    return Type("?", (given,)) if given.name in VALUES else given


def bare(given: Type) -> Type:
    """`given` without the `?` of a nullable value type."""
    return given.arguments[0] if given.name == "?" else given


def unify(pattern: Type, given: Type, bound: dict[str, Type]) -> bool:
    """Bind the type parameters of `pattern` so that `given` fits it."""
    if pattern.is_parameter:
        if given not in (NULL, NEVER):
            bound.setdefault(pattern.name, given)
        return True
    if not pattern.arguments:
        return True
    found = as_base(given, pattern.name)
    if found is None or len(found.arguments) != len(pattern.arguments):
        return given == NULL
    pairs = zip(pattern.arguments, found.arguments, strict=True)
    fits = [unify(inner, have, bound) for inner, have in pairs]
    return all(fits)
