"""A training experiment as a predictive one: callers feed what has learnt.

The algorithm and what trains it give way to the saved model; modules that learn a
transform give way to Apply Transformation, and a vocabulary that was learnt is read
only; what draws or divides rows and what evaluates goes. The dataset stays, to tell the
schema.
"""

from typing import Protocol

from msgspec.structs import replace

from bramka.domain.learning.column_selector import ColumnSelector, Rule
from bramka.domain.learning.experiment import Catalogue, Wiring
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
    OutputPort,
    WebService,
    WebServicePort,
    port_id,
)
from bramka.domain.learning.module import ModulePort
from bramka.studio.scoring_route import (
    MODE,
    READ_ONLY,
    RESULT,
    SUFFIX,
    VOCABULARY,
    Route,
    Source,
    main_table,
)

APPLY = "Apply Transformation"
SELECT = "Select Columns in Dataset"
DROPPER = "without-label"


class NamingCatalogue(Catalogue, Protocol):
    """A catalogue that tells by which id graphs name a module."""

    def module_id(self, text: str) -> str:
        """The id of the module that is found by this text."""


def predictive(
    experiment: Experiment,
    catalogue: NamingCatalogue,
    route: Route,
    saved: dict[str, str],
    without: str | None = None,
) -> Experiment:
    """The predictive experiment; `saved` are ids by the ports of what was learnt.

    The column `without`, the label, is dropped before callers come in.
    """
    drawing = _Drawing(experiment, catalogue, route, saved)
    nodes, edges = drawing.nodes(), drawing.edges()
    if without is not None:
        nodes, edges = drawing.drop(without, nodes, edges)
    output = catalogue.find(drawing.wiring.nodes[route.score].module_id).outputs[0]
    return Experiment(
        description=experiment.description.removesuffix(SUFFIX) + SUFFIX,
        summary=experiment.summary,
        graph=Graph(
            module_nodes=tuple(nodes),
            edges_internal=tuple(edges),
            serialized_client_data=experiment.graph.serialized_client_data,
        ),
        web_service=WebService(
            is_web_service_experiment=True,
            inputs=(WebServicePort(id="input1", port_id=drawing.start, name="input1"),),
            outputs=(
                WebServicePort(
                    id="output1",
                    port_id=port_id(route.score, output.name),
                    name="output1",
                ),
            ),
            parameters=experiment.web_service.parameters,
        ),
    )


class _Drawing:
    """Nodes and edges of the predictive experiment."""

    def __init__(
        self,
        experiment: Experiment,
        catalogue: NamingCatalogue,
        route: Route,
        saved: dict[str, str],
    ) -> None:
        self.wiring = Wiring(experiment.graph)
        self._catalogue, self._route, self._saved = catalogue, route, saved

    @property
    def start(self) -> str:
        return self._moved(self._route.start, output=False)

    def nodes(self) -> list[Node]:
        return [self._node(self.wiring.nodes[name]) for name in self._route.nodes]

    def edges(self) -> list[Edge]:
        return [
            Edge(
                source_output_port_id=self._moved(source.port, output=True),
                destination_input_port_id=self._moved(place, output=False),
            )
            for place, source in self._route.sources.items()
            if source.port is not None and self._stays(place)
        ]

    def drop(
        self, column: str, nodes: list[Node], edges: list[Edge]
    ) -> tuple[list[Node], list[Edge]]:
        """The same with Select Columns before the port that callers feed."""
        start = self.start
        source = self._route.sources.get(self._route.start, Source())
        chosen = ColumnSelector(
            rules=(
                Rule(rule_type="AllColumns"),
                Rule(rule_type="ColumnNames", columns=(column,), exclude=True),
            )
        )
        dropper = Node(
            id=DROPPER,
            module_id=self._catalogue.module_id(SELECT),
            module_parameters=(
                ModuleParameter(name="Select Columns", value=chosen.stored()),
            ),
            input_ports_internal=(
                InputPort(
                    name="Dataset",
                    node_id=DROPPER,
                    data_source_id=source.data_source_id,
                ),
            ),
            output_ports_internal=(
                OutputPort(name="Results dataset", node_id=DROPPER),
            ),
        )
        into = port_id(DROPPER, "Dataset")
        moved = [
            replace(edge, destination_input_port_id=into)
            if edge.destination_input_port_id == start
            else edge
            for edge in edges
        ]
        out = port_id(DROPPER, "Results dataset")
        last = Edge(source_output_port_id=out, destination_input_port_id=start)
        fed = [_unfed(node, start) for node in nodes]
        return [dropper, *fed], [*moved, last]

    def _node(self, node: Node) -> Node:
        if node.id in self._route.replaced:
            return self._applying(node)
        module = self._catalogue.find(node.module_id)
        ports = tuple(
            self._port(node.id, port, node.input_ports_internal)
            for port in module.inputs
        )
        if port_id(node.id, RESULT) in self._saved:
            node = _reading(node)
        return replace(node, input_ports_internal=ports, is_part_of_partial_run=None)

    def _port(
        self, node: str, port: ModulePort, given: tuple[InputPort, ...]
    ) -> InputPort:
        place = port_id(node, port.name)
        before = next(
            (each for each in given if each.name == port.name),
            InputPort(name=port.name, node_id=node),
        )
        source = self._route.sources.get(place)
        if source is not None:
            return replace(before, data_source_id=source.data_source_id)
        if port.name == VOCABULARY and port_id(node, RESULT) in self._saved:
            return replace(before, data_source_id=self._saved[port_id(node, RESULT)])
        saved = self._saved.get(self.wiring.source_of.get(place, ""))
        if saved is None:
            return before
        if port.type == "ITransform":
            return replace(before, transform_module_id=saved)
        return replace(before, trained_model_id=saved)

    def _applying(self, node: Node) -> Node:
        """Apply Transformation in place of what learnt the transform."""
        module = self._catalogue.find(APPLY)
        made = next(
            port_id(node.id, port.name)
            for port in self._catalogue.find(node.module_id).outputs
            if port.type == "ITransform"
        )
        rows = main_table(self._catalogue.find(node.module_id))
        assert rows is not None, "the route says so"
        source = self._route.sources.get(port_id(node.id, rows.name), Source())
        return Node(
            id=node.id,
            module_id=self._catalogue.module_id(APPLY),
            comment=node.comment,
            input_ports_internal=tuple(
                InputPort(
                    name=port.name,
                    node_id=node.id,
                    transform_module_id=self._saved[made],
                )
                if port.type == "ITransform"
                else InputPort(
                    name=port.name,
                    node_id=node.id,
                    data_source_id=source.data_source_id,
                )
                for port in module.inputs
            ),
            output_ports_internal=(
                OutputPort(name=module.outputs[0].name, node_id=node.id),
            ),
        )

    def _stays(self, place: str) -> bool:
        """Whether a port is there in what stands in place of its node."""
        name, port = self.wiring.split(place)
        rows = main_table(self._catalogue.find(self.wiring.nodes[name].module_id))
        return name not in self._route.replaced or (
            rows is not None and port == rows.name
        )

    def _moved(self, place: str | None, *, output: bool) -> str:
        """A port of a replaced node as that of Apply Transformation."""
        name = self.wiring.split(place or "")[0]
        if name not in self._route.replaced:
            return place or ""
        module = self._catalogue.find(APPLY)
        rows = main_table(module)
        assert rows is not None, "it takes a table"
        return port_id(name, module.outputs[0].name if output else rows.name)


def _reading(node: Node) -> Node:
    """The node with the vocabulary as it is given."""
    others = [each for each in node.module_parameters if each.name != MODE]
    mode = ModuleParameter(name=MODE, value=READ_ONLY)
    return replace(node, module_parameters=(*others, mode))


def _unfed(node: Node, place: str) -> Node:
    """The node without a dataset on this port."""
    ports = tuple(
        replace(port, data_source_id=None)
        if port_id(node.id, port.name) == place
        else port
        for port in node.input_ports_internal
    )
    return replace(node, input_ports_internal=ports)
