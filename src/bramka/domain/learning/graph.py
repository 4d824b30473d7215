"""An experiment's graph in the JSON shape that Studio (classic) exports."""

from typing import Any

from msgspec import Struct, field


class Shape(Struct, frozen=True, kw_only=True, rename="pascal"):
    """Fields are spelled in JSON as Studio spells them."""


class ModuleParameter(Shape, frozen=True, kw_only=True):
    """One parameter of one node; linked, it takes a web-service parameter's value."""

    name: str
    value: str | None = None
    value_type: str = "Literal"
    linked_global_parameter: str | None = None


class InputPort(Shape, frozen=True, kw_only=True):
    """One input of a node: fed by an edge, or by something saved."""

    name: str
    node_id: str
    port_index: int | None = None
    data_source_id: str | None = None
    trained_model_id: str | None = None
    transform_module_id: str | None = None
    language: str | int | None = None
    version: str | int | None = None

    @property
    def saved_id(self) -> str | None:
        """The dataset, trained model or transform that stands on this port."""
        return (
            self.data_source_id or self.trained_model_id or self.transform_module_id
        ) or None


class OutputPort(Shape, frozen=True, kw_only=True):
    """One output of a node."""

    name: str
    node_id: str
    output_type: str | None = None


class Node(Shape, frozen=True, kw_only=True):
    """One module on the canvas."""

    id: str
    module_id: str
    comment: str | None = ""
    comment_collapsed: bool = True
    language: str | int | None = None
    version: str | int | None = None
    use_previous_results: bool = True
    module_parameters: tuple[ModuleParameter, ...] = ()
    is_part_of_partial_run: bool | None = None
    input_ports_internal: tuple[InputPort, ...] = ()
    output_ports_internal: tuple[OutputPort, ...] = ()


class Edge(Shape, frozen=True, kw_only=True):
    """From an output to an input; a port's id is `{node id}:{port name}`."""

    source_output_port_id: str
    destination_input_port_id: str
    destination_input_port_index: int | None = None


class Graph(Shape, frozen=True, kw_only=True):
    """Nodes and edges; `serialized_client_data` holds where nodes lie (XML)."""

    module_nodes: tuple[Node, ...] = ()
    edges_internal: tuple[Edge, ...] = ()
    serialized_client_data: str | None = ""
    parameters: list[Any] = field(default_factory=list)
    publish_info: Any = None


class WebServicePort(Shape, frozen=True, kw_only=True):
    """A web service input or output: a name for a port of the graph."""

    id: str
    port_id: str
    name: str


class ParameterRule(Shape, frozen=True, kw_only=True):
    """The bounds or the choices of a web-service parameter."""

    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] | None = None
    type: str | None = field(default=None, name="$type")


class ParameterDefinition(Shape, frozen=True, kw_only=True):
    """What callers are told about a web-service parameter."""

    name: str
    friendly_name: str | None = None
    parameter_type: str = "String"
    is_optional: bool = False
    has_rules: bool = False
    parameter_rules: tuple[ParameterRule, ...] | None = ()
    has_default_value: bool = False
    default_value: Any = None
    description: str | None = None
    markup_type: str | int | None = None
    script_name: str | None = None
    mode_values_info: Any = None
    credential_descriptor: Any = None


class WebServiceParameter(Shape, frozen=True, kw_only=True):
    """A web-service parameter and its value in the experiment."""

    name: str
    value: Any = None
    parameter_definition: ParameterDefinition | None = None


class WebService(Shape, frozen=True, kw_only=True):
    """What of the experiment is published."""

    is_web_service_experiment: bool = False
    inputs: tuple[WebServicePort, ...] = ()
    outputs: tuple[WebServicePort, ...] = ()
    parameters: tuple[WebServiceParameter, ...] = ()
    web_service_group_id: str | None = None
    model_package_id: str | None = None
    run_id: str | None = None
    serialized_client_data: str | None = None
    arm_web_service_id: str | None = None


class Experiment(Shape, frozen=True, kw_only=True):
    """The whole document; `description` is the name people see."""

    description: str = ""
    graph: Graph = Graph()
    web_service: WebService = WebService()
    experiment_id: str | None = None
    run_id: str | None = None
    parent_experiment_id: str | None = None
    original_experiment_documentation_link: str | None = None
    summary: str | None = ""
    status: dict[str, Any] | None = None
    etag: str | None = None
    node_statuses: list[dict[str, Any]] | None = None
    creator: str | None = None
    is_leaf: bool | None = None
    disable_nodes_update: bool | None = None
    category: str | None = None
    tags: list[Any] | None = None
    is_partial_run: bool | None = None


def port_id(node: str, port: str) -> str:
    """How edges and web services name a port."""
    return f"{node}:{port}"
