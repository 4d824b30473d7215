"""Modules that are wrong in one way each: the suite has to say so."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Annotated

import polars as pl
import pytest
from msgspec import Meta, Struct, field
from tests.catalogue import test_conformance as suite

from bramka.catalogue import shelf
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    Ports,
    RowStep,
    UntypedModule,
)
from bramka.domain.learning.parameter import Setting
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

GOOD = shelf().find("Feature Hashing")
RESULT = "Transformed dataset"
Check = Callable[[UntypedModule], None]


def spoilt(change: Callable[[Table, Table], Table]) -> UntypedModule:
    """The good module, whose result is changed: it gets the input and the result."""

    def run(inputs: Ports, settings: Struct) -> Ports:
        result = table_on(GOOD.run(inputs, settings), RESULT)
        return {RESULT: change(table_on(inputs, "Dataset"), result)}

    return replace(GOOD, run=run)


def spoil_inputs(table: Table, result: Table) -> Table:
    table.frame.insert_column(0, pl.Series("more", [0] * table.height))
    return result


def numbered() -> Callable[[Table, Table], Table]:
    numbers = count()

    def change(_: Table, result: Table) -> Table:
        frame = result.frame.with_columns(n=pl.lit(next(numbers), dtype=pl.Int64))
        return Table.of(frame)

    return change


def with_height(table: Table, result: Table) -> Table:
    height = pl.lit(table.height, dtype=pl.Int64).alias("height")
    return Table.of(result.frame.with_columns(height))


def refusing(number: int, when: Callable[[Table], bool]) -> UntypedModule:
    def change(table: Table, result: Table) -> Table:
        if when(table):
            raise ModuleError(number, "No.")
        return result

    return spoilt(change)


class Undescribed(Struct, frozen=True, kw_only=True):
    """A parameter that says nothing of itself."""

    bits: Annotated[int, Meta(ge=1)] = field(name="Hashing bitsize", default=3)
    grams: Annotated[int, Meta(description="Runs of words.")] = field(
        name="N-grams", default=2
    )


class OutOfBounds(Struct, frozen=True, kw_only=True):
    """A default that nobody may give."""

    bits: Annotated[int, Meta(ge=1, description="Bits.")] = field(
        name="Hashing bitsize", default=0
    )
    grams: Annotated[int, Meta(description="Runs of words.")] = field(
        name="N-grams", default=2
    )


class Lax(Module[Struct]):
    """A module that takes whatever it is given."""

    def settle(self, given: Mapping[str, Setting]) -> Struct:
        known = {"Hashing bitsize": "3", "N-grams": "2"}
        return GOOD.settle({**known, "Hashing bitsize": str(given and 3)})

    def apply(self, inputs: Ports, settings: Struct, outside: object = None) -> Ports:
        del outside
        return GOOD.run({**suite.example(GOOD)[0], **inputs}, settings)


def lax() -> UntypedModule:
    fields = {name: getattr(GOOD, name) for name in GOOD.__dataclass_fields__}
    return Lax(**fields)


def wrong_step() -> UntypedModule:
    def row(columns: tuple[Column, ...], settings: Struct, others: Ports) -> RowStep:
        assert GOOD.row is not None
        step = GOOD.row(columns, settings, others)
        assert step is not None
        return RowStep(step.columns, lambda cells: [*step.apply(cells)[:-1], 99])

    return replace(GOOD, row=row)  # type: ignore[arg-type]  # a tuple is a sequence


def keeping_code() -> UntypedModule:
    module = shelf().find("Normalize Data")

    def run(inputs: Ports, settings: Struct) -> Ports:
        outputs = module.run(inputs, settings)
        learnt = outputs["Transformation function"]
        assert isinstance(learnt, Learnt)
        return {**outputs, "Transformation function": learnt.taught(b"code", ())}

    return replace(module, run=run)


WRONG: dict[str, tuple[Check, Callable[[], UntypedModule]]] = {
    "gives something else": (
        suite.test_its_documented_example_gives_what_is_documented,
        lambda: spoilt(lambda _, result: result.select(result.names[:-1])),
    ),
    "leaves a port empty": (
        suite.test_it_fills_the_ports_it_declares,
        lambda: replace(GOOD, run=lambda _inputs, _settings: {}),
    ),
    "changes its inputs": (
        suite.test_it_leaves_its_inputs_unchanged,
        lambda: spoilt(spoil_inputs),
    ),
    "gives something else each time": (
        suite.test_it_is_deterministic,
        lambda: spoilt(numbered()),
    ),
    "describes columns wrongly": (
        suite.test_its_tables_describe_their_columns,
        lambda: spoilt(lambda _, result: Table(result.frame, result.columns[::-1])),
    ),
    "looks at other rows": (
        suite.test_a_row_alone_equals_the_same_row_in_a_batch,
        lambda: spoilt(with_height),
    ),
    "does other things to single rows": (
        suite.test_its_step_for_single_rows_does_the_same,
        wrong_step,
    ),
    "keeps more than data": (
        suite.test_what_it_learnt_is_read_again_and_is_data,
        keeping_code,
    ),
    "refuses an empty table by no documented number": (
        suite.test_it_survives_an_empty_table,
        lambda: refusing(999, lambda table: table.height == 0),
    ),
    "loses rows where everything is missing": (
        suite.test_it_survives_columns_where_everything_is_missing,
        lambda: spoilt(lambda _, result: Table.of(result.frame.drop_nulls())),
    ),
    "refuses unseen texts by no documented number": (
        suite.test_it_survives_texts_it_has_not_seen,
        lambda: refusing(999, lambda table: suite.UNSEEN in table.frame["Col2"]),
    ),
    "refuses odd data by no documented number": (
        suite.test_it_survives_odd_data,
        lambda: refusing(999, lambda table: table.height == 1),
    ),
    "refuses names by no documented number": (
        suite.test_it_survives_names_in_any_script,
        lambda: refusing(999, lambda table: not "".join(table.names).isascii()),
    ),
    "does not describe a parameter": (
        suite.test_every_parameter_is_described,
        lambda: replace(GOOD, settings=Undescribed),
    ),
    "has a default out of bounds": (
        suite.test_defaults_lie_within_their_bounds,
        lambda: replace(GOOD, settings=OutOfBounds),
    ),
    "takes values out of bounds": (
        suite.test_values_out_of_bounds_have_the_documented_error,
        lax,
    ),
    "takes columns that are not there": (
        suite.test_columns_that_are_not_there_have_the_documented_error,
        lambda: replace(
            shelf().find("Select Columns in Dataset"),
            run=lambda inputs, _settings: {"Results dataset": inputs["Dataset"]},
        ),
    ),
    "takes parameters it does not know": (
        suite.test_it_refuses_a_parameter_it_does_not_know,
        lax,
    ),
    "runs without an input": (
        suite.test_an_input_that_is_missing_has_the_documented_error,
        lax,
    ),
    "is not found": (
        suite.test_it_is_found_by_family_name_old_name_and_id,
        lambda: replace(GOOD, aliases=("Join Data",)),
    ),
    "is called unlike its file": (
        suite.test_its_file_is_named_after_it,
        lambda: replace(GOOD, name="Hashing of Features"),
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_module_is_told_that(fault: str) -> None:
    check, wrong = WRONG[fault]
    with pytest.raises((AssertionError, ModuleError, pytest.fail.Exception)):
        check(wrong())


@pytest.mark.parametrize("fault", WRONG)
def test_a_module_without_fault_is_not_told_that(fault: str) -> None:
    WRONG[fault][0](GOOD)


def test_every_check_of_the_suite_is_tried() -> None:
    checks = {name for name in vars(suite) if name.startswith("test_")}
    tried = {check.__name__ for check, _ in WRONG.values()}
    assert checks == tried
