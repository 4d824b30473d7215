"""An experiment: what makes its graph valid, in which order it runs, its states."""

from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Literal, Protocol

from bramka.domain.errors import Detail, IllegalStep, Invalid, Missing
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    Graph,
    InputPort,
    Node,
    WebServicePort,
    port_id,
)
from bramka.domain.learning.module import ModuleError, ModulePort, UntypedModule
from bramka.domain.learning.parameter import Setting

State = Literal["InDraft", "Running", "Finished", "Failed", "Canceled"]
Verb = Literal["run", "finish", "fail", "cancel"]

LIFE: Mapping[State, Mapping[Verb, State]] = {
    "InDraft": {"run": "Running"},
    "Running": {"finish": "Finished", "fail": "Failed", "cancel": "Canceled"},
    "Finished": {},
    "Failed": {},
    "Canceled": {},
}
"""A run is an immutable snapshot: what has ended is saved as a new draft to go on."""


def next_state(state: State, verb: Verb) -> State:
    """Where a step leads, or IllegalStep."""
    steps = LIFE[state]
    if verb not in steps:
        can = ", ".join(steps) or "nothing"
        raise IllegalStep(
            f"An experiment in state {state} cannot {verb}; it can {can}."
        )
    return steps[verb]


class Catalogue(Protocol):
    """Where modules are found by the ids that graphs carry."""

    def find(self, text: str) -> UntypedModule:
        """The module, or Missing."""


class Wiring:
    """A graph's connections, looked up both ways."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = {node.id: node for node in graph.module_nodes}
        self.inputs = {
            port_id(node.id, port.name): port
            for node in graph.module_nodes
            for port in node.input_ports_internal
        }
        self.source_of = {
            edge.destination_input_port_id: edge.source_output_port_id
            for edge in graph.edges_internal
        }
        self._feeding: dict[str, set[str]] = {}
        for destination, source in self.source_of.items():
            fed = self._feeding.setdefault(self.split(destination)[0], set())
            fed.add(self.split(source)[0])

    def split(self, port: str) -> tuple[str, str]:
        """The node and the port name in a port id."""
        node, _, name = port.partition(":")
        return node, name

    def feeding(self, node: str) -> set[str]:
        """The nodes whose results a node takes."""
        return set(self._feeding.get(node, ()))

    def order(self) -> list[str]:
        """Nodes, each behind those that feed it; Invalid if they form a circle."""
        sorter = TopologicalSorter({name: self.feeding(name) for name in self.nodes})
        try:
            return [name for name in sorter.static_order() if name in self.nodes]
        except CycleError as error:
            circle = " → ".join(error.args[1])
            raise Invalid(f"The nodes {circle} feed each other in a circle.") from None


def settings_of(node: Node, experiment: Experiment) -> dict[str, Setting]:
    """A node's parameter values; linked ones are the web-service parameter's."""
    shared = {
        parameter.name: parameter.value
        if parameter.value is not None or parameter.parameter_definition is None
        else parameter.parameter_definition.default_value
        for parameter in experiment.web_service.parameters
    }
    return {
        parameter.name: shared.get(parameter.linked_global_parameter)
        if parameter.linked_global_parameter
        else parameter.value
        for parameter in node.module_parameters
    }


def faults_of(experiment: Experiment, catalogue: Catalogue) -> list[Detail]:
    """Everything that keeps an experiment from running; `target` is the node."""
    graph = experiment.graph
    faults = list(_repeated_nodes(graph))
    modules: dict[str, UntypedModule] = {}
    for node in graph.module_nodes:
        try:
            modules[node.id] = catalogue.find(node.module_id)
        except Missing as error:
            faults.append(Detail("UnknownModule", node.id, error.message))
    wiring = Wiring(graph)
    for name, module in modules.items():
        node = wiring.nodes[name]
        faults += _parameter_faults(node, module, experiment)
        faults += _input_faults(node, module, wiring, experiment)
    for edge in graph.edges_internal:
        faults += _edge_faults(edge, modules, wiring)
    faults += _web_service_faults(experiment, modules, wiring)
    try:
        wiring.order()
    except Invalid as error:
        faults.append(Detail("Circle", "", error.message))
    return faults


def shortages_of(experiment: Experiment, catalogue: Catalogue) -> list[Detail]:
    """Software that nodes need and this machine misses; where they run may have it."""
    found = []
    for node in experiment.graph.module_nodes:
        try:
            module = catalogue.find(node.module_id)
        except Missing:
            continue
        missing = module.lacking and module.lacking()
        if missing:
            message = f"{module.name}: {missing}"
            found.append(Detail("MissingSoftware", node.id, message))
    return found


def check(experiment: Experiment, catalogue: Catalogue) -> None:
    """Refuse an experiment that cannot run, with a message for each node."""
    faults = faults_of(experiment, catalogue)
    if faults:
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        where = f"Node {faults[0].target!r}: " if faults[0].target else ""
        raise Invalid(
            f"The experiment cannot run. {where}{faults[0].message}{more}",
            target=faults[0].target,
            details=tuple(faults),
        )


def _repeated_nodes(graph: Graph) -> Iterator[Detail]:
    for name, times in Counter(node.id for node in graph.module_nodes).items():
        if times > 1:
            yield Detail("RepeatedNode", name, f"{times} nodes have the id {name!r}.")


def _parameter_faults(
    node: Node, module: UntypedModule, experiment: Experiment
) -> Iterator[Detail]:
    known = {parameter.name for parameter in experiment.web_service.parameters}
    for parameter in node.module_parameters:
        link = parameter.linked_global_parameter
        if link and link not in known:
            message = f'"{parameter.name}" is linked to {link!r}, which does not exist.'
            yield Detail("BadParameter", node.id, message)
    try:
        module.settle(settings_of(node, experiment))
    except ModuleError as error:
        yield Detail("BadParameter", node.id, f"{module.name}: {error.message}")


def _input_faults(
    node: Node, module: UntypedModule, wiring: Wiring, experiment: Experiment
) -> Iterator[Detail]:
    declared = {port.name for port in module.inputs}
    for port in node.input_ports_internal:
        if port.name not in declared:
            message = f"{module.name} has no input {port.name!r}."
            yield Detail("UnknownPort", node.id, message)
    served = {port.port_id for port in experiment.web_service.inputs}
    for wanted in module.inputs:
        place = port_id(node.id, wanted.name)
        saved = _is_saved(wiring.inputs.get(place))
        fed = saved or place in wiring.source_of or place in served
        if not fed and not wanted.optional:
            message = f"Connect something to input {wanted.name!r} of {module.name}."
            yield Detail("UnconnectedPort", node.id, message)
        if saved and place in wiring.source_of:
            message = f"Input {wanted.name!r} of {module.name} is connected twice."
            yield Detail("PortConnectedTwice", node.id, message)


def _is_saved(port: InputPort | None) -> bool:
    return port is not None and port.saved_id is not None


def _edge_faults(
    edge: Edge, modules: Mapping[str, UntypedModule], wiring: Wiring
) -> Iterator[Detail]:
    source = _port_at(edge.source_output_port_id, modules, wiring, output=True)
    target = _port_at(edge.destination_input_port_id, modules, wiring, output=False)
    node = wiring.split(edge.destination_input_port_id)[0]
    if source is None or target is None:
        lost = edge.source_output_port_id if source is None else None
        message = (
            f"An edge ends at {lost or edge.destination_input_port_id!r}: no port."
        )
        yield Detail("UnknownPort", node, message)
    elif source.type != target.type:
        message = (
            f"{source.name!r} gives a {source.type}, {target.name!r} takes "
            f"a {target.type}; they do not connect."
        )
        yield Detail("PortTypeMismatch", node, message)
    if wiring.source_of[edge.destination_input_port_id] != edge.source_output_port_id:
        message = f"Two edges end at {edge.destination_input_port_id!r}; remove one."
        yield Detail("PortConnectedTwice", node, message)


def _port_at(
    place: str, modules: Mapping[str, UntypedModule], wiring: Wiring, *, output: bool
) -> ModulePort | None:
    node, name = wiring.split(place)
    if node not in modules:
        return None
    ports = modules[node].outputs if output else modules[node].inputs
    return next((port for port in ports if port.name == name), None)


def _web_service_faults(
    experiment: Experiment, modules: Mapping[str, UntypedModule], wiring: Wiring
) -> Iterator[Detail]:
    service = experiment.web_service

    def lost(ports: tuple[WebServicePort, ...], *, output: bool) -> Iterator[Detail]:
        for port in ports:
            if _port_at(port.port_id, modules, wiring, output=output) is None:
                message = f"Web service port {port.name!r} points to {port.port_id!r}: "
                yield Detail("UnknownPort", port.name, message + "no such port.")

    yield from lost(service.inputs, output=False)
    yield from lost(service.outputs, output=True)
    for names in (
        [port.name for port in (*service.inputs, *service.outputs)],
        [parameter.name for parameter in service.parameters],
    ):
        for name, times in Counter(names).items():
            if times > 1:
                message = f"The web service has {times} ports or parameters {name!r}."
                yield Detail("RepeatedName", name, message)
