from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from tests.catalogue.learning import run

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Value

DRAW = np.random.default_rng(1)
WORDS = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]
TEXTS = [" ".join(DRAW.choice(WORDS, DRAW.integers(0, 30))) for _ in range(300)]
TABLE = Table.of(pl.DataFrame({"t": TEXTS}))
PLAIN: dict[str, Any] = {
    "text_column": ColumnSelector.of_names("t").stored(),
    "use_filter_based_feature_selection": "False",
    "minimum_n_gram_document_absolute_frequency": 3,
    "normalize_n_gram_feature_vectors": "False",
}
BESIDE = ("t", "NumUniqueNgrams", "NgramsString", "t.OOV")


def extracted(
    table: Table, vocabulary: Table | None = None, **given: Any
) -> tuple[pl.DataFrame, Table]:
    inputs: dict[str, Value] = {"Dataset": table}
    if vocabulary is not None:
        inputs["Input vocabulary"] = vocabulary
    outputs: Ports = run(
        "Extract N-Gram Features from Text", inputs, **{**PLAIN, **given}
    )
    result, learnt = outputs["Results dataset"], outputs["Result vocabulary"]
    assert isinstance(result, Table)
    assert isinstance(learnt, Table)
    return result.frame, learnt


def of(*texts: str) -> Table:
    return Table.of(pl.DataFrame({"t": texts}))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_counts_are_those_of_scikit_learn(size: int) -> None:
    frame, _ = extracted(TABLE, weighting_function="TF Weight", n_grams_size=size)
    vectorizer = CountVectorizer(
        ngram_range=(1, size), token_pattern=r"\S+", min_df=3, lowercase=False
    )
    expected = vectorizer.fit_transform(TEXTS).toarray()
    names = [name.replace(" ", "_") for name in vectorizer.get_feature_names_out()]
    assert {f"t.[{name}]" for name in names} == set(frame.columns) - set(BESIDE)
    for place, name in enumerate(names):
        assert frame[f"t.[{name}]"].to_list() == expected[:, place].tolist()


def test_weights_are_counts_times_the_logarithm_of_rarity() -> None:
    counts, vocabulary = extracted(TABLE, weighting_function="TF Weight")
    weighted, _ = extracted(TABLE, weighting_function="TF-IDF Weight")
    rare, _ = extracted(TABLE, weighting_function="IDF Weight")
    for _, gram, df, idf in vocabulary.frame.rows()[1:]:
        assert idf == pytest.approx(np.log(300 / df))
        name = f"t.[{gram}]"
        times = counts[name].to_numpy()
        assert weighted[name].to_numpy() == pytest.approx(times * idf)
        assert rare[name].to_numpy() == pytest.approx((times > 0) * idf)


def test_normal_rows_have_length_1_or_0() -> None:
    frame, _ = extracted(TABLE, normalize_n_gram_feature_vectors="True")
    lengths = np.linalg.norm(frame.drop(BESIDE).to_numpy(), axis=1)
    assert set(lengths.round(9)) == {0.0, 1.0}


def test_a_vocabulary_that_is_read_makes_the_same_columns_of_other_texts() -> None:
    _, vocabulary = extracted(TABLE)
    alone, kept = extracted(
        of("bal bam", "xyz"), vocabulary, vocabulary_mode="ReadOnly"
    )
    assert kept == vocabulary
    assert alone.select("t.[bal]", "t.[bam]", "t.OOV").rows() == [
        (1.0, 1.0, False),
        (0.0, 0.0, True),
    ]


def test_updating_keeps_all_words_and_merging_those_of_the_new_texts() -> None:
    once: dict[str, Any] = {"minimum_n_gram_document_absolute_frequency": 1}
    _, old = extracted(of("red fox", "red cat"), **once)
    _, updated = extracted(of("red dog"), old, vocabulary_mode="Update", **once)
    _, merged = extracted(of("red dog"), old, vocabulary_mode="Merge", **once)
    assert dict(merged.frame.select("NGram", "DF").rows()) == {
        "|||documents|||": 3,
        "dog": 1,
        "red": 3,
    }
    assert dict(updated.frame.select("NGram", "DF").rows()[1:]) == {
        "cat": 1,
        "dog": 1,
        "fox": 1,
        "red": 3,
    }


def test_runs_skip_words_but_not_the_end_of_a_sentence() -> None:
    once: dict[str, Any] = {
        "minimum_n_gram_document_absolute_frequency": 1,
        "n_grams_size": 2,
    }
    frame, _ = extracted(of("one two three ||| four"), k_skip_size=1, **once)
    grams = {name for name in frame.columns if "_" in name}
    assert grams == {"t.[one_two]", "t.[two_three]", "t.[one_three]"}
    marked, _ = extracted(of("one two ||| two"), mark_begin_of_sentence="True", **once)
    assert {"t.[|||_one]", "t.[|||_one_two]", "t.[|||_two]"} <= set(marked.columns)


def test_words_too_short_or_long_do_not_count_nor_come_between() -> None:
    frame, _ = extracted(
        of("good or bad"),
        minimum_n_gram_document_absolute_frequency=1,
        n_grams_size=2,
    )
    assert "t.[good_bad]" in frame.columns
    assert "t.[or]" not in frame.columns


def test_graph_weights_are_higher_for_words_that_others_stand_around() -> None:
    frame, _ = extracted(
        of("red fox red dog red cat"),
        minimum_n_gram_document_absolute_frequency=1,
        weighting_function="Graph Weight",
    )
    ranks = frame.drop(BESIDE).row(0, named=True)
    assert max(ranks, key=lambda name: ranks[name]) == "t.[red]"
    assert sum(ranks.values()) == pytest.approx(1)


def test_the_features_that_tell_the_target_are_kept() -> None:
    texts = ["good film today", "bad film today", "good day today", "bad day today"] * 3
    table = Table.of(pl.DataFrame({"t": texts, "y": ["p", "n", "p", "n"] * 3}))
    frame, vocabulary = extracted(
        table,
        use_filter_based_feature_selection="True",
        feature_scoring_method="Chi Squared",
        target_column=ColumnSelector.of_names("y").stored(),
        number_of_desired_features=2,
        detect_out_of_vocabulary_rows="False",
    )
    assert set(frame.columns) == {"y", "t.[good]", "t.[bad]", *BESIDE} - {"t.OOV"}
    assert set(vocabulary.frame["NGram"][1:]) == {"good", "bad"}


def test_rows_tell_their_runs_shorter_ones_first() -> None:
    texts = 'his best ! Yyy is one of Xxx\'s best yet! I highly recommend "this" novel.'
    once: dict[str, Any] = {"minimum_n_gram_document_absolute_frequency": 1}
    _, vocabulary = extracted(of("his best", 'recommend "this"'), **once)
    two, three = (
        extracted(
            of(texts, "none"), vocabulary, vocabulary_mode="ReadOnly", n_grams_size=2
        )[0]
        .select("NumUniqueNgrams", "NgramsString")
        .rows()
    )
    assert two == (4, '["his","best","recommend","\\"this\\""]')
    assert three == (0, "[]")
    frame, _ = extracted(of("red fox red fox hat"), n_grams_size=2, **once)
    found = '["red","fox","hat","red_fox","fox_red","fox_hat"]'
    assert frame.select("NumUniqueNgrams", "NgramsString").row(0) == (6, found)


def test_rows_have_length_1_where_nothing_else_is_said() -> None:
    settings = {**PLAIN, "minimum_n_gram_document_absolute_frequency": 1}
    del settings["normalize_n_gram_feature_vectors"]
    module = "Extract N-Gram Features from Text"
    result = run(module, {"Dataset": of("one two six ten")}, **settings)
    frame = result["Results dataset"].frame  # type: ignore[union-attr]  # a table
    assert frame.drop(BESIDE).row(0) == (0.5, 0.5, 0.5, 0.5)


def test_what_is_no_vocabulary_is_refused() -> None:
    twice = {"Id": [1, 2], "NGram": ["a", "a"], "DF": [1, 1], "IDF": [0.0, 0.0]}
    with pytest.raises(ModuleError, match="more than once"):
        extracted(TABLE, Table.of(pl.DataFrame(twice)), vocabulary_mode="ReadOnly")
    with pytest.raises(ModuleError, match='"NGram" does not exist'):
        extracted(
            TABLE, Table.of(pl.DataFrame({"Id": [1]})), vocabulary_mode="ReadOnly"
        )
    with pytest.raises(ModuleError, match="Error 0003"):
        extracted(TABLE, vocabulary_mode="Merge")
