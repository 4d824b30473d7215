"""Runs of experiments in the database: leases, fences, news, and their end."""

import pytest
from tests.store.test_saved import workspace_in

from bramka.domain.errors import Conflict, IllegalStep, Missing, Stale
from bramka.domain.learning.graph import Experiment, Graph, Node
from bramka.domain.learning.snapshot import NodeRun, Output, Snapshot
from bramka.store.experiment import (
    add_experiment,
    begin_run,
    delete_experiments,
    document_of,
    experiment_by_id,
    keep_ended,
    list_experiments,
    nodes_of,
    request_cancel,
    save_draft,
)
from bramka.store.experiment_run import LEASE_SECONDS, RunLedger
from bramka.store.transaction import Store
from bramka.testing import FakeChance

DOCUMENT = Experiment(graph=Graph(module_nodes=(Node(id="n1", module_id="m"),)))
QUEUED = [NodeRun(node_id="n1", state="Queued")]


def draft_in(
    store: Store, workspace: str, chance: FakeChance | None = None
) -> Snapshot:
    with store.writing() as transaction:
        draft = Snapshot(id="", workspace_id=workspace, family="", name="Tried")
        return add_experiment(transaction, chance or FakeChance(), draft, DOCUMENT)


def running_in(store: Store) -> Snapshot:
    draft = draft_in(store, workspace_in(store))
    with store.writing() as transaction:
        return begin_run(transaction, draft, QUEUED)


def test_one_worker_holds_a_run_and_tells_of_it(store: Store) -> None:
    run = running_in(store)
    first, second = (RunLedger(store.engine, store.clock, owner=o) for o in "ab")
    held = first.claim()
    assert held is not None
    assert held.document == DOCUMENT
    assert held.nodes[0].state == "Queued"
    assert second.claim() is None
    done = NodeRun(
        node_id="n1", state="Finished", outputs={"out": Output(key="k", type="Zip")}
    )
    assert first.tell(held, {"n1": done})
    assert first.end(held, "finish")
    with store.reading() as transaction:
        assert nodes_of(transaction, run.id) == [done]
        found = experiment_by_id(transaction, run.workspace_id, run.id)
        assert (found.state, found.revision) == ("Finished", 3)
    assert not first.has_work()


def test_a_run_done_elsewhere_took_as_long_as_its_nodes(store: Store) -> None:
    draft = draft_in(store, workspace_in(store))
    nodes = [
        NodeRun(node_id="n1", state="Finished", started=10.0, ended=12.5),
        NodeRun(node_id="n2", state="Finished", started=12.5, ended=14.0),
    ]
    with store.writing() as transaction:
        kept = keep_ended(transaction, draft, nodes)
    assert (kept.state, kept.started, kept.ended) == ("Finished", 10.0, 14.0)


def test_who_lost_a_run_says_nothing_more_of_it(store: Store) -> None:
    running_in(store)
    first, second = (RunLedger(store.engine, store.clock, owner=o) for o in "ab")
    lost = first.claim()
    assert lost is not None
    first.abandon()
    held = second.claim()
    assert held is not None
    assert (held.fence, held.attempt) == (lost.fence + 1, 2)
    assert not first.tell(lost, {})
    assert not first.hold(lost)
    assert not first.end(lost, "fail")
    assert second.hold(held)
    assert LEASE_SECONDS > 0


def test_a_cancelled_run_is_heard_of_at_the_next_hold(store: Store) -> None:
    run = running_in(store)
    ledger = RunLedger(store.engine, store.clock, owner="a")
    held = ledger.claim()
    assert held is not None
    assert ledger.hold(held)
    with store.writing() as transaction:
        request_cancel(transaction, run)
        with pytest.raises(Conflict, match="cancel it first"):
            delete_experiments(transaction, run.workspace_id, [run])
    assert not ledger.hold(held)
    assert ledger.end(held, "cancel")
    with store.writing() as transaction:
        ended = experiment_by_id(transaction, run.workspace_id, run.id)
        with pytest.raises(IllegalStep):
            request_cancel(transaction, ended)
        with pytest.raises(IllegalStep, match="does not change"):
            save_draft(transaction, FakeChance(), ended, DOCUMENT, None)
        delete_experiments(transaction, run.workspace_id, [ended])
        with pytest.raises(Missing):
            document_of(transaction, run.workspace_id, run.id)


def test_a_draft_is_run_once_and_saved_in_turn(store: Store) -> None:
    chance = FakeChance()
    draft = draft_in(store, workspace_in(store), chance)
    with store.writing() as transaction:
        saved = save_draft(transaction, chance, draft, DOCUMENT, draft.etag)
        with pytest.raises(Stale):
            save_draft(transaction, chance, draft, DOCUMENT, draft.etag)
        begin_run(transaction, saved, QUEUED)
        with pytest.raises(Conflict):
            begin_run(transaction, saved, QUEUED)


def test_the_newest_of_a_family_stands_for_it(store: Store) -> None:
    chance = FakeChance()
    first = draft_in(store, workspace_in(store), chance)
    with store.writing() as transaction:
        child = Snapshot(
            id="",
            workspace_id=first.workspace_id,
            family=first.family,
            parent_id=first.id,
            name="Next",
        )
        second = add_experiment(transaction, chance, child, DOCUMENT)
        listed = list_experiments(transaction, first.workspace_id)
        assert [each.id for each in listed] == [second.id]
        delete_experiments(transaction, first.workspace_id, [second])
        listed = list_experiments(transaction, first.workspace_id)
        assert [each.id for each in listed] == [first.id]
