"""What of a model's files tells how to call it; nothing of them is run here."""

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml
from msgspec.structs import replace

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Flavour, Model
from bramka.domain.learning.table import Column, ColumnType
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
RESULT = "result"
_PLAIN = re.compile(r"\w[\w. -]{0,99}")
_PYTHON: dict[str, ColumnType] = {
    "int": "Int64",
    "float": "Double",
    "str": "String",
    "bool": "Boolean",
}
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
                return _function(name, content, entry), content
            return Model(flavour=flavour, file=name), content
    raise Invalid(
        f"'{name[:100]}' is no model that can be published; its name ends with one of "
        f"{', '.join(ENDINGS)}."
    )


def _function(name: str, content: bytes, entry: str) -> Model:
    try:
        tree = ast.parse(content, name)
    except SyntaxError as error:
        raise Invalid(f"{name}, line {error.lineno}: {error.msg}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise Invalid(f"{name} is no Python, or nested too deeply.") from None
    found = {
        each.name: each
        for each in tree.body
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")
    }
    if not entry and len(found) == 1:
        entry = next(iter(found))
    if entry not in found:
        known = ", ".join(f"'{each}'" for each in found) or "none"
        asked = f"There is no function '{entry}' in {name}" if entry else name
        raise Invalid(
            f"{asked}: name the function to publish; its public functions are {known}."
        )
    function = found[entry]
    taken = [*function.args.posonlyargs, *function.args.args]
    if function.args.vararg or function.args.kwarg or function.args.kwonlyargs:
        raise Invalid(f"'{entry}' may take plain arguments only, each with its type.")
    return Model(
        flavour="function",
        file=name,
        entry=entry,
        columns=tuple(
            Column(name=each.arg, type=_typed(each.annotation, f"'{each.arg}'"))
            for each in taken
        ),
        outputs=_results(function.returns, tree, entry),
    )


def _typed(annotation: ast.expr | None, what: str) -> ColumnType:
    text = ast.unparse(annotation) if annotation is not None else ""
    plain = text.replace("| None", "").replace("None |", "").strip()
    if plain not in _PYTHON:
        raise Invalid(
            f"{what} has the type '{text or 'none'}'; write one of "
            f"{', '.join(_PYTHON)}."
        )
    return _PYTHON[plain]


def _results(
    returns: ast.expr | None, tree: ast.Module, entry: str
) -> tuple[Column, ...]:
    """`result`, `result0…n` for tuples, or the fields of a class in the file."""
    what = f"What '{entry}' gives"
    if isinstance(returns, ast.Subscript) and ast.unparse(returns.value) == "tuple":
        inner = returns.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        return tuple(
            Column(name=f"{RESULT}{place}", type=_typed(each, what))
            for place, each in enumerate(parts)
        )
    text = ast.unparse(returns) if returns is not None else ""
    for each in tree.body:
        if isinstance(each, ast.ClassDef) and each.name == text.strip("'\""):
            return tuple(
                Column(name=field.target.id, type=_typed(field.annotation, what))
                for field in each.body
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
            )
    return (Column(name=RESULT, type=_typed(returns, what)),)


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
