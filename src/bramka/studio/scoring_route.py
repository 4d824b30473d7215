"""The part of a training experiment that scores: from the data to the scores."""

from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.experiment import Catalogue, Wiring
from bramka.domain.learning.graph import Experiment, port_id
from bramka.domain.learning.module import ModulePort, UntypedModule
from bramka.domain.learning.saved import SavedKind

SUFFIX = " [Predictive Exp.]"
DRAWS = "Data Transformation / Sample and Split"
SCORES = "Machine Learning / Score"
MODE, READ_ONLY = "Vocabulary mode", "ReadOnly"
VOCABULARY, RESULT = "Input vocabulary", "Result vocabulary"


class Learned(Struct, frozen=True, kw_only=True):
    """Something a run has learnt that the predictive experiment takes as saved."""

    port: str
    """Where it stands in the training experiment."""
    kind: SavedKind
    name: str


class Source(Struct, frozen=True):
    """What feeds a port once nothing draws rows any more: an output, or a dataset."""

    port: str | None = None
    data_source_id: str | None = None


class Route(Struct, frozen=True, kw_only=True):
    """The part of a training experiment that scores."""

    score: str
    nodes: tuple[str, ...]
    """All that stay, each behind those that feed it; the scoring node is the last."""
    learned: tuple[Learned, ...]
    replaced: frozenset[str]
    """Nodes in whose place what they learnt is applied."""
    sources: dict[str, Source]
    """By input port, for tables."""
    start: str
    """The input port that callers feed."""


def route_of(
    experiment: Experiment, catalogue: Catalogue, trained_by: str | None = None
) -> Route:
    """How rows come to their scores; Invalid if that is not told clearly.

    `trained_by` names the training node to take where several models are trained.
    """
    return _Search(experiment, catalogue).route(trained_by)


def main_table(module: UntypedModule) -> ModulePort | None:
    """The input through which rows go; a lookup table, if any, stands behind it."""
    return next((port for port in module.inputs if port.type == "DataTable"), None)


class _Search:
    """Walks back from the scores to the data."""

    def __init__(self, experiment: Experiment, catalogue: Catalogue) -> None:
        self.experiment = experiment
        self.wiring = Wiring(experiment.graph)
        self.modules = {
            name: catalogue.find(node.module_id)
            for name, node in self.wiring.nodes.items()
        }
        self.nodes: set[str] = set()
        self.learned: dict[str, Learned] = {}
        self.replaced: set[str] = set()
        self.sources: dict[str, Source] = {}

    def route(self, trained_by: str | None) -> Route:
        score = self._score(trained_by)
        waiting = [score]
        while waiting:
            name = waiting.pop()
            if name not in self.nodes:
                self.nodes.add(name)
                waiting += self._feeding(name)
        return Route(
            score=score,
            nodes=tuple(name for name in self.wiring.order() if name in self.nodes),
            learned=tuple(self.learned.values()),
            replaced=frozenset(self.replaced),
            sources=self.sources,
            start=self._start(score),
        )

    def _score(self, trained_by: str | None) -> str:
        """The scoring node; the first, where one model scores several datasets."""
        found: dict[str, str] = {}
        for name in self.wiring.order():
            module = self.modules[name]
            if module.category == SCORES:
                for port in module.inputs:
                    source = self.wiring.source_of.get(port_id(name, port.name))
                    if source and port.type in ("ILearner", "ICluster"):
                        found.setdefault(self.wiring.split(source)[0], name)
        if trained_by is not None:
            if trained_by not in found:
                raise Invalid(
                    f"No node scores with what {trained_by!r} trains; connect it to "
                    "Score Model.",
                    target="TrainedModelNodeId",
                )
            return found[trained_by]
        if not found:
            raise Invalid(
                "No node scores with a model that is trained here; connect Train Model "
                "to Score Model, or Train Clustering Model to Assign Data to Clusters, "
                "and run the experiment.",
                target="Graph",
            )
        if len(found) > 1:
            raise Invalid(
                f"Models are trained by {', '.join(map(repr, sorted(found)))}; say "
                "which one the web service shall use, as TrainedModelNodeId.",
                target="TrainedModelNodeId",
            )
        return next(iter(found.values()))

    def _feeding(self, name: str) -> list[str]:
        """The nodes whose tables a node takes, where rows are no longer drawn."""
        module, found = self.modules[name], []
        self._note_replaced(name)
        learns = self._note_vocabulary(name)
        for port in module.inputs:
            place = port_id(name, port.name)
            if learns and port.name == VOCABULARY:
                continue
            if port.type == "DataTable":
                source = self._source(place)
                if source is not None:
                    self.sources[place] = source
                    if source.port:
                        found.append(self.wiring.split(source.port)[0])
            elif (learned := self.wiring.source_of.get(place)) is not None:
                self._note(
                    learned, "transform" if port.type == "ITransform" else "model"
                )
        return found

    def _note_replaced(self, name: str) -> None:
        module = self.modules[name]
        made = [port for port in module.outputs if port.type == "ITransform"]
        gives = any(port.type == "DataTable" for port in module.outputs)
        if made and gives and main_table(module) is not None:
            self.replaced.add(name)
            self._note(port_id(name, made[0].name), "transform")

    def _note_vocabulary(self, name: str) -> bool:
        """Whether a node learns a vocabulary, which callers' texts must not change."""
        ports = [port.name for port in self.modules[name].outputs]
        given = self.wiring.nodes[name].module_parameters
        mode = [each.value for each in given if each.name == MODE]
        if RESULT not in ports or READ_ONLY in mode:
            return False
        self._note(port_id(name, RESULT), "dataset")
        return True

    def _note(self, port: str, kind: SavedKind) -> None:
        title = self.experiment.description.removesuffix(SUFFIX) or "Experiment"
        what = "vocabulary" if kind == "dataset" else f"trained {kind}"
        name = f"{title} [{what}]"
        same = sum(1 for each in self.learned.values() if each.kind == kind)
        if port not in self.learned:
            name = name if not same else f"{name} ({same + 1})"
            self.learned[port] = Learned(port=port, kind=kind, name=name)

    def _source(self, place: str) -> Source | None:
        """What feeds a port, past nodes that draw or divide rows."""
        while True:
            source = self.wiring.source_of.get(place)
            if source is None:
                port = self.wiring.inputs.get(place)
                given = port.data_source_id if port is not None else None
                return Source(data_source_id=given) if given else None
            name = self.wiring.split(source)[0]
            module = self.modules[name]
            rows = main_table(module)
            if module.category != DRAWS or rows is None:
                return Source(port=source)
            place = port_id(name, rows.name)

    def _start(self, score: str) -> str:
        """The first port that rows come to on their way to the scores."""
        name = score
        while True:
            rows = main_table(self.modules[name])
            assert rows is not None, "what scores takes a table"
            place = port_id(name, rows.name)
            source = self.sources.get(place)
            if source is None or source.port is None:
                return place
            before = self.wiring.split(source.port)[0]
            if main_table(self.modules[before]) is None:
                return place
            name = before
