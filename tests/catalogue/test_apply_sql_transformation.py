from datetime import datetime
from typing import Any

import polars as pl
import pytest

from bramka.catalogue import _sql, shelf
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table

MODULE = shelf().find("Apply SQL Transformation")
DAY = datetime(2020, 1, 2)  # noqa: DTZ001 - such columns know no zone
FRAME = pl.DataFrame(
    {
        "id": [1, 2, 3],
        "x": [0.5, None, 2.0],
        "t": ["a", "b", None],
        "ok": [True, False, None],
    }
).with_columns(day=pl.Series([DAY, None, DAY]))

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n)"


def asked(script: str, *frames: pl.DataFrame) -> pl.DataFrame:
    given = frames or (FRAME,)
    inputs = {f"Table{n}": Table.of(frame) for n, frame in enumerate(given, 1)}
    result = MODULE.apply(inputs, MODULE.settle({"SQL Query Script": script}))
    table = result["Results dataset"]
    assert isinstance(table, Table)
    return table.frame


def test_columns_taken_as_they_are_keep_their_type() -> None:
    assert asked("select * from t1;").equals(FRAME)
    kept = asked("select ok, day from t1 where id = 1 -- the first")
    assert kept.rows() == [(True, DAY)]


def test_formulas_get_the_type_of_their_values() -> None:
    result = asked(
        "select count(*) as n, avg(x) as a, max(t) as m, 3000000000 as big from t1"
    )
    assert result.rows() == [(3, 1.25, "b", 3_000_000_000)]
    assert result.dtypes == [pl.Int32, pl.Float64, pl.String, pl.Int64]
    mixed = asked("select 1 as v union all select 'x' union all select 2.5")
    assert mixed["v"].to_list() == ["1", "x", "2.5"]


def test_dates_compare_and_sort_as_dates() -> None:
    assert asked("select id from t1 where day > '2020-01-01'")["id"].to_list() == [1, 3]


def test_three_tables_join_and_repeated_names_are_told_apart() -> None:
    one, two, three = (pl.DataFrame({"id": [1], "v": [n]}) for n in (10, 20, 30))
    joined = asked(
        "select * from t1 join t2 using (id) join t3 using (id)", one, two, three
    )
    assert joined.to_dicts() == [{"id": 1, "v": 10, "v (1)": 20, "v (2)": 30}]


def test_names_with_signs_are_quoted() -> None:
    frame = pl.DataFrame({'a "b"': [1], "größe 日本": [2]})
    assert asked("select * from t1", frame).equals(frame)
    assert asked("select [größe 日本] from t1", frame).row(0) == (2,)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("select nil from t1", "no such column: nil"),
        ("select * from t2", "no such table: t2"),
        ("selec", "syntax error"),
        ("", "gives no columns"),
        ("select 1; select 2", "one statement"),
        ("delete from t1", "may only read"),
        ("create table t4 (a)", "may only read"),
        ("attach 'x.db' as x", "may only read"),
        ("pragma journal_mode", "may only read"),
        ("select load_extension('x')", "may only read|no such function|not authorized"),
        ("vacuum into 'x.db'", "may only read|not authorized"),
    ],
)
def test_what_is_wrong_or_not_allowed_is_error_69(script: str, reason: str) -> None:
    with pytest.raises(ModuleError, match=rf"(?s)Error 0069: SQL query .*({reason})"):
        asked(script)


def test_a_query_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sql, "MOST_STEPS", 20_000_000)
    with pytest.raises(ModuleError, match=r"Error 0138: .*20,000,000 steps"):
        asked(f"{ENDLESS} select count(*) from n")


def test_a_result_without_bounds_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sql, "MOST_CELLS", 100_000)
    with pytest.raises(ModuleError, match=r"Error 0138: .*100,000 cells"):
        asked(
            "with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select i from n"
        )


@pytest.mark.parametrize(
    ("columns", "number"),
    [
        ({"a": [1], "A": [2]}, 28),
        ({}, 3),
        ({f"c{place}": [1] for place in range(2001)}, 18),
        ({"a\0b": [1]}, 18),
    ],
    ids=["case", "none", "many", "zero"],
)
def test_tables_that_sql_cannot_hold_are_refused(
    columns: dict[str, Any], number: int
) -> None:
    with pytest.raises(ModuleError, match=f"Error {number:04}"):
        asked("select 1", pl.DataFrame(columns))
