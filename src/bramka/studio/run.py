"""Running an experiment: each node behind those that feed it, or out of a cache."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from msgspec import Struct, to_builtins

from bramka.domain.errors import BramkaError, Invalid, Missing
from bramka.domain.learning.experiment import Catalogue, Wiring, check, settings_of
from bramka.domain.learning.graph import Experiment, Node, port_id
from bramka.domain.learning.module import UntypedModule
from bramka.domain.learning.value import Ports, Value
from bramka.domain.learning.value_file import digest_of, value_bytes
from bramka.studio.cache import ResultCache
from bramka.studio.task import compute

NodeState = Literal["NotStarted", "Finished", "Failed"]


class VersionedCatalogue(Catalogue, Protocol):
    """A catalogue that tells when what its modules compute may have changed."""

    code_version: str


class NodeOutcome(Struct, frozen=True, kw_only=True):
    """How one node ended; `cached` if its results were known already."""

    state: NodeState
    cached: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What stands on every port after a run, and how each node ended."""

    outcomes: dict[str, NodeOutcome] = field(default_factory=dict)
    inputs: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        return all(outcome.state == "Finished" for outcome in self.outcomes.values())

    def require_finished(self) -> None:
        """Invalid with the message of the first node that did not finish."""
        for node, outcome in self.outcomes.items():
            if outcome.state == "Failed":
                raise Invalid(f"Node {node!r} failed: {outcome.message}", target=node)


def run(
    experiment: Experiment,
    catalogue: VersionedCatalogue,
    saved: Mapping[str, Value],
    cache: ResultCache | None = None,
) -> Run:
    """Run all nodes; `saved` are the values by the ids that ports carry.

    A module's refusal ends its node and those behind it, and is told in the outcome.
    """
    check(experiment, catalogue)
    return _Walk(experiment, catalogue, saved, cache).walk()


class _Walk:
    """One run in progress."""

    def __init__(
        self,
        experiment: Experiment,
        catalogue: VersionedCatalogue,
        saved: Mapping[str, Value],
        cache: ResultCache | None,
    ) -> None:
        self._experiment = experiment
        self._catalogue = catalogue
        self._saved = saved
        self._cache = cache
        self._wiring = Wiring(experiment.graph)
        self._keys: dict[str, str] = {}
        self._run = Run()

    def walk(self) -> Run:
        for name in self._wiring.order():
            fed_by = self._wiring.feeding(name)
            if all(self._run.outcomes[each].state == "Finished" for each in fed_by):
                self._run.outcomes[name] = self._outcome(self._wiring.nodes[name])
            else:
                message = "A node that feeds this one did not finish."
                outcome = NodeOutcome(state="NotStarted", message=message)
                self._run.outcomes[name] = outcome
        return self._run

    def _outcome(self, node: Node) -> NodeOutcome:
        module = self._catalogue.find(node.module_id)
        try:
            inputs = self._inputs(node, module)
            key = self._key(node, module)
            results = self._cache.find(key) if self._cache else None
            cached = results is not None
            if results is None:
                results = self._compute(node, module, inputs)
        except BramkaError as error:
            return NodeOutcome(state="Failed", message=error.message)
        if self._cache and not cached:
            self._cache.keep(key, results)
        for port, value in results.items():
            place = port_id(node.id, port)
            self._run.outputs[place] = value
            self._keys[place] = digest_of([key, port])
        return NodeOutcome(state="Finished", cached=cached)

    def _compute(self, node: Node, module: UntypedModule, inputs: Ports) -> Ports:
        settings = module.settle(settings_of(node, self._experiment))
        return compute(module, inputs, settings)

    def _inputs(self, node: Node, module: UntypedModule) -> dict[str, Value]:
        values = {}
        for port in module.inputs:
            place = port_id(node.id, port.name)
            value = self._value_at(place)
            if value is not None:
                values[port.name] = self._run.inputs[place] = value
        return values

    def _value_at(self, place: str) -> Value | None:
        source = self._wiring.source_of.get(place)
        if source is not None:
            return self._run.outputs[source]
        port = self._wiring.inputs.get(place)
        if port is None or port.saved_id is None:
            return None
        if port.saved_id not in self._saved:
            raise Missing(f"There is no saved {port.saved_id!r}; was it deleted?")
        return self._saved[port.saved_id]

    def _key(self, node: Node, module: UntypedModule) -> str:
        """The same for the same code, parameters and inputs, and for nothing else."""
        if self._cache is None:
            return ""
        settings = module.settle(settings_of(node, self._experiment))
        inputs = {
            port.name: self._input_key(port_id(node.id, port.name))
            for port in module.inputs
        }
        code = [self._catalogue.code_version, module.family]
        return digest_of([code, to_builtins(settings), inputs])

    def _input_key(self, place: str) -> str | None:
        source = self._wiring.source_of.get(place)
        if source is not None:
            return self._keys[source]
        value = self._value_at(place)
        return None if value is None else digest_of(value_bytes(value))
