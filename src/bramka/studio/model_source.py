"""What of a model's files tells how to call it; nothing of them is run here."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml
from msgspec.structs import replace

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Flavour, Model
from bramka.domain.learning.table import Column, ColumnType
from bramka.studio.function_source import read_function
from bramka.studio.package_folder import FILE

Files = Mapping[str, bytes]

ENDINGS: dict[str, Flavour] = {
    ".py": "function",
    ".skops": "skops",
    ".onnx": "onnx",
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".joblib": "pickle",
}
MLMODEL = "MLmodel"
_PLAIN = re.compile(r"\w[\w. -]{0,99}")
_MLFLOW: dict[str, ColumnType] = {
    "boolean": "Boolean",
    "integer": "Int32",
    "long": "Int64",
    "float": "Double",
    "double": "Double",
    "string": "String",
}


def model_of(files: Files, entry: str = "") -> tuple[Model, dict[str, bytes]]:
    """The model in these files, and the one that it needs, under a plain name."""
    model, content = _found(files, entry)
    name = re.split(r"[/\\]", model.file)[-1]
    # What a caller calls a file must lead nowhere when it is written.
    if not _PLAIN.fullmatch(name) or name == FILE:
        name = f"model.{model.flavour}"
    return replace(model, file=name), {name: content}


def _found(files: Files, entry: str) -> tuple[Model, bytes]:
    if MLMODEL in files:
        return _mlflow(files)
    if len(files) != 1:
        raise Invalid(
            "Give one file, or the folder of an MLflow model (it holds a file MLmodel)."
        )
    [(name, content)] = files.items()
    for ending, flavour in ENDINGS.items():
        if name.lower().endswith(ending):
            if flavour == "function":
                return read_function(name, content, entry), content
            return Model(flavour=flavour, file=name), content
    raise Invalid(
        f"'{name[:100]}' is no model that can be published; its name ends with one of "
        f"{', '.join(ENDINGS)}."
    )


def _mlflow(files: Files) -> tuple[Model, bytes]:
    """The scikit-learn or ONNX flavour of an MLflow model, by its own description."""
    try:
        told = yaml.safe_load(files[MLMODEL])
        flavours: dict[str, dict[str, Any]] = {
            str(name): dict(each or {}) for name, each in told["flavors"].items()
        }
        columns = _signature(told.get("signature"))
    except (
        yaml.YAMLError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ):
        raise Invalid("MLmodel is not the description of an MLflow model.") from None
    if "onnx" in flavours:
        name = str(flavours["onnx"].get("data", "model.onnx"))
        return _file(files, name, Model(flavour="onnx", file=name, columns=columns))
    if "sklearn" in flavours:
        name = str(flavours["sklearn"].get("pickled_model", "model.pkl"))
        skops = flavours["sklearn"].get("serialization_format") == "skops"
        flavour: Flavour = "skops" if skops else "pickle"
        return _file(files, name, Model(flavour=flavour, file=name, columns=columns))
    raise Invalid(
        f"The MLflow model has the flavours {', '.join(flavours)[:200]}; sklearn and "
        "onnx can be published."
    )


def _file(files: Files, name: str, model: Model) -> tuple[Model, bytes]:
    if name not in files:
        raise Invalid(
            f"MLmodel names the file '{name[:100]}', which is not in the folder."
        )
    return model, files[name]


def _signature(told: object) -> tuple[Column, ...]:
    if not isinstance(told, dict) or not told.get("inputs"):
        return ()
    given = told["inputs"]
    fields = json.loads(given) if isinstance(given, str) else given
    if not all("name" in each and each.get("type") in _MLFLOW for each in fields):
        return ()  # Tensors without names: the model itself is asked.
    return tuple(
        Column(name=str(each["name"]), type=_MLFLOW[each["type"]]) for each in fields
    )
