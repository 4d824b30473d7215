"""An MLflow model by its Python face, made ready; it runs in a scorer process only.

Its folder lies where the scorer may read it; whatever code it has is its author's.
"""

import importlib
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Model
from bramka.domain.learning.table import Column, Table
from bramka.studio.mlflow_source import MLMODEL, PYTHON
from bramka.studio.mlflow_stand_in import stand_in
from bramka.studio.own_frames import missing, pandas_of, table_of

Told = Mapping[str, Any]
_OWN_LOADERS = frozenset(("mlflow.pyfunc.model", "mlflow.pyfunc.loaders.code_model"))
"""For models that are written in Python against `PythonModel`."""


def pyfunc(
    model: Model, folder: Path
) -> tuple[Callable[[Table], Table], tuple[Column, ...]]:
    """Whatever it predicts, as columns; those it takes are described or sampled."""
    told = _described(folder)
    bring_code(folder)
    predict = _loaded(folder, told["flavors"][PYTHON])
    names = [column.name for column in model.columns]
    accepts = "params" in inspect.signature(predict).parameters
    given = {"params": _defaults(told)} if accepts else {}
    kind = _tensor(told)

    def score(table: Table) -> Table:
        frame = table.frame.select(names)
        rows = frame.to_numpy().astype(kind) if kind else pandas_of(frame)
        try:
            found = table_of(predict(rows, **given), model.outputs)
        except ModuleNotFoundError as error:
            raise missing(error) from None
        if found.height != table.height:
            raise Invalid(f"It gave {found.height} rows for {table.height}.")
        return found

    return score, model.columns


def bring_code(folder: Path) -> None:
    """Let the code that a folder brings be imported."""
    flavours = _described(folder)["flavors"].values()
    for place in {str(each["code"]) for each in flavours if each and each.get("code")}:
        sys.path.insert(0, str(folder / place))


def _described(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((folder / MLMODEL).read_text("utf-8"))
    return told


def _loaded(folder: Path, told: Told) -> Callable[..., Any]:
    # Whoever allowed code allowed this one too.
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "true"
    ours, loader = stand_in(), str(told["loader_module"])
    try:
        if ours is not None and loader in _OWN_LOADERS:
            return ours.predict_of(folder, told)
        if ours is not None and loader.startswith("mlflow."):
            raise ModuleNotFoundError(loader, name=loader)
        module = importlib.import_module(loader)
    except ImportError as error:
        raise missing(error) from None
    path = str(folder / str(told["data"])) if told.get("data") else str(folder)
    settings = told.get("config")
    model = module._load_pyfunc(path, *([settings] if settings else []))  # noqa: SLF001 - that is its name
    predict: Callable[..., Any] = getattr(model, told.get("predict_fn") or "predict")
    return predict


def _tensor(told: Told) -> str:
    """Of what numbers the one array is that a model takes; empty for one of columns."""
    inputs = _fields(told, "inputs")
    if len(inputs) != 1 or inputs[0].get("type") != "tensor" or "name" in inputs[0]:
        return ""
    return str(inputs[0]["tensor-spec"]["dtype"])


def _defaults(told: Told) -> dict[str, Any]:
    """Of the parameters that a signature describes."""
    return {str(each["name"]): each.get("default") for each in _fields(told, "params")}


def _fields(told: Told, name: str) -> list[dict[str, Any]]:
    """A part of a signature, which stands there as text."""
    given = (told.get("signature") or {}).get(name)
    fields = json.loads(given) if isinstance(given, str) else given
    return list(fields or ())
