from typing import Any

import polars as pl
import pytest
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer
from tests.catalogue.learning import run

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Value

ON_T = ColumnSelector.of_names("t").stored()


def result_of(
    name: str, texts: list[str | None], port: str = "Results dataset", **given: Any
) -> pl.DataFrame:
    table = run(name, {"Dataset": Table.of(pl.DataFrame({"t": texts}))}, **given)[port]
    assert isinstance(table, Table)
    return table.frame


def cleaned(text: str, **given: Any) -> str:
    frame = result_of("Preprocess Text", [text], **given)
    found = frame["Preprocessed t"][0]
    assert isinstance(found, str)
    return found


def test_a_text_of_no_language_is_unknown() -> None:
    found = result_of("Detect Languages", ["abc", "123"])
    assert {row[1:] for row in found.rows()} == {("(Unknown)", None, 0.0)}


def test_each_cleaning_can_be_left_out() -> None:
    text = (
        "Wooow! Mail me@example.org or see www.example.org/x, 3 dogs\\cats don't RUN."
    )
    plain = {
        "remove_stop_words": "False",
        "lemmatization": "False",
        "detect_sentences": "False",
    }
    assert cleaned(text, **plain) == "woow mail or see dogs cats do not run"
    assert "me" in cleaned(text, remove_email_addresses="False", **plain).split()
    assert "example" in cleaned(text, remove_urls="False", **plain)
    assert "3" in cleaned(text, remove_numbers="False", **plain)
    assert "RUN" in cleaned(text, normalize_case_to_lowercase="False", **plain)
    assert "wooow" in cleaned(text, remove_duplicate_characters="False", **plain)
    assert "don't" in cleaned(text, expand_verb_contractions="False", **plain)
    assert "dogs/cats" in cleaned(text, remove_special_characters="False", **plain)


def test_sentences_stop_words_and_stems() -> None:
    assert cleaned("The dogs were running. It rained.") == "dog run ||| rain"
    assert (
        cleaned("Die Hunde spielten auf der Wiese", language="German")
        == "hund spielt wies"
    )


def test_a_pattern_of_ones_own_replaces_and_a_bad_one_is_refused() -> None:
    given = {"custom_regular_expression": "ab+", "custom_replacement_string": "tree"}
    assert cleaned("abbb high", **given) == "tree high"
    with pytest.raises(ModuleError, match="Error 0002"):
        cleaned("x", custom_regular_expression="(")


def test_a_list_of_stop_words_takes_the_place_of_ours() -> None:
    inputs: dict[str, Value] = {
        "Dataset": Table.of(pl.DataFrame({"t": ["the good dog"]})),
        "Stop words": Table.of(pl.DataFrame({"w": ["dog"]})),
    }
    result = run("Preprocess Text", inputs)["Results dataset"]
    assert isinstance(result, Table)
    assert result.frame["Preprocessed t"].to_list() == ["the good"]


def test_languages_stand_in_a_column_and_unknown_ones_are_refused() -> None:
    texts = {"t": ["the dogs", "die Hunde"], "l": ["en", "German"]}
    given = {
        "language": "Column contains language",
        "culture_language_column": ColumnSelector.of_names("l").stored(),
        "text_column_to_clean": ON_T,
    }
    inputs: dict[str, Value] = {"Dataset": Table.of(pl.DataFrame(texts))}
    result = run("Preprocess Text", inputs, **given)["Results dataset"]
    assert isinstance(result, Table)
    assert result.frame["Preprocessed t"].to_list() == ["dog", "hund"]
    inputs["Dataset"] = Table.of(pl.DataFrame({**texts, "l": ["en", "pl"]}))
    with pytest.raises(ModuleError, match="Error 0039"):
        run("Preprocess Text", inputs, **given)


def test_parts_of_speech_are_refused_rather_than_left_in() -> None:
    with pytest.raises(ModuleError, match="not supported"):
        cleaned("x", remove_by_part_of_speech="True")


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Der Zug fährt heute leider nicht nach München, sagte er.", "de", "German"),
        ("¿Dónde está la biblioteca más cercana de la ciudad?", "es", "Spanish"),
        ("Le train ne partira pas aujourd'hui pour la ville.", "fr", "French"),
        ("Pociąg do Warszawy odjeżdża dzisiaj z innego peronu.", "pl", "Polish"),
        ("電車は今日は東京へ行きません。", "ja", "Japanese"),
        ("Поезд сегодня не идёт в Москву.", "ru", "Russian"),
    ],
)
def test_languages_are_told_by_name_and_code(text: str, code: str, name: str) -> None:
    frame = result_of(
        "Detect Languages", [text], upper_bound_on_number_of_languages_to_detect=2
    )
    line = frame.row(0, named=True)
    assert (line["t Language"], line["t Iso6391 Language"]) == (name, code)
    score = "t Iso6391 Language Score"
    assert 100 >= line[score] > line[f"{score} (1)"]


def test_what_has_no_letters_is_of_no_known_language() -> None:
    frame = result_of(
        "Detect Languages",
        ["42 !", None, "!"],
        upper_bound_on_number_of_languages_to_detect=184,
    )
    assert frame["t Language"].to_list() == ["(Unknown)", None, "(Unknown)"]
    assert frame["t Iso6391 Language Score"].to_list() == [0.0, None, 0.0]
    assert frame["t Language (183)"].to_list() == [None] * 3


def test_key_phrases_of_other_languages_and_the_best_first() -> None:
    frame = result_of(
        "Extract Key Phrases from Text",
        ["La aventura en la isla y el primer misterio de la isla"],
        language="Spanish",
    )
    assert frame["Key Phrases"][0].split(",")[0] == "primer misterio"
    assert set(frame["Key Phrases"][0].split(",")[1:]) == {"aventura", "isla"}


def test_names_are_told_by_what_stands_around_them() -> None:
    table = Table.of(
        pl.DataFrame(
            {
                "t": [
                    "The University of Vienna hired Anna Novak. Kowalski said no.",
                    "none",
                ]
            }
        )
    )
    found = run("Named Entity Recognition", {"Story": table})["Entities"]
    assert isinstance(found, Table)
    assert found.frame.select("Article", "Mention", "Offset", "Type").rows() == [
        (0, "University of Vienna", 4, "ORG"),
        (0, "Anna Novak", 31, "PER"),
        (0, "Kowalski", 43, "PER"),
    ]


TEXTS = ["cat dog cat pet"] * 8 + ["stock bond stock price"] * 8


def test_topics_are_those_of_scikit_learn() -> None:
    given = {"target_columns": ON_T, "number_of_topics_to_model": 2, "n_grams": 2}
    frame = result_of(
        "Latent Dirichlet Allocation", [*TEXTS], "Transformed dataset", **given
    )
    vectorizer = CountVectorizer(ngram_range=(1, 2), token_pattern=r"\S+")
    counts = vectorizer.fit_transform(TEXTS)
    model = LatentDirichletAllocation(
        2,
        doc_topic_prior=0.01,
        topic_word_prior=0.01,
        learning_method="online",
        total_samples=1000,
        batch_size=32,
        learning_offset=1.0,
        learning_decay=0.5,
        max_iter=25,
        random_state=0,
    ).fit(counts)
    assert frame.select("Topic 1", "Topic 2").to_numpy() == pytest.approx(
        model.transform(counts)
    )
    matrix = result_of(
        "Latent Dirichlet Allocation", [*TEXTS], "Feature topic matrix", **given
    )
    assert matrix["Feature"].to_list() == vectorizer.get_feature_names_out().tolist()
    assert matrix["Topic 1"].sum() == pytest.approx(1)


def test_topics_are_applied_to_texts_to_come_also_by_hashes() -> None:
    inputs: dict[str, Value] = {"Dataset": Table.of(pl.DataFrame({"t": TEXTS}))}
    outputs = run(
        "Latent Dirichlet Allocation",
        inputs,
        target_columns=ON_T,
        number_of_topics_to_model=2,
        build_dictionary_of_ngrams="False",
    )
    learnt, result = outputs["LDA transformation"], outputs["Transformed dataset"]
    assert isinstance(learnt, Learnt)
    assert isinstance(result, Table)
    applied = run(
        "Apply Transformation",
        {"Transformation": learnt, "Dataset": Table.of(pl.DataFrame({"t": TEXTS[:1]}))},
    )["Transformed dataset"]
    assert isinstance(applied, Table)
    assert applied.frame.select("Topic 1", "Topic 2").row(0) == pytest.approx(
        result.frame.select("Topic 1", "Topic 2").row(0), rel=1e-6
    )
