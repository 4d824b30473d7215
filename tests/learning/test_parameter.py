from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct, field

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.parameter import (
    Condition,
    Setting,
    parameters_of,
    settle,
    stored,
)


class Settings(Struct, frozen=True, kw_only=True):
    trees: Annotated[int, Meta(gt=0, le=500, description="How many trees.")] = field(
        name="Number of trees"
    )
    rate: Annotated[float, Meta(gt=0, description="Step size.")] = field(
        name="Learning rate", default=0.00001
    )
    depth: Annotated[int, Meta(ge=2, description="Depth.")] = field(
        name="Depth", default=32
    )
    share: Annotated[float, Meta(ge=0, le=1, description="Share.")] = 0.5
    top: Annotated[float, Meta(le=10, description="Top.")] = 1.0
    mode: Annotated[
        Literal["Single Parameter", "Parameter Range"], Meta(description="Mode.")
    ] = "Single Parameter"
    seed: Annotated[
        str,
        Meta(description="Seed.", extra={"shown_when": ("mode", ("Parameter Range",))}),
    ] = ""
    columns: Annotated[ColumnSelector, Meta(description="Columns.")] = (
        ColumnSelector.of_names("a")
    )
    shuffle: Annotated[bool, Meta(description="Shuffle.")] = True


def settled(**given: Setting) -> Settings:
    return settle(Settings, {"Number of trees": "8", **given})


def test_what_is_declared_is_what_people_see() -> None:
    trees, rate, *_, seed, columns, shuffle = parameters_of(Settings)
    assert (trees.name, trees.type, trees.required) == ("Number of trees", "Int", True)
    assert (trees.above, trees.maximum, trees.description) == (
        0,
        500,
        "How many trees.",
    )
    assert (rate.type, rate.default) == ("Double", "1E-05")
    assert seed.shown_when == Condition("mode", ("Parameter Range",))
    assert columns.default == ColumnSelector.of_names("a").stored()
    assert (shuffle.type, shuffle.default) == ("Bool", "True")
    assert parameters_of(Settings)[5].values == ("Single Parameter", "Parameter Range")


def test_text_and_values_are_taken_alike() -> None:
    texts = settled(Depth=None, share="0.25", shuffle="FALSE", mode="parameter range")
    values = settled(share=0.25, shuffle=False, mode="Parameter Range")
    assert texts == values
    assert texts.trees == 8


def test_what_is_left_empty_takes_its_default() -> None:
    assert settled(share="", columns="", seed="") == settled()


@pytest.mark.parametrize(
    ("name", "value", "number", "rule"),
    [
        ("Number of trees", "0", 4, "greater than 0"),
        ("Number of trees", 501, 8, "in the range of [1, 500]"),
        ("Learning rate", "0", 4, "greater than 0"),
        ("Learning rate", "nan", 4, "greater than 0"),
        ("Depth", "1", 5, "greater than or equal to 2"),
        ("share", "-0.1", 8, "in the range of [0, 1]"),
        ("share", "nan", 8, "in the range of [0, 1]"),
        ("top", "11", 7, "less than or equal to 10"),
    ],
)
def test_a_value_out_of_bounds_has_its_number_and_text(
    name: str, value: Setting, number: int, rule: str
) -> None:
    with pytest.raises(ModuleError) as refusal:
        settled(**{name: value})
    text = f'Error {number:04}: Parameter "{name}" value should be {rule}.'
    assert refusal.value.message == text


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("Depth", "x", "Int32"),
        ("Depth", 2.5, "Int32"),
        ("Depth", 2**31, "Int32"),
        ("share", "1,5", "Double"),
    ],
)
def test_a_value_of_another_type_is_refused(
    name: str, value: Setting, kind: str
) -> None:
    with pytest.raises(ModuleError) as refusal:
        settled(**{name: value})
    assert refusal.value.message == (
        f'Error 0002: Failed to convert "{name}" parameter value "{value}" '
        f'from "String" to "{kind}".'
    )


def test_only_declared_choices_are_taken() -> None:
    with pytest.raises(ModuleError, match='"Both" is none of "Single Parameter", "Pa'):
        settled(mode="Both")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ModuleError, match='Failed to parse "Trees" parameter'):
        settled(Trees="8")


def test_a_required_parameter_must_be_given() -> None:
    with pytest.raises(ModuleError, match='0003: Input "Number of trees" is null'):
        settle(Settings, {})


class Reading(Struct, frozen=True, kw_only=True):
    source: Annotated[
        str, Meta(description="Where.", extra={"aliases": ("Data source", "From")})
    ] = field(name="Please Specify Data Source", default="")
    key: Annotated[str, Meta(description="The key.", extra={"secret": True})] = field(
        name="Account Key", default=""
    )


@pytest.mark.parametrize("name", ["Please Specify Data Source", "Data source", "From"])
def test_a_parameter_is_known_by_each_of_its_names(name: str) -> None:
    assert settle(Reading, {name: "the web"}).source == "the web"
    with pytest.raises(ModuleError, match='none of "Please Specify Data Source", "Acc'):
        settle(Reading, {name: "the web", "Elsewhere": "x"})


def test_a_secret_is_a_text_that_is_not_stored_with_the_other_settings() -> None:
    kinds = {each.name: each.type for each in parameters_of(Reading)}
    assert kinds["Account Key"] == "SecureString"
    settings = settle(Reading, {"Account Key": "geheim"})
    assert settings.key == "geheim"
    assert stored(settings) == {"Please Specify Data Source": ""}
