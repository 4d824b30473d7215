"""Estimators of all kinds: the columns they take, and what they give."""

import io
import zipfile
from typing import Any

import joblib
import numpy as np
import polars as pl
import pytest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Flavour, Loaded, Model
from bramka.domain.learning.table import Column, Table
from bramka.studio.own_estimator import TEXTS, estimator, reads_texts
from bramka.studio.own_model import ready

TEXT = ["a good day", "a bad day", "good", "bad"]
MODEL = Model(flavour="skops", file="m.skops")


def archive(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, each in files.items():
            made.writestr(name.replace("_", "."), each)
    return content.getvalue()


def pickled(what: object) -> bytes:
    content = io.BytesIO()
    joblib.dump(what, content)
    return content.getvalue()


@pytest.mark.parametrize(
    "first",
    [
        TfidfVectorizer(ngram_range=(1, 2)),
        FeatureUnion([("words", CountVectorizer()), ("too", TfidfVectorizer())]),
    ],
)
def test_a_pipeline_of_texts_takes_one_column_of_them(first: Any) -> None:
    fitted = make_pipeline(first, LogisticRegression()).fit(TEXT, [1, 0, 1, 0])
    score, columns = estimator(MODEL, fitted)
    assert columns == (TEXTS,)
    assert reads_texts(fitted)
    given = [*TEXT, "", "something else"]
    found = score(Table.of(pl.DataFrame({"text": given}))).frame
    assert found["Scored Labels"].to_list() == fitted.predict(given).tolist()
    wanted = fitted.predict_proba(given)[:, 1]
    assert np.array_equal(found["Scored Probabilities"], wanted)
    with pytest.raises(ValueError, match="invalid document"):
        score(Table.of(pl.DataFrame({"text": ["a", None]})))


def test_two_columns_are_no_texts() -> None:
    fitted = make_pipeline(TfidfVectorizer(), LogisticRegression())
    two = (TEXTS, Column(name="more", type="String"))
    model = Model(flavour="skops", file="m.skops", columns=two)
    with pytest.raises(Invalid, match="one column of texts, and not 2"):
        estimator(model, fitted.fit(TEXT, [1, 0, 1, 0]))


def test_each_of_several_targets_has_a_column() -> None:
    rows, kinds = load_iris(return_X_y=True)
    targets = np.stack([kinds, 2 * kinds], axis=1)
    fitted = Ridge().fit(rows, targets)
    score, columns = estimator(MODEL, fitted)
    frame = pl.DataFrame(rows, schema=[each.name for each in columns])
    found = score(Table.of(frame)).frame
    assert found.columns == ["Scored Labels.0", "Scored Labels.1"]
    assert np.array_equal(found.to_numpy(), fitted.predict(rows))


class Plain(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Learns nothing that scikit-learn could see."""

    def fit(self, _rows: Any, _labels: Any = None) -> "Plain":
        return self

    def predict(self, rows: Any) -> Any:
        return np.asarray(rows)[:, 0]


class Foreign:
    """Has what is called, and nothing of scikit-learn's."""

    def fit(self, _rows: Any) -> None: ...

    def predict(self, rows: Any) -> Any:
        return np.asarray(rows)[:, 0]


def test_an_estimator_of_another_maker_is_taken_as_it_is() -> None:
    known = (Column(name="a", type="Double"),)
    model = Model(flavour="pickle", file="m", columns=known)
    for fitted in (
        Foreign(),
        Plain(),
        make_pipeline(StandardScaler().fit([[0.0], [2.0]]), Plain()),
    ):
        score, _ = estimator(model, fitted)
        [found] = score(Table.of(pl.DataFrame({"a": [1.0]}))).frame["Scored Labels"]
        assert found in (0.0, 1.0)


@pytest.mark.parametrize(
    ("flavour", "content", "message"),
    [
        ("skops", b"hello", "no skops file .BadZipFile"),
        ("skops", archive(a=b"b"), "no skops file"),
        ("skops", archive(schema_json=b"{{"), "no skops file"),
        ("pickle", b"hello", "The pickle cannot be read"),
        ("pickle", pickled({"a": 1}), "It holds a dict, which does not predict"),
        ("pickle", pickled(LogisticRegression()), "LogisticRegression is not trained"),
        (
            "pickle",
            pickled(StandardScaler().fit([[1.0], [2.0]])),
            "It holds a StandardScaler, which does not predict",
        ),
    ],
)
def test_what_is_no_trained_estimator_says_so(
    flavour: Flavour, content: bytes, message: str
) -> None:
    model = Model(flavour=flavour, file="m")
    with pytest.raises(Invalid, match=message):
        ready(Loaded(model=model, files={"m": content}))
