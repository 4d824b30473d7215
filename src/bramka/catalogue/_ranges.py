"""Ranges of parameters: what a sweep tries, and what Train Model takes of them.

A settings field `range_x` holds the values to try of the field `x`.
"""

from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct
from msgspec.structs import replace

from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.parameter import (
    Parameter,
    parameters_of,
    settle,
    stored,
)

Mode = Annotated[
    Literal["Single Parameter", "Parameter Range"],
    Meta(
        description="Train with one value a parameter, or sweep over ranges of values "
        "with Tune Model Hyperparameters."
    ),
]
SINGLE = {"shown_when": ("Create trainer mode", ("Single Parameter",))}
_RANGE_FIELD = "range_"

S = TypeVar("S", bound=Struct)


def values_of(
    description: str, mode: str = "Create trainer mode", alias: str = ""
) -> Meta:
    """What is said of a parameter's range."""
    return Meta(
        description=f"Values to try, parted by semicolons: {description}.",
        extra={
            "shown_when": (mode, ("Parameter Range",)),
            "aliases": (alias,) if alias else (),
        },
    )


def first_of_ranges(settings: S) -> S:
    """What Train Model does with ranges: it takes the first value of each."""
    if getattr(settings, "mode", "Single Parameter") == "Single Parameter":
        return settings
    return replace(
        settings,
        **{field: values[0] for field, values in ranges_of(settings).items()},
    )


def ranges_of(settings: Struct) -> dict[str, list[Any]]:
    """The values to try of each parameter that has a range, in the field's type."""
    parameters = {each.field: each for each in parameters_of(type(settings))}
    ranges = {}
    for field, parameter in parameters.items():
        if not field.startswith(_RANGE_FIELD):
            continue
        swept = field.removeprefix(_RANGE_FIELD)
        if not _matters(parameters[swept], settings):
            continue
        texts = [text.strip() for text in getattr(settings, field).split(";")]
        given = [text for text in texts if text]
        if not given:
            raise ModuleError(2, f'Failed to parse "{parameter.name}" parameter.')
        required = {
            each.name: getattr(settings, each.field)
            for each in parameters.values()
            if each.required
        }
        ranges[swept] = [
            getattr(
                settle(type(settings), required | {parameters[swept].name: text}), swept
            )
            for text in given
        ]
    return ranges


def _matters(parameter: Parameter, settings: Struct) -> bool:
    """Whether a parameter is one of those that these settings use."""
    shown = parameter.shown_when
    if shown is None or shown.values == ("Single Parameter",):
        return True
    return stored(settings)[shown.parameter] in shown.values
