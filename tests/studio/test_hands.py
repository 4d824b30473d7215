"""Hands: a module that dies, eats memory or never ends fails alone."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from tests.studio.odd_hand import Odd

from bramka.app.clock import SystemClock
from bramka.catalogue import shelf
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
)
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.snapshot import NodeRun
from bramka.domain.learning.table import Table
from bramka.studio.cache import FolderCache
from bramka.studio.conduct import Conduct, Stage
from bramka.studio.hands import Cancelled, Hands, Limits
from bramka.studio.stored import keep
from bramka.studio.task import Done, ModuleTask

HAND = [sys.executable, str(Path(__file__).with_name("odd_hand.py"))]
ROWS = Table.of(pl.DataFrame({"a": [1]}))
LIMITS = Limits(memory=260 << 20, seconds=90.0)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("src", ".")))
    monkeypatch.setenv("BRAMKA_DATABASE", "a secret address")
    working = Hands(HAND, SystemClock(), most=2, limits=LIMITS)
    yield working
    working.close()


def done(hands: Hands, module: str, folder: Path) -> Done:
    return hands.perform(ModuleTask(module, {}, {}, str(folder)))


@pytest.mark.parametrize(
    ("module", "number", "told"),
    [
        ("die", 1000, "ended with SIGKILL; it may have run out of memory"),
        ("leave", 1000, "ended with exit code 7"),
        ("eat", 138, "Memory has been exhausted"),
        ("gulp", 138, "Memory has been exhausted"),
        ("break_", 1000, "ZeroDivisionError: one by none"),
    ],
)
def test_what_a_module_breaks_on_is_told(
    hands: Hands, tmp_path: Path, module: str, number: int, told: str
) -> None:
    with pytest.raises(ModuleError) as caught:
        done(hands, module, tmp_path)
    assert caught.value.number == number
    assert told in caught.value.text
    # The next one finds a hand that works.
    assert done(hands, "speak", tmp_path / "next").facts["Results dataset"].rows == 0


def test_a_module_that_never_ends_is_stopped(hands: Hands, tmp_path: Path) -> None:
    hasty = Hands(HAND, SystemClock(), limits=Limits(seconds=1.0))
    with pytest.raises(ModuleError, match="ran longer than 1 s"):
        done(hasty, "sleep", tmp_path)
    assert hasty.free == []
    hasty.close()


def test_a_hand_is_warm_and_replaced_when_it_was_killed(
    hands: Hands, tmp_path: Path
) -> None:
    done(hands, "speak", tmp_path)
    before = hands.free
    done(hands, "speak", tmp_path)
    assert hands.free == before
    os.kill(before[0], signal.SIGKILL)
    os.waitid(os.P_PID, before[0], os.WEXITED | os.WNOWAIT)
    done(hands, "speak", tmp_path)
    assert hands.free != before


def test_what_a_module_prints_is_heard_while_it_runs_and_bounded(
    hands: Hands, tmp_path: Path
) -> None:
    heard: list[str] = []
    task = ModuleTask("speak", {}, {}, str(tmp_path))
    hands.perform(task, log=heard.append)
    text = "".join(heard)
    assert text.startswith("half way\nxxx")
    assert 200_000 < len(text) <= 262_144


def test_a_task_nobody_wants_is_given_up(hands: Hands, tmp_path: Path) -> None:
    unwanted = threading.Event()
    threading.Timer(0.8, unwanted.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        hands.perform(
            ModuleTask("sleep", {}, {}, str(tmp_path)), stopped=unwanted.is_set
        )
    # The module would sleep for a minute and a half.
    assert time.monotonic() - began < 60


def experiment(*nodes: tuple[str, str, str | None]) -> Experiment:
    """Nodes of (id, module, the one before)."""
    return Experiment(
        graph=Graph(
            module_nodes=tuple(
                Node(
                    id=name,
                    module_id=module,
                    input_ports_internal=(InputPort(name="After", node_id=name),),
                )
                for name, module, _ in nodes
            ),
            edges_internal=tuple(
                Edge(
                    source_output_port_id=f"{before}:Results dataset",
                    destination_input_port_id=f"{name}:After",
                )
                for name, _, before in nodes
                if before
            ),
        )
    )


def test_a_run_that_is_cancelled_stops_what_runs(hands: Hands, tmp_path: Path) -> None:
    begun, unwanted = threading.Event(), threading.Event()
    told: dict[str, str] = {}

    def tell(node: NodeRun) -> None:
        told[node.node_id] = node.state
        if node.state == "Running":
            begun.set()

    def cancel() -> None:
        begun.wait(90)
        unwanted.set()

    stage = Stage(
        catalogue=Odd(),
        cache=FolderCache(tmp_path),
        perform=hands.perform,
        clock=SystemClock(),
        tell=tell,
        stopped=unwanted.is_set,
    )
    graph = experiment(("a", "sleep", None), ("b", "speak", "a"))
    conduct = Conduct(graph, {}, stage)
    threading.Thread(target=cancel).start()
    assert conduct.run().verb == "cancel"
    assert {name: node.state for name, node in conduct.nodes.items()} == {
        "a": "Canceled"
    }
    # Nothing waits any more for what was not begun.
    assert told == {"a": "Canceled", "b": "NotStarted"}
    assert hands.free == []


def test_nodes_that_do_not_wait_for_each_other_run_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=90)

    def perform(task: ModuleTask, **_: object) -> Done:
        together.wait()
        return Done(facts={"Results dataset": keep(Path(task.folder), "r", ROWS)})

    stage = Stage(
        catalogue=Odd(),
        cache=FolderCache(tmp_path),
        perform=perform,
        clock=SystemClock(),
        tell=lambda _: None,
        stopped=lambda: False,
        most=3,
    )
    graph = experiment(("a", "speak", None), ("b", "leave", None), ("c", "die", None))
    assert Conduct(graph, {}, stage).run().verb == "finish"


def test_one_node_that_dies_harms_nothing_else(hands: Hands, tmp_path: Path) -> None:
    news: list[NodeRun] = []
    stage = Stage(
        catalogue=Odd(),
        cache=FolderCache(tmp_path),
        perform=hands.perform,
        clock=SystemClock(),
        tell=news.append,
        stopped=lambda: False,
    )
    graph = experiment(
        ("killer", "die", None),
        ("eater", "eat", None),
        ("good", "speak", None),
        ("behind good", "speak", "good"),
        ("behind killer", "speak", "killer"),
    )
    conduct = Conduct(graph, {}, stage)
    verdict = conduct.run()
    assert verdict.verb == "fail"
    assert {name: node.state for name, node in conduct.nodes.items()} == {
        "killer": "Failed",
        "eater": "Failed",
        "good": "Finished",
        "behind good": "Finished",
        "behind killer": "NotStarted",
    }
    assert "SIGKILL" in conduct.nodes["killer"].message
    assert "Error 0138" in conduct.nodes["eater"].message
    assert conduct.nodes["good"].log.endswith("x")
    assert [n.state for n in news if n.node_id == "behind killer"] == ["NotStarted"]


@pytest.mark.parametrize(("asked", "times"), [("False", 2), ("True", 1)])
def test_what_reads_outside_reads_in_every_run_unless_asked_not_to(
    tmp_path: Path, asked: str, times: int
) -> None:
    performed = []

    def perform(task: ModuleTask, **_: object) -> Done:
        performed.append(task.module)
        return Done(facts={"Results dataset": keep(Path(task.folder), "r", ROWS)})

    stage = Stage(
        catalogue=shelf(),
        cache=FolderCache(tmp_path),
        perform=perform,
        clock=SystemClock(),
        tell=lambda _: None,
        stopped=lambda: False,
    )
    given = ModuleParameter(name="Use cached results", value=asked)
    node = Node(id="n", module_id="Import Data", module_parameters=(given,))
    graph = Experiment(graph=Graph(module_nodes=(node,)))
    for run in ("first", "second"):
        assert Conduct(graph, {}, stage, salt=run).run().verb == "finish"
    assert len(performed) == times
    # A worker that goes on with a run does not read again what the other one read.
    assert Conduct(graph, {}, stage, salt="second").run().verb == "finish"
    assert len(performed) == times
