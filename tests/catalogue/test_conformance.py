"""What every module of the shelf keeps, parametrised over the folder."""

from collections.abc import Mapping

import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError, UntypedModule
from bramka.domain.learning.small_table import SmallTable, table_of
from bramka.domain.learning.table import Table

SHELF = shelf()
MODULES = [pytest.param(module, id=SHELF.file_of(module)) for module in SHELF.values()]
every_module = pytest.mark.parametrize("module", MODULES)
every_row_wise_module = pytest.mark.parametrize(
    "module",
    [
        pytest.param(each, id=SHELF.file_of(each))
        for each in SHELF.values()
        if each.row_wise
    ],
)


def example(module: UntypedModule) -> tuple[dict[str, Table], Mapping[str, str]]:
    documented = SHELF.example_of(module)
    return documented.tables(), documented.settings()


def run(module: UntypedModule, inputs: Mapping[str, Table]) -> Mapping[str, Table]:
    return module.apply(inputs, module.settle(example(module)[1]))


def many(module: UntypedModule) -> dict[str, Table]:
    """The example's rows again and again, with holes."""
    inputs, _ = example(module)
    return {
        port: Table(
            pl.concat([table.frame, table.frame.clear(2), table.frame]), table.columns
        )
        for port, table in inputs.items()
    }


@every_module
def test_its_documented_example_gives_what_is_documented(module: UntypedModule) -> None:
    outputs = run(module, example(module)[0])
    assert {
        port: table.frame.to_dict(as_series=False) for port, table in outputs.items()
    } == SHELF.example_of(module).outputs


@every_module
def test_it_fills_the_ports_it_declares(module: UntypedModule) -> None:
    inputs, _ = example(module)
    assert set(inputs) <= {port.name for port in module.inputs}
    assert set(run(module, inputs)) == {port.name for port in module.outputs}


@every_module
def test_it_leaves_its_inputs_unchanged(module: UntypedModule) -> None:
    inputs = many(module)
    before = {port: (each.frame.clone(), each.columns) for port, each in inputs.items()}
    run(module, inputs)
    for port, (frame, columns) in before.items():
        assert inputs[port].frame.equals(frame)
        assert inputs[port].columns == columns


@every_module
def test_it_is_deterministic(module: UntypedModule) -> None:
    assert run(module, many(module)) == run(module, many(module))


@every_module
def test_its_tables_describe_their_columns(module: UntypedModule) -> None:
    for table in run(module, many(module)).values():
        assert table == Table.of(table.frame, table.columns)
        assert list(table.names) == table.frame.columns


@every_row_wise_module
def test_a_row_alone_equals_the_same_row_in_a_batch(module: UntypedModule) -> None:
    inputs = many(module)
    outputs = run(module, inputs)
    height = next(iter(inputs.values())).height
    for row in range(height):
        alone = {port: table.slice(row, 1) for port, table in inputs.items()}
        single = run(module, alone)
        assert single == {port: each.slice(row, 1) for port, each in outputs.items()}


@every_row_wise_module
def test_its_step_for_single_rows_does_the_same(module: UntypedModule) -> None:
    if module.row is None:
        return
    inputs = many(module)
    (table,) = inputs.values()
    (expected,) = run(module, inputs).values()
    step = module.apply_row(table.columns, module.settle(example(module)[1]))
    assert step is not None
    rows = [step.apply(row) for row in table.frame.rows()]
    cells = [list(column) for column in zip(*rows, strict=True)]
    assert table_of(SmallTable(step.columns, cells, len(rows))) == expected


@every_module
def test_it_survives_an_empty_table(module: UntypedModule) -> None:
    inputs = {port: each.slice(0, 0) for port, each in example(module)[0].items()}
    full = run(module, example(module)[0])
    for port, table in run(module, inputs).items():
        assert (table.height, table.names) == (0, full[port].names)


@every_module
def test_it_survives_columns_where_everything_is_missing(module: UntypedModule) -> None:
    inputs = {
        port: Table(each.frame.clear(3), each.columns)
        for port, each in example(module)[0].items()
    }
    for table in run(module, inputs).values():
        assert table.height == 3


@every_module
def test_it_survives_names_in_any_script(module: UntypedModule) -> None:
    inputs, _ = example(module)
    strange = {
        port: table.append(
            table.rename({name: f"Größe {name} 日本" for name in table.names})
        )
        for port, table in inputs.items()
    }
    for port, table in run(module, strange).items():
        assert set(run(module, inputs)[port].names) <= set(table.names)


@every_module
def test_every_parameter_is_described(module: UntypedModule) -> None:
    for parameter in module.parameters:
        assert parameter.description.endswith("."), parameter.name
        assert parameter.name


@every_module
def test_defaults_lie_within_their_bounds(module: UntypedModule) -> None:
    _, required = example(module)
    defaults = {
        each.name: each.default for each in module.parameters if not each.required
    }
    module.settle({**required, **defaults})


@every_module
def test_values_out_of_bounds_have_the_documented_error(module: UntypedModule) -> None:
    _, settings = example(module)
    for parameter in module.parameters:
        for bound, step, numbers in (
            (parameter.above, 0, {4}),
            (parameter.minimum, -1, {5, 8}),
            (parameter.maximum, 1, {7, 8}),
        ):
            if bound is not None:
                given = {**settings, parameter.name: str(int(bound) + step)}
                with pytest.raises(ModuleError) as refusal:
                    module.settle(given)
                assert refusal.value.number in numbers
                assert refusal.value.module == module.name


@every_module
def test_it_refuses_a_parameter_it_does_not_know(module: UntypedModule) -> None:
    with pytest.raises(ModuleError, match="Error 0002: Failed to parse"):
        module.settle({"No such parameter": "1"})


@every_module
def test_it_is_found_by_family_name_old_name_and_id(module: UntypedModule) -> None:
    for text in (module.family, module.name, *module.aliases):
        assert SHELF.find(text) is module
    assert SHELF.find(SHELF.module_id(module.name)) is module


@every_module
def test_its_file_is_named_after_it(module: UntypedModule) -> None:
    words = module.name.lower().replace("-", " ").split()
    assert (
        SHELF.file_of(module).split("_")
        == words[: len(SHELF.file_of(module).split("_"))]
    )
