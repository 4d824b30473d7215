"""The types of a service's bodies, named and ordered as its API document tells them."""

from typing import Any

from bramka.domain.learning.samples import (
    json_value,
    sample_objects,
    sample_parameters,
)
from bramka.domain.learning.service import (
    Column,
    Definition,
    GlobalParameter,
    Port,
)
from bramka.domain.learning.table import NUMBERS

Document = dict[str, Any]


def schemas_of(definition: Definition, *, real: bool = True) -> Document:
    """The types of all bodies by name; `real` allows the service's own samples."""
    example = {
        "Inputs": {
            port.name: sample_objects(port, real=real) for port in definition.inputs
        },
        "GlobalParameters": sample_parameters(definition),
    }
    items = {
        f"{port.name}Item": _item(port)
        for port in (*definition.inputs, *definition.outputs)
    }
    return {
        "ExecutionRequest": {
            "title": "Execution request",
            **_object(
                Inputs=_ref("ExecutionInputs"),
                GlobalParameters=_ref("GlobalParameters"),
            ),
            "example": example,
        },
        "ExecutionResults": {
            "title": "Execution results",
            **_object(Results=_ref("ExecutionOutputs")),
        },
        "BatchExecutionRequest": {
            "title": "Batch execution request",
            **_object(
                GlobalParameters=_ref("GlobalParameters"),
                Inputs=_ref("BatchInputs"),
                Outputs=_ref("BatchOutputs"),
            ),
        },
        "AzureBlobDataReference": {
            "title": "Azure blob data reference",
            **_object(
                **{
                    name: {"type": "string"}
                    for name in (
                        "BaseLocation",
                        "ConnectionString",
                        "RelativeLocation",
                        "SasBlobToken",
                    )
                }
            ),
        },
        "BatchExecutionStatus": _batch_status(),
        "GlobalParameters": {
            "title": "Global parameters",
            **_object(
                **{each.name: _parameter(each) for each in definition.parameters}
            ),
        },
        # The misspelled titles are the real ones.
        "ExecutionInputs": _tables("Execution inputs defintion", definition.inputs),
        "ExecutionOutputs": _tables("Execution outputs defintion", definition.outputs),
        "BatchInputs": _blobs(
            "Batch inputs defintion", tuple(port.name for port in definition.inputs)
        ),
        "BatchOutputs": _blobs(
            "Batch outputs defintion",
            (*(port.name for port in definition.outputs), *definition.models),
        ),
        **items,
    }


def _object(**properties: Document) -> Document:
    return {"type": "object", "properties": properties}


def _batch_status() -> Document:
    states = ["NotStarted", "Running", "Failed", "Cancelled", "Finished"]
    return {
        "title": "Batch execution status",
        **_object(
            StatusCode={"type": "string", "default": "NotStarted", "enum": states},
            Results={"type": "object"},
            Details={"type": "string"},
        ),
    }


def _tables(title: str, ports: tuple[Port, ...]) -> Document:
    lists = {
        port.name: {"type": "array", "items": _ref(f"{port.name}Item")}
        for port in ports
    }
    return {"title": title, **_object(**lists)}


def _blobs(title: str, names: tuple[str, ...]) -> Document:
    blobs = {name: _ref("AzureBlobDataReference") for name in names}
    return {"title": title, **_object(**blobs)}


def _item(port: Port) -> Document:
    return {
        "type": "object",
        "required": [column.name for column in port.columns],
        "properties": {column.name: _property(column) for column in port.columns},
    }


_TYPES: dict[str, Document] = {
    "Boolean": {"type": "boolean"},
    "Byte": {"type": "integer", "format": "int32"},
    "Int16": {"type": "integer", "format": "int32"},
    "Int32": {"type": "integer", "format": "int32"},
    "Int64": {"type": "integer", "format": "int64"},
    "Single": {"type": "number", "format": "float"},
    "Double": {"type": "number", "format": "double"},
}


def _property(column: Column) -> Document:
    described = dict(_TYPES.get(column.type, {"type": "string"}))
    if column.levels:
        numbers = column.type in NUMBERS
        levels = column.levels
        described["enum"] = (
            [json_value(column, level) for level in levels] if numbers else list(levels)
        )
    return described


_PARAMETER_TYPES: dict[str, Document] = {
    "Int": {"type": "integer", "format": "int32"},
    "Double": {"type": "number", "format": "double"},
    "Bool": {"type": "boolean"},
}


def _parameter(declared: GlobalParameter) -> Document:
    described = {
        "description": declared.description,
        **_PARAMETER_TYPES.get(declared.type, {"type": "string"}),
    }
    if declared.type == "Enumerated":
        described["enum"] = list(declared.values)
    if declared.minimum is not None:
        described["minimum"] = _typed(declared, declared.minimum)
    if declared.maximum is not None:
        described["maximum"] = _typed(declared, declared.maximum)
    if declared.has_default:
        described["default"] = _typed(declared, declared.default)
    return described


def _typed(declared: GlobalParameter, value: object) -> object:
    """A number or a truth value as JSON has it; graphs keep all of them as texts."""
    text = str(value)
    try:
        if declared.type == "Int":
            return int(float(text))
        if declared.type == "Double":
            return float(text)
    except (ValueError, OverflowError):
        return value
    if declared.type == "Bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return value


def _ref(name: str) -> Document:
    return {"$ref": f"#/definitions/{name}"}
