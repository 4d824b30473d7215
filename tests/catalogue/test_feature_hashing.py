import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.parameter import Setting
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

MODULE = shelf().find("Feature Hashing")
NAMES = {
    "bits": "Hashing bitsize",
    "ngrams": "N-grams",
    "columns": "Target column(s)",
}


def hashed(table: Table, **given: Setting) -> Table:
    names = {
        "bits": "Hashing bitsize",
        "ngrams": "N-grams",
        "columns": "Target column(s)",
    }
    parameters = {names.get(key, key): value for key, value in given.items()}
    settings = MODULE.settle(parameters)
    return table_on(MODULE.apply({"Dataset": table}, settings), "Transformed dataset")


def texts(*cells: str | None) -> Table:
    return Table.of(pl.DataFrame({"t": cells}, schema={"t": pl.String}))


def counts(table: Table, row: int = 0) -> list[object]:
    return [cell for cell in table.frame.row(row) if isinstance(cell, int)]


def test_the_defaults_are_ten_bits_and_word_pairs() -> None:
    table = hashed(texts("This is a good day"))
    assert len(table.columns) == 1 + 1024
    assert sum(map(int, map(str, counts(table)))) == 9
    assert table.columns[-1] == Column(name="t_HashingFeature.1023", type="Int32")


def test_zero_ngrams_are_one() -> None:
    text = texts("This is a good day")
    assert hashed(text, bits=3, ngrams=0) == hashed(text, bits=3, ngrams=1)


def test_a_missing_text_counts_nothing() -> None:
    assert counts(hashed(texts("a", None), bits=2), 1) == [0, 0, 0, 0]


def test_digits_may_be_hashed_as_words() -> None:
    assert counts(hashed(texts("3"), bits=2)) == [0, 0, 0, 1]
    as_word = hashed(texts("3"), bits=2, **{"Digits as integers": False})
    assert counts(as_word) != [0, 0, 0, 1]


def test_all_text_features_are_hashed_unless_some_are_chosen() -> None:
    frame = pl.DataFrame({"a": ["x"], "b": ["y"], "n": [1], "label": ["z"]})
    table = Table.of(frame, [Column(name="label", kind="Label")])
    assert hashed(table, bits=1).names[4:] == (
        "a_HashingFeature.0",
        "a_HashingFeature.1",
        "b_HashingFeature.0",
        "b_HashingFeature.1",
    )
    chosen = hashed(table, bits=1, columns=ColumnSelector.of_names("label").stored())
    assert chosen.names[4:] == ("label_HashingFeature.0", "label_HashingFeature.1")


def test_hashing_again_takes_other_names() -> None:
    column = ColumnSelector.of_names("t").stored()
    twice = hashed(hashed(texts("x"), bits=1), bits=1, columns=column)
    assert twice.names[-1] == "t_HashingFeature2.1"


FULL = "0138: Memory has been exhausted, unable to complete running of module. "
NUMBERS = Table.of(pl.DataFrame({"n": [1]}))


def names(*columns: str) -> dict[str, Setting]:
    return {"columns": ColumnSelector.of_names(*columns).stored()}


@pytest.mark.parametrize(
    ("table", "given", "message"),
    [
        (texts("x"), {"bits": 17}, FULL + "131,072 new columns are asked for; at most"),
        (texts("x"), {"bits": 31}, FULL + "2,147,483,648 new columns"),
        (texts(*["x"] * 5000), {"bits": 16}, FULL + "65,536 new columns for 5,000 row"),
        (Table.of(pl.DataFrame()), {}, '0003: Input "Dataset" is null or empty.'),
        (NUMBERS, {}, "0011: Specified column set"),
        (NUMBERS, names("n"), '0017: Cannot process column "n" of type Int64.'),
        (texts("x"), names("y"), '0001: Column with name or index "y" does not exist'),
    ],
)
def test_what_it_cannot_hash_is_refused_by_number(
    table: Table, given: dict[str, Setting], message: str
) -> None:
    with pytest.raises(ModuleError) as refusal:
        hashed(table, **given)
    assert refusal.value.message.startswith(f"Error {message}")
    assert refusal.value.module == "Feature Hashing"
