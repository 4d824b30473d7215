"""Which part of a published graph runs for a call, and what it needs for that."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.learning.experiment import Catalogue, Wiring, settings_of
from bramka.domain.learning.graph import Experiment, port_id
from bramka.domain.learning.module import UntypedModule

Settled = Mapping[str, Struct]
"""The settings of each live node."""


class Live:
    """The part of a graph that depends on the caller, and the order it runs in."""

    def __init__(self, experiment: Experiment, catalogue: Catalogue) -> None:
        self.experiment = experiment
        self.wiring = Wiring(experiment.graph)
        service = experiment.web_service
        self.inputs = {port.port_id: port.name for port in service.inputs}
        self.outputs = {port.name: port.port_id for port in service.outputs}
        linked = {
            node.id
            for node in experiment.graph.module_nodes
            if any(each.linked_global_parameter for each in node.module_parameters)
        }
        order = self.wiring.order()
        live = linked | {self.wiring.split(place)[0] for place in self.inputs}
        for name in order:
            if self._sources(name) & live:
                live.add(name)
        needed = {self.wiring.split(place)[0] for place in self.outputs.values()}
        for name in reversed(order):
            if name in needed and name in live:
                needed |= self._sources(name)
        self.order = [name for name in order if name in live and name in needed]
        self.modules: dict[str, UntypedModule] = {
            name: catalogue.find(self.wiring.nodes[name].module_id)
            for name in self.order
        }

    def _sources(self, name: str) -> set[str]:
        """The nodes that feed this one, leaving out ports that callers feed."""
        return {
            self.wiring.split(source)[0]
            for place, source in self.wiring.source_of.items()
            if self.wiring.split(place)[0] == name and place not in self.inputs
        }

    @property
    def row_wise(self) -> bool:
        return len(self.inputs) == 1 and all(
            module.row_wise for module in self.modules.values()
        )

    def frozen_places(self) -> list[tuple[str, str]]:
        """Places whose table is fixed at publication: where it is needed, its port."""
        places = []
        for name in self.order:
            for port in self.modules[name].inputs:
                place = port_id(name, port.name)
                if place in self.inputs:
                    continue
                source = self.wiring.source_of.get(place)
                if source is None or self.wiring.split(source)[0] not in self.modules:
                    places.append((place, "input"))
        places += [
            (place, "output")
            for place in self.outputs.values()
            if self.wiring.split(place)[0] not in self.modules
        ]
        return places

    def chain(self) -> list[str] | None:
        """The live nodes if each feeds just the next, from one input to one output."""
        if len(self.inputs) != 1 or len(self.outputs) != 1 or not self.order:
            return None
        expected = next(iter(self.inputs))
        for name in self.order:
            module = self.modules[name]
            if module.row is None or self._live_places(name) != [expected]:
                return None
            output = port_id(name, module.outputs[0].name)
            following = [
                place
                for place, source in self.wiring.source_of.items()
                if source == output and self.wiring.split(place)[0] in self.modules
            ]
            expected = following[0] if len(following) == 1 else ""
        last = self.modules[self.order[-1]].outputs[0].name
        same = [port_id(self.order[-1], last)] == list(self.outputs.values())
        return self.order if same and not expected else None

    def _live_places(self, name: str) -> list[str]:
        """The inputs of a node on which something else stands for each call."""
        places = [port_id(name, port.name) for port in self.modules[name].inputs]
        return [
            place
            for place in places
            if place in self.inputs
            or self.wiring.split(self.wiring.source_of.get(place, ""))[0]
            in self.modules
        ]

    def settle(self, parameters: Mapping[str, Any]) -> Settled:
        """The settings of each live node under these web-service parameters."""
        service = self.experiment.web_service
        shared = tuple(
            replace(each, value=parameters.get(each.name, each.value))
            for each in service.parameters
        )
        given = replace(
            self.experiment, web_service=replace(service, parameters=shared)
        )
        return {
            name: module.settle(settings_of(self.wiring.nodes[name], given))
            for name, module in self.modules.items()
        }
