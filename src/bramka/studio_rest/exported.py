"""Graphs that Studio itself exported: what they name otherwise than we do."""

from collections.abc import Mapping

from msgspec.structs import replace

from bramka.domain.errors import Missing
from bramka.domain.learning.graph import Edge, Graph, Node, WebService, port_id
from bramka.domain.learning.module import UntypedModule
from bramka.domain.learning.parameter import by_every_name
from bramka.studio_rest.call import Modules

GLOBAL_WORKSPACE = "506153734175476c4f62416c57734963."
_VALUES = {("Blob File format", "DelimitedText"): "CSV with encoding"}


def understood(
    graph: Graph, service: WebService, modules: Modules
) -> tuple[Graph, WebService]:
    """The same with our names of modules, of only ports and of values."""
    known = {node.id: _module(node, modules) for node in graph.module_nodes}
    renamed: dict[str, str] = {}
    nodes = []
    for node in graph.module_nodes:
        ours = _with_values(node)
        if (module := known[node.id]) is not None:
            ours = _with_ports(ours, module, renamed)
            if not _finds(modules, node.module_id):
                ours = replace(ours, module_id=modules.module_id(module.family))
        nodes.append(ours)
    edges = tuple(_moved(edge, renamed) for edge in graph.edges_internal)
    outputs = tuple(
        replace(each, port_id=renamed.get(each.port_id, each.port_id))
        for each in service.outputs
    )
    graph = replace(graph, module_nodes=tuple(nodes), edges_internal=edges)
    return graph, replace(service, outputs=outputs)


def _module(node: Node, modules: Modules) -> UntypedModule | None:
    """By its id; of an id that nobody has told us, the one with just these ports."""
    if _finds(modules, node.module_id):
        return modules.find(node.module_id)
    if not node.module_id.startswith(GLOBAL_WORKSPACE):
        return None
    found = [module for module in map(modules.find, modules) if _is_like(node, module)]
    return found[0] if len(found) == 1 else None


def _finds(modules: Modules, text: str) -> bool:
    try:
        modules.find(text)
    except Missing:
        return False
    return True


def _is_like(node: Node, module: UntypedModule) -> bool:
    names = {each.name for each in node.module_parameters}
    return (
        bool(names)
        and [each.name for each in node.output_ports_internal]
        == [each.name for each in module.outputs]
        and [each.name for each in node.input_ports_internal]
        == [each.name for each in module.inputs]
        and names <= by_every_name(module.parameters).keys()
    )


def _with_ports(node: Node, module: UntypedModule, renamed: dict[str, str]) -> Node:
    """The only output of a module is that one, whatever it is called."""
    told = node.output_ports_internal
    if len(told) != 1 or len(module.outputs) != 1:
        return node
    ours = module.outputs[0].name
    renamed[port_id(node.id, told[0].name)] = port_id(node.id, ours)
    return replace(node, output_ports_internal=(replace(told[0], name=ours),))


def _with_values(node: Node) -> Node:
    parameters = tuple(
        replace(each, value=_VALUES.get((each.name, each.value or ""), each.value))
        for each in node.module_parameters
    )
    return replace(node, module_parameters=parameters)


def _moved(edge: Edge, renamed: Mapping[str, str]) -> Edge:
    source = edge.source_output_port_id
    return replace(edge, source_output_port_id=renamed.get(source, source))
