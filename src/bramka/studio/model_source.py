"""What of a model's files tells how to call it; nothing of them is run here."""

import re

from msgspec.structs import replace

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Flavour, Model
from bramka.studio.function_source import read_function
from bramka.studio.mlflow_source import MLMODEL, Files, read_mlflow
from bramka.studio.package_folder import FILE

ENDINGS: dict[str, Flavour] = {
    ".py": "function",
    ".skops": "skops",
    ".onnx": "onnx",
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".joblib": "pickle",
}
_PLAIN = re.compile(r"\w[\w. -]{0,99}")


def model_of(files: Files, entry: str = "") -> tuple[Model, dict[str, bytes]]:
    """The model in these files, and those that it needs, under plain names."""
    model, kept = _found(files, entry)
    name = re.split(r"[/\\]", model.file)[-1]
    # What a caller calls a file must lead nowhere when it is written.
    taken = {FILE} | (kept.keys() - {model.file})
    if not _PLAIN.fullmatch(name) or name in taken:
        name = f"model.{model.flavour}"
    beside = {each: part for each, part in kept.items() if each != model.file}
    return replace(model, file=name), {name: kept[model.file], **beside}


def _found(files: Files, entry: str) -> tuple[Model, dict[str, bytes]]:
    if MLMODEL in files:
        return read_mlflow(files)
    if len(files) != 1:
        raise Invalid(
            "Give one file, or the folder of an MLflow model (it holds a file MLmodel)."
        )
    [(name, content)] = files.items()
    for ending, flavour in ENDINGS.items():
        if name.lower().endswith(ending):
            if flavour == "function":
                return read_function(name, content, entry), {name: content}
            return Model(flavour=flavour, file=name), {name: content}
    raise Invalid(
        f"'{name[:100]}' is no model that can be published; its name ends with one of "
        f"{', '.join(ENDINGS)}."
    )
