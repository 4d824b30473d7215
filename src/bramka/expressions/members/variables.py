"""`context.Variables`: what they hold, read as a type."""

from collections.abc import Callable
from typing import Any

from bramka.expressions.compiler.table import Family, Inline, Shaped
from bramka.expressions.compiler.types import VALUES, Type, bare
from bramka.expressions.values.casting import CASTS, checked_cast, default_of


def typed_value(kind: Type, value: Any) -> Any:
    """`(kind)value`, null included where the type has it."""
    if value is None and (kind.name == "?" or kind.name not in VALUES):
        return None
    plain = bare(kind)
    cast = CASTS.get(plain.name)
    return cast(value) if cast else checked_cast(value, plain)


def variable_reader(kind: Type) -> Callable[..., Any]:
    """`GetValueOrDefault<T>`: throws when the variable is of another type."""
    usual = default_of(kind)
    cast = CASTS.get(kind.name)
    if cast is None or kind.name not in VALUES:

        def cast(value: Any) -> Any:
            return typed_value(kind, value)

    def read(variables: dict[str, Any], name: str, default: Any = usual) -> Any:
        if name in variables:
            return cast(variables[name])
        return default

    return read


def variable_try(variables: dict[str, Any], name: str) -> tuple[bool, Any]:
    return name in variables, variables.get(name)


VARIABLES: Family = {
    "this[string key] -> object": Inline("$0[$1]"),
    "ContainsKey(string key) -> bool": lambda variables, name: name in variables,
    "GetValueOrDefault<T>(string name) -> T": Shaped(variable_reader),
    "GetValueOrDefault<T>(string name, T defaultValue) -> T": Shaped(variable_reader),
    "GetValueOrDefault(string name) -> object": lambda variables, name: variables.get(
        name
    ),
    "TryGetValue(string key, out object value) -> bool": variable_try,
    "Keys -> IEnumerable<string>": Inline("[*$0]"),
    "Values -> IEnumerable<object>": lambda variables: list(variables.values()),
    "Count -> int": Inline("len($0)"),
}
