"""What clients send to save or run an experiment, read with patience."""

from typing import Any

import msgspec
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.graph import Experiment, Graph, Node, WebService
from bramka.domain.learning.secret import recognised, restored
from bramka.domain.learning.snapshot import check_size
from bramka.studio_rest.call import Call, Modules
from bramka.studio_rest.exported import understood


class Submission(Struct, kw_only=True, rename="pascal"):
    """The body of a POST; `run_up_to` names the nodes of a partial run."""

    description: str = ""
    summary: str = ""
    is_draft: bool = True
    parent_experiment_id: str = ""
    category: str = "user"
    experiment_graph: Graph | None = None
    graph: Graph | None = None
    web_service: WebService = WebService()
    etag: str = ""
    is_partial_run: bool = False
    run_up_to: tuple[str, ...] = ()

    @property
    def told(self) -> bool:
        """Whether a graph was sent at all."""
        return self.experiment_graph is not None or self.graph is not None

    def document(self, before: Experiment, catalogue: Modules) -> Experiment:
        """The experiment as sent; what was not sent stays as it was, and secrets that
        come back masked as well."""
        if not self.told:
            graph, service = before.graph, before.web_service
        else:
            sent = self.experiment_graph or self.graph
            assert sent is not None, "told says so"
            check_size(Experiment(graph=sent, web_service=self.web_service))
            graph, service = understood(sent, self.web_service, catalogue)
        document = Experiment(
            description=self.description or before.description,
            summary=self.summary or before.summary,
            graph=graph,
            web_service=service,
            is_partial_run=self.is_partial_run,
        )
        if self.run_up_to:
            document = _up_to(document, set(self.run_up_to))
        elif not self.is_draft and not self.is_partial_run:
            document = _whole(document)
        check_size(document)
        known = recognised(before, catalogue)
        return restored(recognised(document, catalogue), known)


def submission(call: Call) -> Submission:
    """The body; null stands for the default, as old clients send it."""
    try:
        told = msgspec.json.decode(call.body or b"{}")
        return msgspec.convert(_without_nulls(told), Submission, strict=False)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The body is no experiment: {error}") from None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_nulls(one) for key, one in value.items() if one is not None
        }
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    return value


def _up_to(document: Experiment, chosen: set[str]) -> Experiment:
    nodes = tuple(
        _mark(node, node.id in chosen) for node in document.graph.module_nodes
    )
    graph = msgspec.structs.replace(document.graph, module_nodes=nodes)
    return msgspec.structs.replace(document, graph=graph, is_partial_run=True)


def _whole(document: Experiment) -> Experiment:
    nodes = tuple(_mark(node, chosen=False) for node in document.graph.module_nodes)
    graph = msgspec.structs.replace(document.graph, module_nodes=nodes)
    return msgspec.structs.replace(document, graph=graph)


def _mark(node: Node, chosen: bool) -> Node:
    return msgspec.structs.replace(node, is_part_of_partial_run=chosen)
