"""Types as they are written: `string[]`, `System.Text.Encoding`, `List<JObject>`."""

from tree_sitter import Node

from bramka.expressions.compiler.types import ENUMS, VALUES, Type, type_of
from bramka.expressions.compiler.unit import Unit

NAMESPACES = frozenset(
    {
        "System",
        "System.Collections",
        "System.Collections.Generic",
        "System.Globalization",
        "System.IO",
        "System.Linq",
        "System.Net",
        "System.Net.Sockets",
        "System.Security",
        "System.Security.Cryptography",
        "System.Security.Cryptography.X509Certificates",
        "System.Text",
        "System.Text.RegularExpressions",
        "System.Xml",
        "System.Xml.Linq",
        "Newtonsoft",
        "Newtonsoft.Json",
        "Newtonsoft.Json.Linq",
    }
)
ALIASES = {
    "String": "string",
    "Int32": "int",
    "Int64": "long",
    "Boolean": "bool",
    "Object": "object",
    "Char": "char",
    "Double": "double",
    "Single": "float",
    "Decimal": "decimal",
    "Byte": "byte",
    "SByte": "sbyte",
    "Int16": "short",
    "UInt16": "ushort",
    "UInt32": "uint",
    "UInt64": "ulong",
    "IPolicyContext": "IContext",
    "IProxyRequestContext": "IContext",
    "RNGCryptoServiceProvider": "RandomNumberGenerator",
    "AesCryptoServiceProvider": "Aes",
    "AesManaged": "Aes",
    "RijndaelManaged": "Aes",
    "RSACryptoServiceProvider": "RSA",
    "RSACng": "RSA",
    "X509Certificate": "X509Certificate2",
    "KeyedHashAlgorithm": "HMAC",
    "MD5CryptoServiceProvider": "MD5",
    **{
        f"{name}{ending}": name
        for name in ("SHA1", "SHA256", "SHA384", "SHA512")
        for ending in ("Managed", "CryptoServiceProvider")
    },
}
_WHOLE_NAMES = ("identifier", "predefined_type", "generic_name", "qualified_name")
REASONS = {
    "dynamic": "'dynamic' is not supported; cast to JObject, string, …",
    "Task": "expressions cannot wait; use the send-request policy",
    "HttpClient": "expressions have no network; use the send-request policy",
    "File": "expressions have no files",
    "Console": "expressions have no console; context.Trace writes into the trace",
    "Process": "expressions cannot start programs",
    "Thread": "expressions have no threads",
    "Environment": "expressions cannot read the environment; use named values",
    "Activator": "expressions have no reflection",
    "Assembly": "expressions have no reflection",
}
"""Why what people look for is not there."""


def known(unit: Unit, name: str) -> str | None:
    """The table's name for a type called `name`, if there is one."""
    name = ALIASES.get(name, name)
    return name if name in unit.table.types else None


def type_from(unit: Unit, node: Node) -> Type:
    """The type that `node` writes; refused if it is not in the table."""
    kind = node.type
    if kind == "array_type":
        return _array(unit, node)
    if kind == "nullable_type":
        inner = type_from(unit, node.named_children[0])
        return Type("?", (inner,)) if inner.name in VALUES else inner
    if kind == "tuple_type":
        return _tuple(unit, node)
    if kind in ("alias_qualified_name", "qualified_name"):
        return _qualified(unit, node)
    if kind == "generic_name":
        arguments = node.named_children[-1].named_children
        inner_types = tuple(type_from(unit, item) for item in arguments)
        return made(unit, node, unit.text(node.named_children[0]), inner_types)
    if kind in _WHOLE_NAMES:
        return made(unit, node, unit.text(node), ())
    return unit.refuse(
        node, f"{unit.text(node)[:60]} is not a type of policy expressions"
    )


def types_in(unit: Unit, node: Node, text: str) -> tuple[Type, ...]:
    """The types that `text` spells, as in `string, List<int>`, used at `node`."""
    try:
        spelled = type_of(f"Tuple<{text}>").arguments
    except (AssertionError, IndexError):
        unit.refuse(node, f"<{text[:60]}> are not types of policy expressions")
    return tuple(_checked(unit, node, item) for item in spelled)


def _checked(unit: Unit, node: Node, spelled: Type) -> Type:
    arguments = tuple(_checked(unit, node, item) for item in spelled.arguments)
    if spelled.name == "[]":
        return Type("[]", arguments)
    if spelled.name == "?":
        inner = arguments[0]
        return Type("?", arguments) if inner.name in VALUES else inner
    space, _, name = spelled.name.rpartition(".")
    if space and space not in NAMESPACES:
        unit.refuse(node, f"{spelled.name[:80]} is out of reach of expressions")
    return made(unit, node, name, arguments)


def _array(unit: Unit, node: Node) -> Type:
    inner, *ranks = node.named_children
    found = type_from(unit, inner)
    for rank in ranks:
        if "," in unit.text(rank):
            unit.refuse(rank, "arrays of several dimensions are not supported")
        found = Type("[]", (found,))
    return found


def _tuple(unit: Unit, node: Node) -> Type:
    types, names = [], []
    for index, item in enumerate(node.named_children):
        spelled = item.child_by_field_name("type")
        name = item.child_by_field_name("name")
        types.append(type_from(unit, spelled if spelled is not None else item))
        names.append(unit.text(name) if name is not None else f"Item{index + 1}")
    return Type("ValueTuple", tuple(types), tuple(names))


def _qualified(unit: Unit, node: Node) -> Type:
    parts = [item for item in node.named_children if item.type != "comment"]
    if node.type == "qualified_name":
        space = unit.text(parts[0]).removeprefix("global::").replace(" ", "")
        if space not in NAMESPACES:
            unit.refuse(node, f"{unit.text(node)[:80]} is out of reach of expressions")
    return type_from(unit, parts[-1])


def made(unit: Unit, node: Node, name: str, arguments: tuple[Type, ...]) -> Type:
    """A type by name and type arguments, checked against the table."""
    if name == "Nullable" and len(arguments) == 1:
        return Type("?", arguments)
    found = known(unit, name)
    if found is None:
        reason = REASONS.get(name)
        hint = f": {reason}" if reason else unit.table.near_type(name)
        unit.refuse(node, f"{name} is not a type that expressions can use{hint}")
    expected = unit.table.types[found]
    if found == "Func" and not arguments:
        unit.refuse(node, "Func needs the types of its parameters and its result")
    if expected < 0:
        return Type(found, arguments)
    if expected != len(arguments):
        unit.refuse(node, f"{name} takes {expected} type arguments")
    return Type(found, arguments)


def default_of(given: Type) -> object:
    """What `default(given)` is, for types whose default is a plain constant."""
    if given.name not in VALUES or given.name in ENUMS:
        return 0 if given.name in ENUMS else None
    return {"bool": False, "float": 0.0, "double": 0.0}.get(given.name, 0)
