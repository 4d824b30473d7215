"""Models of LightGBM and XGBoost, made ready; they run in a scorer process only."""

from collections.abc import Callable
from typing import Any

import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Model
from bramka.domain.learning.table import Column, Table
from bramka.studio.own_estimator import estimator
from bramka.studio.own_frames import missing
from bramka.studio.own_scores import labels, numbered, scores_table

_XGBOOST = frozenset(
    ("Booster", "XGBClassifier", "XGBRegressor", "XGBRFClassifier", "XGBRFRegressor")
)
Ready = tuple[Callable[[Table], Table], tuple[Column, ...]]


def lightgbm(model: Model, content: bytes) -> Ready:
    """A booster that LightGBM wrote as text."""
    try:
        import lightgbm as maker  # noqa: PLC0415 - only where it is needed
    except ImportError as error:
        raise missing(error) from None
    try:
        booster = maker.Booster(model_str=content.decode())
    except (maker.basic.LightGBMError, UnicodeDecodeError) as error:
        raise Invalid(f"LightGBM does not read it: {error}") from None
    names = booster.feature_name()
    return _plain(model, names, lambda frame: booster.predict(frame.to_numpy()))


def xgboost(model: Model, content: bytes) -> Ready:
    """What XGBoost wrote: a booster, or an estimator with its classes."""
    try:
        import xgboost as maker  # noqa: PLC0415 - as above
    except ImportError as error:
        raise missing(error) from None
    if model.entry not in _XGBOOST:
        raise Invalid(
            f"It is a {model.entry[:100]}; {', '.join(sorted(_XGBOOST))} can be "
            "published."
        )
    fitted = getattr(maker, model.entry)()
    try:
        fitted.load_model(bytearray(content))
    except maker.core.XGBoostError as error:
        reason = str(error).partition("Stack trace")[0].strip()
        raise Invalid(f"XGBoost does not read it: {reason}") from None
    if model.entry != "Booster":
        return estimator(model, fitted)
    names = fitted.feature_names
    if names is None:
        names = [f"x{n + 1}" for n in range(fitted.num_features())]

    def predict(frame: pl.DataFrame) -> Any:
        told = fitted.feature_names
        return fitted.predict(maker.DMatrix(frame.to_numpy(), feature_names=told))

    return _plain(model, names, predict)


def _plain(
    model: Model, names: list[str], predict: Callable[[pl.DataFrame], Any]
) -> Ready:
    """A booster as a function of tables; the columns' order is what counts for it."""
    columns = model.columns or numbered(names)
    wanted = [column.name for column in columns]
    if len(wanted) != len(names):
        raise Invalid(
            f"It takes {len(names)} columns, and {len(wanted)} are described."
        )

    def score(table: Table) -> Table:
        rows = table.frame.select(wanted).cast(pl.Float64)
        return scores_table(labels(predict(rows)), table.height)

    return score, columns
