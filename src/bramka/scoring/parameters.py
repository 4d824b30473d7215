"""Web-service parameters: what a call gives, checked against what is declared."""

import math
from collections.abc import Sequence
from typing import TypeVar

from bramka.domain.learning.service import GlobalParameter
from bramka.scoring.port_reader import Json, shown
from bramka.scoring.refusal import Refusal, refuse

ParameterValue = int | float | str | bool | None

Number = TypeVar("Number", int, float)

MISSING = (
    "Parameter(s) expected by the web service are missing. Verify all the required "
    "parameters expected by the web service are correct and try again."
)
UNEXPECTED = (
    "Verify only the required parameters expected by the web service are passed and "
    "try again."
)
BAD_VALUE = (
    "The parameter value supplied does not satisfy the parameter rule on the parameter"
)


def read_parameters(
    declared: Sequence[GlobalParameter], given: Json
) -> dict[str, ParameterValue]:
    """Every declared parameter's value, from the call or its default, or Refusal."""
    if given is None or given == []:  # R writes an empty list so.
        given = {}
    if not isinstance(given, dict):
        raise refuse(
            "BadArgument",
            "RequestBodyInvalid",
            "No request body provided or error in deserializing the request body. "
            f"GlobalParameters must be an object; it is {shown(given)}.",
            "GlobalParameters",
        )
    if not declared and not given:
        return {}
    _refuse_unexpected(declared, given)
    return {each.name: _value(each, given) for each in declared}


def _refuse_unexpected(
    declared: Sequence[GlobalParameter], given: dict[str, Json]
) -> None:
    known = [each.name for each in declared]
    for name in given:
        if name not in known:
            names = ", ".join(f"'{each}'" for each in known) or "no parameters"
            message = f"{UNEXPECTED} {shown(name)} is not one; the service has {names}."
            raise refuse("BadUserArgument", "UnexpectedParameter", message, name[:80])


def _value(declared: GlobalParameter, given: dict[str, Json]) -> ParameterValue:
    value = given.get(declared.name)
    if value is not None or (declared.name in given and not declared.has_default):
        return _checked(declared, value)
    if not declared.has_default:
        raise refuse(
            "BadUserArgument",
            "MissingRequiredGlobalParameters",
            f"{MISSING} '{declared.name}' is missing.",
            declared.name,
        )
    default: ParameterValue = declared.default
    return default


def _checked(declared: GlobalParameter, value: Json) -> ParameterValue:
    if declared.type == "Int":
        whole = _whole(value)
        return _in_bounds(declared, value, whole, "a whole number")
    if declared.type == "Double":
        return _in_bounds(declared, value, _number(value), "a number")
    if declared.type == "Bool":
        return _truth(declared, value)
    if not isinstance(value, str | int | float):
        raise _bad(declared, value, "a text")
    text = value if isinstance(value, str) else str(value)
    if declared.type == "Enumerated" and text not in declared.values:
        raise _bad(declared, value, "one of " + ", ".join(declared.values))
    return text


def _whole(value: Json) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    number = _number(value)
    if number is None or not number.is_integer():
        return None
    if isinstance(value, str) and value.strip().lstrip("+-").isdigit():
        # Through a float, digits behind the sixteenth would be lost.
        return int(value)
    return int(number)


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    # Python would also take digits of other scripts and underscores.
    if isinstance(value, str) and (not value.isascii() or "_" in value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _in_bounds(
    declared: GlobalParameter, given: Json, value: Number | None, what: str
) -> Number:
    low, high = declared.minimum, declared.maximum
    if low is not None:
        what += f" not below {low:.15g}"
    if high is not None:
        what += f" not above {high:.15g}"
    inside = value is not None and (low is None or value >= low)
    if not inside or value is None or not (high is None or value <= high):
        raise _bad(declared, given, what)
    return value


def _truth(declared: GlobalParameter, value: Json) -> bool:
    if isinstance(value, bool):
        return value
    found = {"true": True, "false": False, "1": True, "0": False}.get(
        str(value).lower()
    )
    if found is None:
        raise _bad(declared, value, "True or False")
    return found


def _bad(declared: GlobalParameter, value: Json, wanted: str) -> Refusal:
    message = f"{BAD_VALUE} '{declared.name}': {shown(value)} is not {wanted}."
    return refuse("BadArgument", "BadParameterValue", message, declared.name)
