"""An MLflow model's folder, by its own description; nothing of it is run here."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from msgspec.structs import replace

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Flavour, Model
from bramka.domain.learning.table import Column, ColumnType

Files = Mapping[str, bytes]
Told = Mapping[str, Any]
"""What MLmodel says of a flavour."""

MLMODEL = "MLmodel"
FOLDER = "mlflow.zip"
"""The whole folder, where one file of it is not enough."""
PYTHON = "python_function"
_WRITTEN = (1980, 1, 1, 0, 0, 0)
"""The same folder gives the same archive."""
_TYPES: Mapping[str, ColumnType] = {
    "boolean": "Boolean",
    "integer": "Int32",
    "long": "Int64",
    "float": "Single",
    "double": "Double",
    "string": "String",
    "datetime": "DateTime",
}


def read_mlflow(files: Files) -> tuple[Model, dict[str, bytes]]:
    """The model that MLmodel describes, and the files it needs."""
    try:
        told = yaml.safe_load(files[MLMODEL])
        flavours = {
            str(name): dict(each or {}) for name, each in told["flavors"].items()
        }
        columns = _signature(told, "inputs")
        outputs = _signature(told, "outputs")
    except (
        yaml.YAMLError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ):
        raise Invalid("MLmodel is not the description of an MLflow model.") from None
    for name, model_of in _FLAVOURS.items():
        if name in flavours:
            model = replace(model_of(flavours[name]), columns=columns)
            return _file(files, model, flavours.get(PYTHON, flavours[name]))
    if flavours.get(PYTHON, {}).get("loader_module"):
        model = Model(flavour="pyfunc", file=FOLDER, archive=FOLDER)
        model = replace(model, columns=columns, outputs=outputs)
        return model, {FOLDER: _packed(files)}
    raise Invalid(
        f"The MLflow model has the flavours {', '.join(flavours)[:200]}; "
        f"{', '.join(_FLAVOURS)} and {PYTHON} can be published."
    )


def _onnx(told: Told) -> Model:
    return Model(flavour="onnx", file=str(told.get("data", "model.onnx")))


def _sklearn(told: Told) -> Model:
    name = str(told.get("pickled_model", "model.pkl"))
    return Model(flavour=_written(told), file=name)


def _lightgbm(told: Told) -> Model:
    name = str(told.get("data", "model.lgb"))
    # Boosters are text; the classes of its scikit-learn face are not.
    if _class(told) == "Booster":
        return Model(flavour="lightgbm", file=name, entry="Booster")
    return Model(flavour=_written(told), file=name)


def _xgboost(told: Told) -> Model:
    name = str(told.get("data", "model.xgb"))
    return Model(flavour="xgboost", file=name, entry=_class(told))


_FLAVOURS: Mapping[str, Callable[[Told], Model]] = {
    "onnx": _onnx,
    "sklearn": _sklearn,
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
}
"""Those that one file tells, the best first."""


def _written(told: Told) -> Flavour:
    return "skops" if told.get("serialization_format") == "skops" else "pickle"


def _class(told: Told) -> str:
    """The last part of the name of the class that the model is of."""
    return str(told.get("model_class", "Booster")).rpartition(".")[-1]


def _file(files: Files, model: Model, python: Told) -> tuple[Model, dict[str, bytes]]:
    """The model's own file, and the code beside it if it has some."""
    if model.file not in files:
        raise Invalid(
            f"MLmodel names the file '{model.file[:100]}', which is not in the folder."
        )
    kept = {model.file: files[model.file]}
    if model.flavour == "pickle" and (code := python.get("code")):
        beside = {
            name: each for name, each in files.items() if name.startswith(f"{code}/")
        }
        model = replace(model, archive=FOLDER)
        kept[FOLDER] = _packed({MLMODEL: files[MLMODEL], **beside})
    return model, kept


def _packed(files: Files) -> bytes:
    """The files as an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), files[name])
    return packed.getvalue()


def _signature(told: Told, name: str) -> tuple[Column, ...]:
    """The columns of a side of a model; none where they have no names."""
    side = told.get("signature")
    if not isinstance(side, dict) or not side.get(name):
        return ()
    given = side[name]
    fields = json.loads(given) if isinstance(given, str) else given
    if not all("name" in each and each.get("type") in _TYPES for each in fields):
        return ()  # Tensors: the model itself is asked.
    return tuple(
        Column(name=str(each["name"]), type=_TYPES[each["type"]]) for each in fields
    )
