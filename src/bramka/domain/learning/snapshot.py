"""A snapshot of an experiment: a draft, or one run of it that never changes again."""

from typing import Literal

import msgspec
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.experiment import State, Wiring
from bramka.domain.learning.graph import Experiment, Graph, Node

NodeState = Literal["NotStarted", "Queued", "Running", "Finished", "Failed", "Canceled"]
ENDED: tuple[State, ...] = ("Finished", "Failed", "Canceled")
MOST_NODES = 2_000
MOST_EDGES = 20_000
LONGEST_TEXT = 2 << 20
"""Of one parameter: a script or a table typed in by hand."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """One snapshot without its graph."""

    id: str
    workspace_id: str
    family: str
    """The same for all snapshots that came from one another."""
    parent_id: str | None = None
    name: str = ""
    summary: str = ""
    category: str = "user"
    creator: str = ""
    state: State = "InDraft"
    detail: str = ""
    created: float = 0.0
    changed: float = 0.0
    started: float | None = None
    ended: float | None = None
    etag: str = ""
    leaf: bool = True
    cancel: bool = False
    revision: int = 0
    """Raised whenever anything about the run is another."""


class Output(Struct, frozen=True, kw_only=True):
    """What a node gave on a port: the key of the result it is a part of."""

    key: str
    type: str
    rows: int | None = None
    size: int = 0


class NodeRun(Struct, frozen=True, kw_only=True):
    """How one node of a run is doing."""

    node_id: str
    state: NodeState = "NotStarted"
    cached: bool = False
    message: str = ""
    started: float | None = None
    ended: float | None = None
    log: str = ""
    outputs: dict[str, Output] = {}


def experiment_id(workspace: str, drawn: str) -> str:
    """An id as Studio writes it."""
    return f"{workspace}.f-id.{drawn}"


def check_size(experiment: Experiment) -> None:
    """Invalid for a graph that is too large to be one that people made."""
    graph = experiment.graph
    if len(graph.module_nodes) > MOST_NODES or len(graph.edges_internal) > MOST_EDGES:
        raise Invalid(
            f"The experiment has {len(graph.module_nodes)} nodes and "
            f"{len(graph.edges_internal)} edges; at most {MOST_NODES} and {MOST_EDGES} "
            "are kept.",
            target="Graph",
        )
    for node in graph.module_nodes:
        if not 0 < len(node.id) <= 128:
            raise Invalid("The id of a node has 1 to 128 characters.", target="Graph")
        for parameter in node.module_parameters:
            if len(parameter.value or "") > LONGEST_TEXT:
                raise Invalid(
                    f'"{parameter.name[:80]}" of node {node.id!r} is longer than '
                    f"{LONGEST_TEXT >> 20} MiB.",
                    target=node.id,
                )


def part_up_to(experiment: Experiment, chosen: set[str]) -> Experiment:
    """The nodes named and those that feed them; web service ports among them stay."""
    wiring = Wiring(experiment.graph)
    unknown = chosen - set(wiring.nodes)
    if unknown:
        raise Invalid(f"There is no node {min(unknown)!r} to run.", target="Graph")
    wanted, waiting = set(), list(chosen)
    while waiting:
        node = waiting.pop()
        if node not in wanted and node in wiring.nodes:
            wanted.add(node)
            waiting += wiring.feeding(node)
    graph = Graph(
        module_nodes=tuple(n for n in experiment.graph.module_nodes if n.id in wanted),
        edges_internal=tuple(
            edge
            for edge in experiment.graph.edges_internal
            if wiring.split(edge.destination_input_port_id)[0] in wanted
        ),
    )
    service = experiment.web_service
    kept = msgspec.structs.replace(
        service,
        inputs=tuple(p for p in service.inputs if wiring.split(p.port_id)[0] in wanted),
        outputs=tuple(
            p for p in service.outputs if wiring.split(p.port_id)[0] in wanted
        ),
    )
    return msgspec.structs.replace(experiment, graph=graph, web_service=kept)


def chosen_nodes(experiment: Experiment) -> set[str]:
    """The nodes that a partial run was asked for; empty when all are to run."""
    if not experiment.is_partial_run:
        return set()
    return {node.id for node in experiment.graph.module_nodes if _chosen(node)}


def saved_ids(experiment: Experiment) -> list[str]:
    """What an experiment takes from its workspace."""
    ids = (
        port.saved_id
        for node in experiment.graph.module_nodes
        for port in node.input_ports_internal
    )
    return sorted({each for each in ids if each})


def _chosen(node: Node) -> bool:
    return bool(node.is_part_of_partial_run)
