"""Conducts a run: each node behind those that feed it, several at a time."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

import msgspec
from msgspec import Struct, to_builtins

from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError, Missing
from bramka.domain.learning.experiment import Verb, Wiring, check, settings_of
from bramka.domain.learning.graph import Experiment, Node, port_id
from bramka.domain.learning.module import UntypedModule
from bramka.domain.learning.snapshot import NodeRun, Output
from bramka.domain.learning.value_file import digest_of
from bramka.studio.cache import FolderCache
from bramka.studio.hands import Cancelled, Log
from bramka.studio.run import VersionedCatalogue
from bramka.studio.stored import Facts, stem_of
from bramka.studio.task import Done, ModuleTask, Place

MOST_AT_ONCE = 4
LOOK_SECONDS = 0.2
LONGEST_LOG = 64 * 1024
LONGEST_MESSAGE = 4_000
CACHED = "Task output was present in output cache\n"
BEHIND = "A node that feeds this one did not finish."
CANCELLED = "The run was cancelled."


class SavedPart(Struct, frozen=True):
    """Something saved that stands on a port: where it is, and its digest."""

    place: Place
    digest: str


class Perform(Protocol):
    """Does a module's task somewhere; `Hands.perform` is one."""

    def __call__(
        self, task: ModuleTask, *, log: Log, stopped: Callable[[], bool]
    ) -> Done:
        """What came of it, or the refusal."""


class Verdict(Struct, frozen=True):
    """How a run ended."""

    verb: Verb
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a run works with."""

    catalogue: VersionedCatalogue
    cache: FolderCache
    perform: Perform
    clock: Clock
    tell: Callable[[NodeRun], None]
    """Called from several threads with each news of a node."""
    stopped: Callable[[], bool]
    most: int = MOST_AT_ONCE


class Conduct:
    """One run in progress."""

    def __init__(
        self,
        experiment: Experiment,
        saved: Mapping[str, SavedPart],
        stage: Stage,
        *,
        before: Mapping[str, NodeRun] | None = None,
        salt: str = "",
    ) -> None:
        """`before` is what another worker already did of this run; `salt` goes into
        the keys of nodes that are not to use what they gave before."""
        self._experiment, self._saved, self._stage = experiment, saved, stage
        self._before, self._salt = before or {}, salt
        self._wiring = Wiring(experiment.graph)
        self._keys: dict[str, tuple[str, Place]] = {}
        self.nodes: dict[str, NodeRun] = {}

    def __repr__(self) -> str:
        return f"<Conduct: {len(self.nodes)} of {len(self._wiring.nodes)} nodes>"

    def run(self) -> Verdict:
        """Run all nodes; a module's refusal ends its node and those behind it."""
        check(self._experiment, self._stage.catalogue)
        waiting = {name: self._wiring.feeding(name) for name in self._wiring.order()}
        going: dict[Future[NodeRun], str] = {}
        with ThreadPoolExecutor(self._stage.most, "node") as threads:
            while waiting or going:
                if not self._stage.stopped():
                    self._start_ready(waiting, going, threads)
                elif not going:
                    break
                done, _ = wait(going, LOOK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    name = going.pop(future)
                    self.nodes[name] = future.result()
        for name in waiting:
            self._stage.tell(NodeRun(node_id=name, message=CANCELLED))
        return self._verdict(waiting)

    def _start_ready(
        self,
        waiting: dict[str, set[str]],
        going: dict[Future[NodeRun], str],
        threads: ThreadPoolExecutor,
    ) -> None:
        for name, fed_by in list(waiting.items()):
            if not fed_by <= self.nodes.keys():
                continue
            del waiting[name]
            if all(self.nodes[each].state == "Finished" for each in fed_by):
                going[threads.submit(self._node, name)] = name
            else:
                self.nodes[name] = NodeRun(node_id=name, message=BEHIND)
                self._stage.tell(self.nodes[name])

    def _verdict(self, waiting: Mapping[str, object]) -> Verdict:
        states = {node.state for node in self.nodes.values()}
        if waiting or "Canceled" in states:
            return Verdict("cancel")
        for name in self._wiring.nodes:
            if self.nodes[name].state == "Failed":
                module = self._stage.catalogue.find(self._wiring.nodes[name].module_id)
                message = self.nodes[name].message
                return Verdict("fail", f"{module.name} ({name}): {message}")
        return Verdict("finish")

    def _node(self, name: str) -> NodeRun:
        attempt = _Attempt(name, self._stage)
        try:
            node = self._wiring.nodes[name]
            ended = self._outcome(node, attempt)
        except BramkaError as error:
            ended = attempt.ended("Failed", message=error.message)
        except Cancelled:
            ended = attempt.ended("Canceled", message=CANCELLED)
        except Exception as error:
            # Whatever goes wrong here, the run must come to an end.
            told = f"{type(error).__name__}: {error}"
            ended = attempt.ended("Failed", message=f"The studio broke off: {told}")
        self._stage.tell(ended)
        return ended

    def _outcome(self, node: Node, attempt: "_Attempt") -> NodeRun:
        module = self._stage.catalogue.find(node.module_id)
        inputs = self._inputs(node, module)
        key = self._key(node, module, {port: each[0] for port, each in inputs.items()})
        cache = self._stage.cache
        known = self._before.get(node.id)
        facts = cache.facts(key)
        cached = facts is not None
        if facts is None:
            task = ModuleTask(
                module=module.name,
                settings=settings_of(node, self._experiment),
                inputs={port: place for port, (_, place) in inputs.items()},
                folder=str(cache.draft(key)),
            )
            attempt.begin()
            facts = self._compute(key, task, attempt)
        self._place_outputs(node, key, facts)
        if known is not None and known.state == "Finished" and _same(known, key):
            return known
        outputs = {
            port: Output(key=key, type=each.type, rows=each.rows, size=each.size)
            for port, each in facts.items()
        }
        if cached:
            attempt.log(CACHED)
        return attempt.ended("Finished", cached=cached, outputs=outputs)

    def _compute(
        self, key: str, task: ModuleTask, attempt: "_Attempt"
    ) -> dict[str, Facts]:
        stage = self._stage
        done = stage.perform(task, log=attempt.log, stopped=stage.stopped)
        stage.cache.take(key, stage.cache.draft_of(key))
        return done.facts

    def _inputs(
        self, node: Node, module: UntypedModule
    ) -> dict[str, tuple[str, Place]]:
        """What stands on each input: the key of its content, and where it is."""
        found = {}
        for port in module.inputs:
            place = port_id(node.id, port.name)
            source = self._wiring.source_of.get(place)
            if source is not None:
                found[port.name] = self._keys[source]
                continue
            given = self._wiring.inputs.get(place)
            if given is None or given.saved_id is None:
                continue
            if given.saved_id not in self._saved:
                raise Missing(
                    f"There is no saved {given.saved_id!r} in this workspace; was it "
                    "deleted?"
                )
            part = self._saved[given.saved_id]
            found[port.name] = (part.digest, part.place)
        return found

    def _key(self, node: Node, module: UntypedModule, inputs: Mapping[str, str]) -> str:
        """The same for the same code, parameters and inputs, and for nothing else."""
        settings = module.settle(settings_of(node, self._experiment))
        code = [self._stage.catalogue.code_version, module.family, "stored"]
        fresh = not node.use_previous_results or _looks_again(module, settings)
        salt = self._salt if fresh else ""
        return digest_of([code, to_builtins(settings), dict(inputs), salt])

    def _place_outputs(self, node: Node, key: str, facts: Mapping[str, Facts]) -> None:
        folder = str(self._stage.cache.folder_of(key))
        for port in facts:
            place = Place(folder, stem_of(port))
            self._keys[port_id(node.id, port)] = (digest_of([key, port]), place)


class _Attempt:
    """What is told of one node while it runs."""

    def __init__(self, name: str, stage: Stage) -> None:
        self._stage = stage
        self._lock = threading.Lock()
        now = stage.clock.now()
        self._now = NodeRun(node_id=name, state="Running", started=now)

    def begin(self) -> None:
        self._stage.tell(self._now)

    def log(self, text: str) -> None:
        """More of what the module prints; of very much the end is kept."""
        with self._lock:
            whole = (self._now.log + text.replace("\x00", ""))[-LONGEST_LOG:]
            self._now = msgspec.structs.replace(self._now, log=whole)
        self._stage.tell(self._now)

    def ended(self, state: str, **more: object) -> NodeRun:
        if "message" in more:
            more["message"] = str(more["message"])[:LONGEST_MESSAGE]
        changes = {"state": state, "ended": self._stage.clock.now(), **more}
        return msgspec.structs.replace(self._now, **changes)


def _looks_again(module: UntypedModule, settings: Struct) -> bool:
    """Whether a module reads or writes outside in every run ("Use cached results")."""
    return module.reach is not None and not getattr(settings, "cached", True)


def _same(known: NodeRun, key: str) -> bool:
    return all(output.key == key for output in known.outputs.values())
