"""Secrets in an experiment's graph: found by the catalogue, marked, masked, restored.

A marked parameter carries SecureString as its value type (a web service parameter as
its definition's type), so that whoever keeps the graph need not know the catalogue.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from bramka.domain.errors import Missing
from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.graph import (
    Experiment,
    ModuleParameter,
    Node,
    ParameterDefinition,
    WebServiceParameter,
)
from bramka.domain.learning.parameter import Parameter, by_every_name

SECURE = "SecureString"
MASK = "********"
"""Stands for a secret wherever it is shown."""

Change = Callable[[str, str], str | None]
"""From the place of a secret and the secret to what shall stand there."""


def recognised(experiment: Experiment, catalogue: Catalogue) -> Experiment:
    """The same with parameters under the catalogue's names, and secrets marked."""
    linked: set[str] = set()
    nodes = tuple(
        _recognised_node(node, catalogue, linked)
        for node in experiment.graph.module_nodes
    )
    parameters = tuple(
        _marked(each) if each.name in linked else each
        for each in experiment.web_service.parameters
    )
    return _with(experiment, nodes, parameters)


def changed_secrets(experiment: Experiment, change: Change) -> Experiment:
    """The same with something else in the place of each secret that is marked."""
    nodes = tuple(_changed_node(node, change) for node in experiment.graph.module_nodes)
    parameters = tuple(
        _changed(each, change) if _secure(each) else each
        for each in experiment.web_service.parameters
    )
    return _with(experiment, nodes, parameters)


def masked(experiment: Experiment) -> Experiment:
    """The same as it may be shown."""
    return changed_secrets(experiment, lambda _place, _secret: MASK)


def without_secrets(experiment: Experiment) -> Experiment:
    """The same as it may leave its workspace."""
    return changed_secrets(experiment, lambda _place, _secret: None)


def restored(experiment: Experiment, before: Experiment) -> Experiment:
    """The same with the secrets of before where a mask came back."""
    known: dict[str, str] = {}

    def note(place: str, secret: str) -> str:
        known[place] = secret
        return secret

    changed_secrets(before, note)
    return changed_secrets(
        experiment,
        lambda place, secret: known.get(place) if secret == MASK else secret,
    )


def _recognised_node(node: Node, catalogue: Catalogue, linked: set[str]) -> Node:
    try:
        declared = by_every_name(catalogue.find(node.module_id).parameters)
    except Missing:
        return node
    parameters = tuple(_named(each, declared) for each in node.module_parameters)
    linked.update(
        each.linked_global_parameter
        for each in parameters
        if each.linked_global_parameter and each.value_type == SECURE
    )
    return replace(node, module_parameters=parameters)


def _named(
    given: ModuleParameter, declared: Mapping[str, Parameter]
) -> ModuleParameter:
    parameter = declared.get(given.name)
    if parameter is None:
        return given
    secure = parameter.type == SECURE
    kind = SECURE if secure else given.value_type
    return replace(given, name=parameter.name, value_type=kind)


def _marked(parameter: WebServiceParameter) -> WebServiceParameter:
    told = parameter.parameter_definition or ParameterDefinition(name=parameter.name)
    definition = replace(told, parameter_type=SECURE)
    return replace(parameter, parameter_definition=definition)


def _secure(parameter: WebServiceParameter) -> bool:
    told = parameter.parameter_definition
    return told is not None and told.parameter_type == SECURE


def _changed_node(node: Node, change: Change) -> Node:
    parameters = tuple(
        replace(each, value=change(f"{node.id}/{each.name}", each.value))
        if each.value_type == SECURE and each.value
        else each
        for each in node.module_parameters
    )
    return replace(node, module_parameters=parameters)


def _changed(parameter: WebServiceParameter, change: Change) -> WebServiceParameter:
    told = parameter.parameter_definition
    assert told is not None, "only what is told to be a secret is changed"
    place = f"web service/{parameter.name}"
    value, default = parameter.value, told.default_value
    if default:
        default = change(f"{place}/default", str(default))
    return replace(
        parameter,
        value=change(place, str(value)) if value else value,
        parameter_definition=replace(told, default_value=default),
    )


def _with(
    experiment: Experiment,
    nodes: tuple[Node, ...],
    parameters: tuple[WebServiceParameter, ...],
) -> Experiment:
    return replace(
        experiment,
        graph=replace(experiment.graph, module_nodes=nodes),
        web_service=replace(experiment.web_service, parameters=parameters),
    )
