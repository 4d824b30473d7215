"""What every module of the shelf keeps, parametrised over the folder."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from math import inf, nan
from typing import Any

import polars as pl
import pytest
from msgspec.structs import replace

from bramka.catalogue import shelf
from bramka.catalogue._example import ROUGHLY, table_of, value_of
from bramka.catalogue._state import state_from
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError, Ports, UntypedModule
from bramka.domain.learning.small_table import SmallTable
from bramka.domain.learning.small_table import table_of as rows_of
from bramka.domain.learning.table import Table, type_of
from bramka.domain.learning.value import Archive, Pictures, Value, type_of_value
from bramka.domain.learning.value_file import value_bytes
from bramka.testing.outside import FakeOutside

SHELF = shelf()
DOCUMENTED = {*range(1, 158), 1000}
"""The numbers of errors that Studio (classic) documents."""
UNSEEN = "niegesehen 未見"
LINE = {
    "module": "Linear Regression",
    "parameters": {"L2 regularization weight": "0"},
    "trained": {"on": {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}, "label": "y"},
}
EXAMPLE_ORG = FakeOutside(
    {
        "https://example.org/numbers.csv": b"x,y\n1,a\n2,b\n",
        "https://example.org/line.ilearner": value_bytes(value_of(LINE, SHELF.names)),
    }
)
"""What modules find that read outside."""


def marked(modules: list[UntypedModule]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "module", [pytest.param(each, id=SHELF.file_of(each)) for each in modules]
    )


def changed(table: Table, change: Callable[[pl.Series], pl.Series | None]) -> Table:
    """The table with other cells in columns for which there are some."""
    kept, series = [], []
    for column, cells in zip(table.columns, table.frame.get_columns(), strict=True):
        other = change(cells) if column.levels is None else None
        series.append(cells if other is None else other.alias(column.name))
        type_ = column.type if other is None else type_of(series[-1].dtype)
        kept.append(replace(column, type=type_))
    return Table.of(pl.DataFrame(series), kept)


def one_number(number: float, cells: pl.Series) -> pl.Series | None:
    """Numbers, the first of which is an odd one."""
    if not cells.dtype.is_numeric() or not len(cells):
        return None
    rest = cells.cast(pl.Float64).to_list()[1:]
    return pl.Series([number, *rest], dtype=pl.Float64)


def old_days(cells: pl.Series) -> pl.Series | None:
    if not cells.dtype.is_numeric():
        return None
    days = [
        datetime(1601, 1, 1, tzinfo=UTC) + place * timedelta(9000)
        for place in range(len(cells))
    ]
    return pl.Series(days, dtype=pl.Datetime("us", "UTC"))


def large(cells: pl.Series) -> pl.Series | None:
    numbers = [2**62 + place for place in range(len(cells))]
    return pl.Series(numbers, dtype=pl.Int64) if cells.dtype.is_numeric() else None


def widest(cells: pl.Series) -> pl.Series | None:
    if not cells.dtype.is_numeric():
        return None
    numbers = [-(2**63) if place % 2 else 2**63 - 1 for place in range(len(cells))]
    return pl.Series(numbers, dtype=pl.Int64)


def truths(cells: pl.Series) -> pl.Series:
    texts = ["false" if place % 2 else "True" for place in range(len(cells))]
    return pl.Series(texts, dtype=pl.String)


def alike(cells: pl.Series) -> pl.Series | None:
    return cells.new_from_index(0, len(cells)) if len(cells) else None


ODDITIES: dict[str, Callable[[Table], Table]] = {
    "infinity": lambda table: changed(table, partial(one_number, inf)),
    "no number": lambda table: changed(table, partial(one_number, nan)),
    "beyond 2 to 53": lambda table: changed(table, large),
    "as wide as can be": lambda table: changed(table, widest),
    "before 1970": lambda table: changed(table, old_days),
    "truth as text": lambda table: changed(table, truths),
    "all alike": lambda table: changed(table, alike),
    "one row": lambda table: table.slice(0, 1),
    "one column": lambda table: table.select(table.names[:1]),
    "no columns": lambda table: table.select([]),
}
"""What data may be like that nobody thought of."""

every_module = marked(list(SHELF.values()))
# Scripts get any data as it is, in a process of their own that takes a second to begin.
every_quick_module = marked(
    [each for each in SHELF.values() if not each.category.endswith("Language Modules")]
)
every_row_wise_module = marked([each for each in SHELF.values() if each.row_wise])
every_module_with_a_row_step = marked([each for each in SHELF.values() if each.row])


@cache
def example(module: UntypedModule) -> tuple[Ports, Mapping[str, str]]:
    documented = SHELF.example_of(module)
    return documented.values(SHELF.names), documented.settings()


@cache
def documented_run(module: UntypedModule) -> Ports:
    return run(module, example(module)[0])


def run(module: UntypedModule, inputs: Ports) -> Ports:
    return module.apply(inputs, module.settle(example(module)[1]), EXAMPLE_ORG)


@cache
def repeated(module: UntypedModule) -> tuple[Ports, Ports, Ports | str]:
    """Rows again and again with holes, the same before a run, and what came out."""
    inputs = many(example(module)[0])
    before = {
        port: Table(each.frame.clone(), each.columns)
        for port, each in tables(inputs).items()
    }
    return inputs, before, outcome(module, inputs)


def outcome(module: UntypedModule, inputs: Ports) -> Ports | str:
    """What comes out; a refusal by a documented number counts as surviving."""
    try:
        return run(module, inputs)
    except ModuleError as error:
        refusal = error
    assert refusal.number in DOCUMENTED
    assert refusal.module == module.name
    return refusal.message


def tables(ports: Ports) -> dict[str, Table]:
    return {port: each for port, each in ports.items() if isinstance(each, Table)}


def many(inputs: Ports) -> dict[str, Value]:
    """The rows of every table again and again, with holes."""
    grown = {
        port: Table(
            pl.concat([table.frame, table.frame.clear(2), table.frame]), table.columns
        )
        for port, table in tables(inputs).items()
    }
    return {**inputs, **grown}


def described(ports: Ports | str) -> None:
    for table in tables(ports).values() if not isinstance(ports, str) else ():
        assert table == Table.of(table.frame, table.columns)
        assert list(table.names) == table.frame.columns


@every_module
def test_its_documented_example_gives_what_is_documented(module: UntypedModule) -> None:
    outputs = documented_run(module)
    told = SHELF.example_of(module).outputs
    assert set(outputs) == set(told)
    for port, value in outputs.items():
        compare(value, told[port])


def compare(value: Value, told: Mapping[str, Any]) -> None:
    match value:
        case Learnt():
            compare_learnt(value, told)
        case Archive():
            assert value == value_of(told, SHELF.names)
        case Pictures():
            assert len(value.images) == told["images"]
            assert told["text"] in value.text
        case Table():
            compare_table(value, told)


def compare_learnt(learnt: Learnt, told: Mapping[str, Any]) -> None:
    if "gives" not in told:
        assert learnt == value_of(told, SHELF.names)
        return
    module = SHELF[learnt.family]
    assert module.use is not None
    use = module.use(learnt, module.settle(learnt.settings))
    compare_table(use.apply(table_of(told["applied to"])), told["gives"])


def compare_table(table: Table, told: Mapping[str, Any]) -> None:
    columns = told["columns"] if isinstance(told.get("columns"), dict) else told
    assert list(table.names) == list(columns)
    exact = {name: each for name, each in columns.items() if ROUGHLY not in each}
    for name in set(columns) - set(exact):
        wanted = columns[name][1:]
        found = table.frame[name].to_list()
        assert [each is None for each in found] == [each is None for each in wanted]
        assert [each for each in found if each is not None] == pytest.approx(
            [each for each in wanted if each is not None], rel=1e-6, abs=1e-9
        )
    if columns is told:
        assert table.frame.select(list(exact)).to_dict(as_series=False) == exact
    else:
        assert table.select(list(exact)) == table_of({**told, "columns": exact})


@every_module
def test_it_fills_the_ports_it_declares(module: UntypedModule) -> None:
    inputs, _ = example(module)
    types = {port.name: port.type for port in (*module.inputs, *module.outputs)}
    outputs = documented_run(module)
    assert set(inputs) <= {port.name for port in module.inputs}
    assert set(outputs) == {port.name for port in module.outputs}
    for port, value in {**inputs, **outputs}.items():
        assert type_of_value(value) == types[port]


@every_module
def test_it_leaves_its_inputs_unchanged(module: UntypedModule) -> None:
    inputs, before, _ = repeated(module)
    after = tables(inputs)
    assert set(before) == set(after)
    for port, table in tables(before).items():
        assert after[port].frame.equals(table.frame)
        assert after[port].columns == table.columns


@every_module
def test_it_is_deterministic(module: UntypedModule) -> None:
    inputs, _, first = repeated(module)
    assert outcome(module, inputs) == first
    assert run(module, example(module)[0]) == documented_run(module)


@every_module
def test_its_tables_describe_their_columns(module: UntypedModule) -> None:
    described(documented_run(module))
    described(repeated(module)[2])


@every_module
def test_what_it_learnt_is_read_again_and_is_data(module: UntypedModule) -> None:
    for value in documented_run(module).values():
        if isinstance(value, Learnt) and value.state is not None:
            state_from(value.state)
            assert value.family in SHELF


@every_row_wise_module
def test_a_row_alone_equals_the_same_row_in_a_batch(module: UntypedModule) -> None:
    inputs, _, found = repeated(module)
    assert not isinstance(found, str), found
    outputs = tables(found)
    height = next(iter(tables(inputs).values())).height
    for row in range(height):
        alone = {port: each.slice(row, 1) for port, each in tables(inputs).items()}
        single = run(module, {**inputs, **alone})
        assert single == {port: each.slice(row, 1) for port, each in outputs.items()}


@every_module_with_a_row_step
def test_its_step_for_single_rows_does_the_same(module: UntypedModule) -> None:
    inputs, _, found = repeated(module)
    assert not isinstance(found, str), found
    port, table = next(iter(tables(inputs).items()))
    (expected,) = tables(found).values()
    others = {name: value for name, value in inputs.items() if name != port}
    settings = module.settle(example(module)[1])
    step = module.apply_row(table.columns, settings, others)
    assert step is not None
    rows = [step.apply(row) for row in table.frame.rows()]
    cells = [list(column) for column in zip(*rows, strict=True)]
    assert rows_of(SmallTable(step.columns, cells, len(rows))) == expected


@every_module
def test_it_survives_an_empty_table(module: UntypedModule) -> None:
    inputs = example(module)[0]
    empty = {port: each.slice(0, 0) for port, each in tables(inputs).items()}
    outputs = outcome(module, {**inputs, **empty})
    described(outputs)
    if module.row_wise and not isinstance(outputs, str):
        full = tables(documented_run(module))
        for port, table in tables(outputs).items():
            assert (table.height, table.names) == (0, full[port].names)


@every_module
def test_it_survives_columns_where_everything_is_missing(module: UntypedModule) -> None:
    inputs = example(module)[0]
    missing = {
        port: Table(each.frame.clear(3), each.columns)
        for port, each in tables(inputs).items()
    }
    outputs = outcome(module, {**inputs, **missing})
    described(outputs)
    if module.row_wise and not isinstance(outputs, str):
        assert {table.height for table in tables(outputs).values()} == {3}


@every_module
def test_it_survives_texts_it_has_not_seen(module: UntypedModule) -> None:
    inputs = example(module)[0]
    strange = {port: unseen(each) for port, each in tables(inputs).items()}
    described(outcome(module, {**inputs, **strange}))


def unseen(table: Table) -> Table:
    """The same table, where every text is one that nobody has seen."""
    texts = [name for name, dtype in table.frame.schema.items() if dtype == pl.String]
    frame = table.frame.with_columns(pl.lit(UNSEEN).alias(name) for name in texts)
    columns = [
        replace(each, levels=(*each.levels, UNSEEN))
        if each.levels is not None
        else each
        for each in table.columns
    ]
    return Table.of(frame, columns)


@every_module
def test_it_survives_names_in_any_script(module: UntypedModule) -> None:
    inputs = example(module)[0]
    strange = {
        port: table.append(
            table.rename(
                {
                    # A lone star would be taken for all columns.
                    name: f"Größe {name} 日本 \"']" if place != 1 else "*"
                    for place, name in enumerate(table.names)
                }
            )
        )
        for port, table in tables(inputs).items()
    }
    outputs = outcome(module, {**inputs, **strange})
    described(outputs)
    if module.row_wise and not isinstance(outputs, str):
        for port, table in tables(outputs).items():
            assert set(tables(documented_run(module))[port].names) <= set(table.names)


@every_quick_module
def test_it_survives_odd_data(module: UntypedModule) -> None:
    inputs = example(module)[0]
    for odd in ODDITIES.values() if tables(inputs) else ():
        strange = {port: odd(each) for port, each in tables(inputs).items()}
        described(outcome(module, {**inputs, **strange}))


@every_module
def test_every_parameter_is_described(module: UntypedModule) -> None:
    names = {parameter.name: parameter for parameter in module.parameters}
    assert len(names) == len(module.parameters)
    for parameter in module.parameters:
        assert parameter.description.endswith("."), parameter.name
        if parameter.shown_when:
            other = names[parameter.shown_when.parameter]
            allowed = {*other.values, *(("True", "False") if not other.values else ())}
            assert set(parameter.shown_when.values) <= allowed


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
                assert f'Parameter "{parameter.name}" value' in refusal.value.message


@every_module
def test_columns_that_are_not_there_have_the_documented_error(
    module: UntypedModule,
) -> None:
    inputs, settings = example(module)
    for parameter in module.parameters:
        if parameter.type == "ColumnPicker" and parameter.name in settings:
            none = ColumnSelector.of_names("no such column").stored()
            chosen = module.settle({**settings, parameter.name: none})
            with pytest.raises(ModuleError) as refusal:
                module.apply(inputs, chosen)
            assert refusal.value.number in {1, 11}


@every_module
def test_it_refuses_a_parameter_it_does_not_know(module: UntypedModule) -> None:
    with pytest.raises(ModuleError, match="Error 0002: Failed to parse"):
        module.settle({"No such parameter": "1"})


@every_module
def test_an_input_that_is_missing_has_the_documented_error(
    module: UntypedModule,
) -> None:
    inputs, settings = example(module)
    for port in module.inputs:
        if not port.optional:
            others = {name: each for name, each in inputs.items() if name != port.name}
            with pytest.raises(ModuleError, match="Error 0003: Input"):
                module.apply(others, module.settle(settings))


@every_module
def test_it_is_found_by_family_name_old_name_and_id(module: UntypedModule) -> None:
    for text in (module.family, module.name, *module.aliases):
        assert SHELF.find(text) is module
    assert SHELF.find(SHELF.module_id(module.name)) is module


@every_module
def test_its_file_is_named_after_it(module: UntypedModule) -> None:
    name = module.name.lower().replace("-", " ").replace("'", "")
    stem = SHELF.file_of(module).replace("_", " ")
    assert name.startswith(stem)
