"""A run that finished elsewhere, as packing wants it: the values that it needs."""

from collections.abc import Mapping
from pathlib import Path

from bramka.domain.errors import Conflict
from bramka.domain.learning.experiment import Catalogue, Wiring
from bramka.domain.learning.graph import Experiment, port_id
from bramka.domain.learning.snapshot import NodeRun
from bramka.domain.learning.value import Value
from bramka.studio.cache import FolderCache
from bramka.studio.conduct import SavedPart
from bramka.studio.live import Live
from bramka.studio.run import NodeOutcome, Run
from bramka.studio.stored import load


def finished_run(
    experiment: Experiment,
    nodes: Mapping[str, NodeRun],
    saved: Mapping[str, SavedPart],
    cache: FolderCache,
    catalogue: Catalogue,
) -> Run:
    """How all nodes ended, and the values on the ports that a package needs."""
    wiring = Wiring(experiment.graph)
    service = experiment.web_service
    places = {place for place, _ in Live(experiment, catalogue).frozen_places()}
    places |= {port.port_id for port in (*service.inputs, *service.outputs)}
    run = Run()
    for node in experiment.graph.module_nodes:
        told = nodes.get(node.id)
        if told is None or told.state != "Finished":
            raise Conflict(
                f"Node {node.id!r} has not finished; run the whole experiment first."
            )
        run.outcomes[node.id] = NodeOutcome(state="Finished", cached=told.cached)
        for port, output in told.outputs.items():
            place = port_id(node.id, port)
            if place in places:
                run.outputs[place] = cache.value(output.key, port)
    for place in places - run.outputs.keys():
        value = _input(place, wiring, nodes, saved, cache)
        if value is not None:
            run.inputs[place] = value
    return run


def _input(
    place: str,
    wiring: Wiring,
    nodes: Mapping[str, NodeRun],
    saved: Mapping[str, SavedPart],
    cache: FolderCache,
) -> Value | None:
    source = wiring.source_of.get(place)
    if source is not None:
        node, port = wiring.split(source)
        output = nodes[node].outputs.get(port)
        return None if output is None else cache.value(output.key, port)
    given = wiring.inputs.get(place)
    part = saved.get(given.saved_id or "") if given is not None else None
    if part is None:
        return None
    return load(Path(part.place.folder), part.place.name)
