import json
from urllib.parse import quote, unquote

import pytest

from bramka.domain.learning.column_selector import ColumnSelector, Rule
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column

COLUMNS = (
    Column(name="rating", type="Int32", kind="Label"),
    Column(name="text"),
    Column(name="price", type="Double"),
    Column(name="genre", levels=("novel", "poem")),
    Column(name="read", type="Boolean"),
    Column(name="when", type="DateTime", kind="Score"),
)
REAL = (
    '{"isFilter":true,"rules":[{"ruleType":"ColumnNames","columns":["Col2"],'
    '"exclude":false}],"ui":{"withRules":true}}'
)


def chosen(*rules: dict[str, object], keep_order: bool = False) -> list[str]:
    text = json.dumps({"isFilter": not keep_order, "rules": rules})
    return ColumnSelector.parse(text).names(COLUMNS)


def names(*columns: str, exclude: bool = False) -> dict[str, object]:
    return {"ruleType": "ColumnNames", "columns": columns, "exclude": exclude}


def indices(*columns: str) -> dict[str, object]:
    return {"ruleType": "ColumnIndexes", "columns": columns}


def types(*wanted: str, kinds: tuple[str, ...] = ("All",)) -> dict[str, object]:
    return {"ruleType": "ColumnTypes", "columnTypes": wanted, "columnKinds": kinds}


ALL: dict[str, object] = {"ruleType": "AllColumns", "exclude": False}


def test_the_real_value_is_read_and_written_as_it_was() -> None:
    selector = ColumnSelector.parse(quote(REAL, safe=""))
    assert selector == ColumnSelector.of_names("Col2")
    assert unquote(selector.stored()) == REAL
    assert ColumnSelector.parse(REAL) == selector


def test_names_keep_the_datasets_order_unless_asked_otherwise() -> None:
    assert chosen(names("price", "text", "price")) == ["text", "price"]
    kept = chosen(names("price", "text", "price"), keep_order=True)
    assert kept == ["price", "text", "price"]


def test_rules_apply_one_after_the_other() -> None:
    assert chosen(ALL, names("text", "read", exclude=True), names("read")) == [
        "rating",
        "price",
        "genre",
        "read",
        "when",
    ]


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (indices("1", "3"), ["rating", "price"]),
        (indices("1-2, 4"), ["rating", "text", "genre"]),
        (types("Numeric"), ["rating", "price"]),
        (types("Integer"), ["rating"]),
        (types("String"), ["text"]),
        (types("Categorical"), ["genre"]),
        (types("Boolean", "DateTime"), ["read", "when"]),
        (types("All", kinds=("Label",)), ["rating"]),
        (types("All", kinds=("Score",)), ["when"]),
        (types("Numeric", kinds=("Feature",)), ["price"]),
        (types("AllTypes"), [column.name for column in COLUMNS]),
    ],
)
def test_each_rule_chooses_its_columns(
    rule: dict[str, object], wanted: list[str]
) -> None:
    assert chosen(rule) == wanted


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (names("Text"), 'Error 0001: Column with name or index "Text" does not exist'),
        (indices("7"), 'Error 0001: Column with name or index "7" does not exist'),
        (indices("x"), 'Error 0059: Column index or range "x" could not be parsed'),
        (indices("1-"), 'Error 0059: Column index or range "1-" could not be parsed'),
        (indices("1-7"), 'Error 0060: Column range "1-7" is invalid'),
        (indices("3-1"), 'Error 0060: Column range "3-1" is invalid'),
        (indices("0"), 'Error 0060: Column range "0" is invalid'),
        (types("TimeSpan"), "Error 0011: Specified column set"),
    ],
)
def test_what_fits_nothing_is_refused_by_number(
    rule: dict[str, object], message: str
) -> None:
    with pytest.raises(ModuleError) as refusal:
        chosen(rule)
    assert refusal.value.message.startswith(message)


@pytest.mark.parametrize("text", ["", "Col2", '{"rules":[{"ruleType":"Some"}]}'])
def test_other_text_is_no_selection(text: str) -> None:
    with pytest.raises(ModuleError, match="Error 0002: Failed to parse"):
        ColumnSelector.parse(text)


def test_a_selection_reads_as_words() -> None:
    rules = (
        Rule(rule_type="AllColumns"),
        Rule(rule_type="ColumnNames", columns=("a", "b"), exclude=True),
        Rule(rule_type="ColumnTypes", column_types=("String",), column_kinds=("All",)),
        Rule(rule_type="ColumnIndexes", columns=("1-4",)),
    )
    assert str(ColumnSelector(rules=rules)) == (
        "include all columns; exclude column names: a, b; "
        "include columns: String; include column indices: 1-4"
    )
    assert str(ColumnSelector()) == "no columns"
