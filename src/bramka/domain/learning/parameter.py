"""Parameters of modules: declared as a Struct, given as text, checked by number."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Struct, inspect

from bramka.domain.learning.cells import text_of
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module_error import ModuleError

ParameterType = Literal[
    "Int", "Double", "String", "SecureString", "Bool", "Enumerated", "ColumnPicker"
]
Setting = str | int | float | bool | None
"""A parameter's value as a graph or a caller gives it."""

S = TypeVar("S", bound=Struct)

_TEXTS = ("String", "SecureString")
_GREATEST_INT32 = 2**31 - 1
_NET_TYPES = {"Int": "Int32", "Double": "Double", "Bool": "Boolean"}


class Condition(Struct, frozen=True):
    """A parameter is shown only while another one has one of these values."""

    parameter: str
    values: tuple[str, ...]


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter as people see it; `field` is its name in the settings Struct.

    `above` is an exclusive lower bound, `minimum` and `maximum` are inclusive.
    `default` is the text a graph would store; `aliases` are other names that graphs
    carry. A SecureString is a secret: kept sealed and never shown.
    """

    name: str
    field: str
    type: ParameterType
    description: str
    required: bool = False
    default: str | None = None
    above: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    shown_when: Condition | None = None
    aliases: tuple[str, ...] = ()


@cache
def parameters_of(settings: type[Struct]) -> tuple[Parameter, ...]:
    """What a settings Struct declares, field by field."""
    told = inspect.type_info(settings)
    assert isinstance(told, inspect.StructType)
    hints = get_type_hints(settings)
    return tuple(_parameter(field, hints[field.name]) for field in told.fields)


def settle(settings: type[S], given: Mapping[str, Setting]) -> S:
    """The Struct for these values; absent ones take their default."""
    declared = parameters_of(settings)
    parameters = by_every_name(declared)
    values: dict[str, object] = {}
    for name, value in given.items():
        if name not in parameters:
            raise ModuleError(
                2,
                f'Failed to parse "{name}" parameter: it is none of '
                + ", ".join(f'"{known.name}"' for known in declared),
            )
        parameter = parameters[name]
        if value is not None and (value != "" or parameter.type in _TEXTS):
            values[parameter.field] = _value(parameter, value)
    for parameter in declared:
        if parameter.required and parameter.field not in values:
            raise ModuleError(3, f'Input "{parameter.name}" is null or empty.')
    return settings(**values)


def stored(settings: Struct) -> dict[str, str | None]:
    """Settings as a graph stores them, by the names people see; `settle` undoes it.

    Secrets are left out: what is learnt goes further than the graph does.
    """
    return {
        parameter.name: _text(getattr(settings, parameter.field))
        for parameter in parameters_of(type(settings))
        if parameter.type != "SecureString"
    }


def by_every_name(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """Parameters by the names that graphs may carry; the name people see goes first."""
    known = list(parameters)
    by_alias = {alias: each for each in known for alias in each.aliases}
    return {**by_alias, **{each.name: each for each in known}}


def _parameter(field: inspect.Field, hint: object) -> Parameter:
    kind, extra = field.type, {}
    description = ""
    if isinstance(kind, inspect.Metadata):
        extra = kind.extra or {}
        description = str((kind.extra_json_schema or {}).get("description", ""))
        kind = kind.type
    shown_when = extra.get("shown_when")
    return Parameter(
        name=field.encode_name,
        field=field.name,
        type="SecureString" if extra.get("secret") else _type(kind),
        description=description,
        required=field.required,
        default=None if field.required else _text(field.default),
        above=getattr(kind, "gt", None),
        minimum=getattr(kind, "ge", None),
        maximum=getattr(kind, "le", None),
        # msgspec sorts the choices; people shall see them as they are declared.
        values=get_args(hint) if isinstance(kind, inspect.LiteralType) else (),
        shown_when=Condition(*shown_when) if shown_when else None,
        aliases=tuple(extra.get("aliases", ())),
    )


def _type(kind: inspect.Type) -> ParameterType:
    if isinstance(kind, inspect.BoolType):
        return "Bool"
    if isinstance(kind, inspect.IntType):
        return "Int"
    if isinstance(kind, inspect.FloatType):
        return "Double"
    if isinstance(kind, inspect.LiteralType):
        return "Enumerated"
    if isinstance(kind, inspect.StructType) and kind.cls is ColumnSelector:
        return "ColumnPicker"
    return "String"


def _text(default: Any) -> str | None:
    if isinstance(default, ColumnSelector):
        return default.stored()
    return text_of(default)


def _value(parameter: Parameter, given: Setting) -> object:
    text = (text_of(given) or "").strip()
    match parameter.type:
        case "Int" | "Double" | "Bool":
            return _scalar(parameter, text)
        case "Enumerated":
            return _one_of(parameter, text)
        case "ColumnPicker":
            return ColumnSelector.parse(text)
        case "String" | "SecureString":
            return given


def _scalar(parameter: Parameter, text: str) -> int | float | bool:
    kind: type[int | float | bool]
    kind = {"Int": int, "Double": float, "Bool": bool}[parameter.type]
    try:
        value = msgspec.convert(text.lower(), kind, strict=False)
    except msgspec.ValidationError:
        raise _unconverted(parameter, text) from None
    _check_bounds(parameter, value)
    # Bounds may say that more is taken than .NET's numbers hold.
    if kind is int and parameter.maximum is None and abs(value) > _GREATEST_INT32:
        raise _unconverted(parameter, text)
    return value


def _unconverted(parameter: Parameter, text: str) -> ModuleError:
    return ModuleError(
        2,
        f'Failed to convert "{parameter.name}" parameter value "{text}" '
        f'from "String" to "{_NET_TYPES[parameter.type]}".',
    )


def _one_of(parameter: Parameter, text: str) -> str:
    for value in parameter.values:
        if value.lower() == text.lower():
            return value
    # Studio's own graphs write AzureBlobStorage and utf_8.
    alike = [each for each in parameter.values if _letters(each) == _letters(text)]
    if len(alike) == 1 and _letters(text):
        return alike[0]
    raise ModuleError(
        2,
        f'Failed to parse "{parameter.name}" parameter: "{text}" is none of '
        + ", ".join(f'"{value}"' for value in parameter.values),
    )


def _letters(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())


def _check_bounds(parameter: Parameter, value: float) -> None:
    name = f'Parameter "{parameter.name}" value'
    above, minimum, maximum = parameter.above, parameter.minimum, parameter.maximum
    if above is not None and not value > above:
        raise ModuleError(4, f"{name} should be greater than {text_of(above)}.")
    if minimum is not None and maximum is None and not value >= minimum:
        raise ModuleError(
            5, f"{name} should be greater than or equal to {text_of(minimum)}."
        )
    low = minimum if minimum is not None else above
    if maximum is None or ((low is None or value >= low) and value <= maximum):
        return
    if low is None:
        raise ModuleError(
            7, f"{name} should be less than or equal to {text_of(maximum)}."
        )
    # The range that is told is closed, so an exclusive whole bound moves by one.
    first = low + 1 if minimum is None and parameter.type == "Int" else low
    raise ModuleError(
        8, f"{name} should be in the range of [{text_of(first)}, {text_of(maximum)}]."
    )
