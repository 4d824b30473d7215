"""What the rivals of serving.py serve; it needs scikit-learn and nothing of ours."""

import os
from collections.abc import Callable
from typing import Any

TASKS = ("iris", "hashing")
Predict = Callable[[list[list[Any]]], list[list[float]]]


def predictor(task: str = "") -> Predict:
    """A function from rows to rows of numbers, for the task in the environment."""
    return _iris() if (task or os.environ["TASK"]) == "iris" else _hashing()


def iris_model() -> Any:
    """Logistic regression on the whole of iris."""
    from sklearn.datasets import load_iris  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    rows, kinds = load_iris(return_X_y=True)
    return LogisticRegression(max_iter=1000).fit(rows, kinds)


def _iris() -> Predict:
    model = iris_model()

    def predict(rows: list[list[Any]]) -> list[list[float]]:
        found: list[list[float]] = model.predict_proba(rows).tolist()
        return found

    return predict


def _hashing() -> Predict:
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415

    hashing = HashingVectorizer(
        n_features=8, ngram_range=(1, 2), norm=None, alternate_sign=False
    )

    def predict(rows: list[list[Any]]) -> list[list[float]]:
        found: list[list[float]] = (
            hashing.transform([row[0] for row in rows]).toarray().tolist()
        )
        return found

    return predict
