"""What a published experiment promises: the schema that its run has shown."""

from typing import Literal

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import row_texts
from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.graph import (
    Experiment,
    ParameterDefinition,
    ParameterRule,
    WebServiceParameter,
    WebServicePort,
)
from bramka.domain.learning.parameter import Parameter
from bramka.domain.learning.service import Definition, GlobalParameter, Port
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Learnt, Ports
from bramka.studio.run import Run

SAMPLE_ROWS = 2

ParameterType = Literal["Int", "Double", "String", "Bool", "Enumerated"]
# Other spellings that graphs carry.
_TYPES: dict[str, ParameterType] = {
    "Int": "Int",
    "Double": "Double",
    "Float": "Double",
    "Bool": "Bool",
    "Boolean": "Bool",
    "Enumerated": "Enumerated",
    "Mode": "Enumerated",
}


def definition_of(
    experiment: Experiment, run: Run, catalogue: Catalogue, name: str
) -> Definition:
    """Ports with the columns and first rows seen in the run, and parameters."""
    service = experiment.web_service
    if not service.outputs:
        raise Invalid("Connect a web service output before publishing.")
    models = tuple(
        port.name
        for port in service.outputs
        if isinstance(run.outputs.get(port.port_id), Learnt)
    )
    return Definition(
        name=name,
        inputs=tuple(_port(port, run.inputs) for port in service.inputs),
        outputs=tuple(
            _port(port, run.outputs)
            for port in service.outputs
            if port.name not in models
        ),
        models=models,
        parameters=tuple(
            _parameter(each, experiment, catalogue) for each in service.parameters
        ),
    )


def _port(port: WebServicePort, values: Ports) -> Port:
    table = values.get(port.port_id)
    if table is None:
        raise Invalid(
            f"Nothing flowed through web service port {port.name!r}; connect data to "
            f"{port.port_id!r}, so that its columns are known.",
            target=port.name,
        )
    if not isinstance(table, Table):
        raise Invalid(f"Web service port {port.name!r} carries no table.")
    samples = tuple(tuple(row) for row in row_texts(table.slice(0, SAMPLE_ROWS)))
    return Port(name=port.name, columns=table.columns, samples=samples)


def _parameter(
    parameter: WebServiceParameter, experiment: Experiment, catalogue: Catalogue
) -> GlobalParameter:
    told = parameter.parameter_definition or ParameterDefinition(name=parameter.name)
    declared = _declared(parameter.name, experiment, catalogue)
    rule = (told.parameter_rules or (ParameterRule(),))[0]
    kind = _TYPES.get(told.parameter_type, "String")
    if parameter.parameter_definition is None and declared:
        kind = _TYPES.get(declared.type, "String")
    return GlobalParameter(
        name=parameter.name,
        type=kind,
        description=told.description or (declared.description if declared else ""),
        default=told.default_value if told.has_default_value else None,
        has_default=told.has_default_value,
        minimum=rule.min if rule.min is not None else _least(declared),
        maximum=rule.max if rule.max is not None or not declared else declared.maximum,
        values=rule.values or (declared.values if declared else ()),
    )


def _declared(
    name: str, experiment: Experiment, catalogue: Catalogue
) -> Parameter | None:
    """The first module parameter that is linked to a web-service parameter."""
    for node in experiment.graph.module_nodes:
        for each in node.module_parameters:
            if each.linked_global_parameter == name:
                module = catalogue.find(node.module_id)
                found = (
                    known for known in module.parameters if known.name == each.name
                )
                return next(found, None)
    return None


def _least(declared: Parameter | None) -> float | None:
    if declared is None:
        return None
    if declared.minimum is not None:
        return declared.minimum
    if declared.above is not None and declared.type == "Int":
        return declared.above + 1
    return None
