"""A published scikit-learn estimator, made ready; it runs in a scorer process only."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Model
from bramka.domain.learning.table import Column, Table
from bramka.studio.own_scores import labels, numbered, probabilities, scores_table

TEXTS = Column(name="text", type="String")
"""What a pipeline takes that begins with a vectorizer of texts."""


def estimator(
    model: Model, fitted: Any
) -> tuple[Callable[[Table], Table], tuple[Column, ...]]:
    """Labels, and probabilities where it knows them; no columns where it has no say."""
    _check(fitted)
    columns = model.columns or _columns(fitted)
    names = [column.name for column in columns]
    rows = _rows(fitted, columns)
    before, last = _parts(fitted)

    def score(table: Table) -> Table:
        given = rows(table.frame.select(names))
        for step in before:
            given = step.transform(given)
        found = labels(last.predict(given))
        if hasattr(last, "predict_proba") and len(found) == 1:
            found |= probabilities(last.predict_proba(given), fitted.classes_)
        return scores_table(found, table.height)

    return score, columns


def reads_texts(fitted: Any) -> bool:
    """Whether anything in an estimator cuts texts into words."""
    return any(hasattr(each, "build_analyzer") for each in _within(fitted))


def _check(fitted: Any) -> None:
    """Refuse what is no trained estimator that predicts."""
    from sklearn.exceptions import NotFittedError  # noqa: PLC0415 - takes a second
    from sklearn.utils.validation import check_is_fitted  # noqa: PLC0415

    name = type(fitted).__name__
    try:
        check_is_fitted(fitted)
    except NotFittedError:
        # Classes of other makers need not keep what they learn where this looks.
        if type(_parts(fitted)[1]).__module__.startswith("sklearn."):
            raise Invalid(f"The {name} is not trained; publish it after fit.") from None
    except (TypeError, AttributeError):
        pass  # An estimator of another library, or none at all.
    if not hasattr(fitted, "predict"):
        raise Invalid(
            f"It holds a {name}, which does not predict; publish a trained estimator, "
            "or a pipeline that ends with one."
        )


def _columns(fitted: Any) -> tuple[Column, ...]:
    if hasattr(_first(fitted), "build_analyzer"):
        return (TEXTS,)
    names = [str(name) for name in getattr(fitted, "feature_names_in_", ())]
    width = int(getattr(fitted, "n_features_in_", 0))
    return numbered(names or [f"x{n + 1}" for n in range(width)])


def homes(fitted: Any, width: int) -> list[list[float]]:
    """Numbers of each column near those that the first step was trained on."""
    known = [
        np.atleast_2d(each)
        for each in vars(_first(fitted)).values()
        if isinstance(each, np.ndarray)
        and each.dtype.kind == "f"
        and each.shape[-1:] == (width,)
        and each.ndim in (1, 2)
    ]
    return np.concatenate(known).T.tolist() if known else []


def _first(fitted: Any) -> Any:
    """The step that sees the rows as they come."""
    while True:
        fitted = getattr(fitted, "best_estimator_", fitted)
        for name in ("steps", "transformer_list"):
            if steps := getattr(fitted, name, ()):
                fitted = steps[0][1]
                break
        else:
            return fitted


def _within(fitted: Any) -> list[Any]:
    """An estimator and all that it is made of."""
    told: dict[str, Any] = getattr(fitted, "get_params", dict)()
    return [fitted, *told.values()]


def _rows(fitted: Any, columns: tuple[Column, ...]) -> Callable[[pl.DataFrame], Any]:
    """How rows are handed to an estimator."""
    types = {column.type for column in columns}
    mixed = len(types) > 1 or "String" in types
    named = hasattr(fitted, "feature_names_in_")

    def texts(frame: pl.DataFrame) -> Any:
        [column] = frame.get_columns()
        return [np.nan if cell is None else cell for cell in column.to_list()]

    if hasattr(_first(fitted), "build_analyzer"):
        if len(columns) != 1:
            raise Invalid(f"It takes one column of texts, and not {len(columns)}.")
        return texts
    # Pipelines choose columns by name; pandas is what they all know.
    framed = mixed or named
    return lambda frame: _framed(frame, mixed=mixed) if framed else frame.to_numpy()


def _parts(fitted: Any) -> tuple[list[Any], Any]:
    """The steps of a pipeline, as its own `predict` walks them, and what predicts.

    Labels and probabilities would each transform the rows again.
    """
    kind, skipped = type(fitted), (None, "passthrough")
    if (kind.__module__, kind.__qualname__) != ("sklearn.pipeline", "Pipeline"):
        return [], fitted
    *before, (_, last) = fitted.steps
    if last in skipped:
        return [], fitted
    return [step for _, step in before if step not in skipped], last


def _framed(frame: pl.DataFrame, *, mixed: bool) -> Any:
    try:
        import pandas as pd  # noqa: PLC0415 - an extra

        # Estimators walk through texts one by one, where Arrow's strings are slow.
        with pd.option_context("mode.string_storage", "python"):
            return frame.to_pandas()
    except ModuleNotFoundError:
        if mixed:
            return frame
        return frame.to_numpy()
