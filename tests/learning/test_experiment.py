from typing import cast

import msgspec
import polars as pl
import pytest
from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.errors import IllegalStep, Invalid, Missing
from bramka.domain.learning.experiment import (
    LIFE,
    State,
    Verb,
    Wiring,
    check,
    faults_of,
    next_state,
    settings_of,
)
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
    ParameterDefinition,
    WebService,
    WebServiceParameter,
    WebServicePort,
)
from bramka.domain.learning.module import (
    Module,
    ModuleError,
    ModulePort,
    Ports,
    UntypedModule,
)
from bramka.domain.learning.table import Table


class Settings(Struct, frozen=True, kw_only=True):
    times: int = 1


def add(inputs: Ports, settings: Settings) -> Ports:
    return {"Sum": inputs["Left"]}


ADD = Module(
    name="Add",
    family="add",
    category="Test",
    settings=Settings,
    inputs=(ModulePort("Left"), ModulePort("Right", optional=True)),
    outputs=(ModulePort("Sum"), ModulePort("Model", "ILearner")),
    run=add,
)


class OneModule:
    def find(self, text: str) -> UntypedModule:
        if text != "add":
            raise Missing(f"There is no module {text!r}.")
        return cast("UntypedModule", ADD)


CATALOGUE = OneModule()


def node(name: str, *, data: str | None = None, **parameters: str) -> Node:
    return Node(
        id=name,
        module_id="add",
        module_parameters=tuple(
            ModuleParameter(name=key, value=value) for key, value in parameters.items()
        ),
        input_ports_internal=(
            InputPort(name="Left", node_id=name, data_source_id=data),
        ),
    )


def edge(source: str, destination: str) -> Edge:
    return Edge(source_output_port_id=source, destination_input_port_id=destination)


def experiment(
    *nodes: Node, edges: tuple[Edge, ...] = (), service: WebService | None = None
) -> Experiment:
    graph = Graph(module_nodes=nodes, edges_internal=edges)
    return Experiment(graph=graph, web_service=service or WebService())


def told(*nodes: Node, edges: tuple[Edge, ...] = ()) -> list[tuple[str, str]]:
    found = faults_of(experiment(*nodes, edges=edges), CATALOGUE)
    return [(fault.code, fault.target) for fault in found]


A, B = node("a", data="data"), node("b")


def test_a_fed_chain_is_valid() -> None:
    assert told(A, B, edges=(edge("a:Sum", "b:Left"),)) == []


@pytest.mark.parametrize(
    ("nodes", "edges", "fault"),
    [
        ((B,), (), ("UnconnectedPort", "b")),
        ((A, A), (), ("RepeatedNode", "a")),
        ((replace(A, module_id="x"),), (), ("UnknownModule", "a")),
        ((node("a", data="d", times="x"),), (), ("BadParameter", "a")),
        ((node("a", data="d", size="1"),), (), ("BadParameter", "a")),
        ((A, B), (edge("a:Model", "b:Left"),), ("PortTypeMismatch", "b")),
        ((A, B), (edge("a:Sum", "b:Left"), edge("a:No", "b:Right")),
         ("UnknownPort", "b")),
        ((A, B), (edge("a:Sum", "b:Left"), edge("b:Sum", "b:Left")),
         ("PortConnectedTwice", "b")),
        ((A, B), (edge("a:Sum", "b:Left"), edge("b:Sum", "a:Left")),
         ("PortConnectedTwice", "a")),
        ((A, B), (edge("a:Sum", "b:Left"), edge("b:Sum", "a:Right")), ("Circle", "")),
    ],
)  # fmt: skip
def test_each_fault_is_told_at_its_node(
    nodes: tuple[Node, ...], edges: tuple[Edge, ...], fault: tuple[str, str]
) -> None:
    assert fault in told(*nodes, edges=edges)


def test_the_refusal_tells_all_faults() -> None:
    with pytest.raises(
        Invalid, match=r"Node 'b': Connect something .* \(1 more\)"
    ) as no:
        check(experiment(B, node("c")), CATALOGUE)
    assert [detail.target for detail in no.value.details] == ["b", "c"]


def test_a_web_service_input_feeds_a_port() -> None:
    def serving(*places: str) -> list[str]:
        ports = tuple(WebServicePort(id=at, port_id=at, name="in") for at in places)
        service = WebService(inputs=ports)
        return [
            fault.code for fault in faults_of(experiment(B, service=service), CATALOGUE)
        ]

    assert serving("b:Left") == []
    assert serving("b:Left", "b:Nowhere") == ["UnknownPort", "RepeatedName"]


def test_a_linked_parameter_takes_the_web_services_value() -> None:
    linked = ModuleParameter(name="times", value="1", linked_global_parameter="n")
    linking = replace(A, module_parameters=(linked,))
    definition = ParameterDefinition(name="n", default_value="7")

    def value(*parameters: WebServiceParameter) -> object:
        service = WebService(parameters=parameters)
        return settings_of(linking, experiment(linking, service=service))["times"]

    assert value(WebServiceParameter(name="n", value="3")) == "3"
    assert value(WebServiceParameter(name="n", parameter_definition=definition)) == "7"
    lost = faults_of(experiment(linking), CATALOGUE)
    assert [fault.code for fault in lost] == ["BadParameter"]


def test_nodes_come_behind_those_that_feed_them() -> None:
    edges = edge("c:Sum", "b:Left"), edge("b:Sum", "a:Left")
    graph = Graph(module_nodes=(node("a"), node("b"), node("c")), edges_internal=edges)
    assert Wiring(graph).order() == ["c", "b", "a"]


def test_a_graph_keeps_studios_spelling() -> None:
    text = msgspec.json.encode(experiment(A, edges=(edge("a:Sum", "b:Left"),)))
    plain = msgspec.json.decode(text)
    assert plain["Graph"]["ModuleNodes"][0]["InputPortsInternal"][0] == {
        "Name": "Left",
        "NodeId": "a",
        "PortIndex": None,
        "DataSourceId": "data",
        "TrainedModelId": None,
        "TransformModuleId": None,
        "Language": None,
        "Version": None,
    }
    assert plain["WebService"]["IsWebServiceExperiment"] is False
    assert msgspec.json.decode(text, type=Experiment) == experiment(
        A, edges=(edge("a:Sum", "b:Left"),)
    )


@pytest.mark.parametrize("verb", ["run", "finish", "fail", "cancel"])
@pytest.mark.parametrize("state", LIFE)
def test_a_life_follows_its_table(state: State, verb: Verb) -> None:
    if verb in LIFE[state]:
        assert next_state(state, verb) == LIFE[state][verb]
    else:
        with pytest.raises(IllegalStep, match=f"in state {state} cannot {verb}"):
            next_state(state, verb)


def test_every_state_is_reached() -> None:
    reached = {state for steps in LIFE.values() for state in steps.values()}
    assert reached | {"InDraft"} == set(LIFE)


def test_a_refusal_inside_a_module_bears_its_name() -> None:
    with pytest.raises(ModuleError) as missing:
        ADD.apply({}, Settings())
    assert missing.value.message == 'Error 0003: Input "Left" is null or empty.'
    assert missing.value.module == "Add"
    assert missing.value.details[0].code == "3"
    with pytest.raises(ModuleError, match="Error 0003"):
        ADD.apply({"Left": Table.of(pl.DataFrame())}, Settings())
    table = Table.of(pl.DataFrame({"x": [1]}))
    assert ADD.apply({"Left": table}, ADD.settle({"times": "2"})) == {"Sum": table}
    assert ADD.apply_row((), Settings()) is None
