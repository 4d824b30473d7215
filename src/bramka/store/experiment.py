"""Experiments: drafts and immutable runs, in families that came from one another."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import RowMapping, Select, delete, insert, select, update

from bramka.domain.clock import Chance
from bramka.domain.errors import Conflict, IllegalStep, Missing, Stale
from bramka.domain.learning.experiment import next_state
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.snapshot import NodeRun, Output, Snapshot, experiment_id
from bramka.store.database import queue_writers
from bramka.store.experiment_tables import ANNOTATION, EXPERIMENT, EXPERIMENT_NODE
from bramka.store.sealed_document import opened_document, sealed_text
from bramka.store.transaction import Transaction

_ROW = EXPERIMENT.c
_TOLD = [_ROW[name] for name in Snapshot.__struct_fields__]
_RELEASED = {"fence": 0, "owner": "", "leased": 0.0, "until": 0.0, "attempts": 0}
MOST_LISTED = 5_000


def add_experiment(
    transaction: Transaction,
    chance: Chance,
    draft: Snapshot,
    document: Experiment,
) -> Snapshot:
    """A new draft; with a parent it is the next snapshot of that family."""
    drawn = chance.hex(16)
    made = msgspec.structs.replace(
        draft,
        id=experiment_id(draft.workspace_id, drawn),
        family=draft.family or drawn,
        state="InDraft",
        created=transaction.now,
        changed=transaction.now,
        etag=chance.hex(16),
        leaf=True,
    )
    if made.parent_id is not None:
        transaction.connection.execute(
            update(EXPERIMENT).where(_ROW.family == made.family).values(leaf=False)
        )
    transaction.connection.execute(
        insert(EXPERIMENT).values(
            **msgspec.structs.asdict(made),
            document=sealed_text(document, transaction.vault.cipher, made.id),
            **_RELEASED,
        )
    )
    return made


def experiment_by_id(transaction: Transaction, workspace: str, wanted: str) -> Snapshot:
    """One snapshot of this workspace, or Missing."""
    row = _row(transaction, select(*_TOLD), workspace, wanted)
    return Snapshot(**row)


def document_of(transaction: Transaction, workspace: str, wanted: str) -> Experiment:
    """The graph of a snapshot."""
    row = _row(transaction, select(_ROW.document), workspace, wanted)
    return opened_document(row["document"], transaction.vault.cipher, wanted)


def list_experiments(
    transaction: Transaction, workspace: str, family: str | None = None
) -> list[Snapshot]:
    """The newest snapshot of each family, or all of one, the newest first."""
    query = select(*_TOLD).where(_ROW.workspace_id == workspace)
    query = (
        query.where(_ROW.leaf) if family is None else query.where(_ROW.family == family)
    )
    query = query.order_by(_ROW.changed.desc(), _ROW.id).limit(MOST_LISTED)
    rows = transaction.connection.execute(query).mappings()
    return [Snapshot(**row) for row in rows]


def draft_behind(transaction: Transaction, snapshot: Snapshot) -> Snapshot | None:
    """The draft that was made of a snapshot that has ended, if there is one."""
    query = select(*_TOLD).where(
        _ROW.parent_id == snapshot.id, _ROW.state == "InDraft", _ROW.leaf
    )
    row = transaction.connection.execute(query.limit(1)).mappings().one_or_none()
    return None if row is None else Snapshot(**row)


def save_draft(
    transaction: Transaction,
    chance: Chance,
    before: Snapshot,
    document: Experiment,
    etag: str | None,
) -> Snapshot:
    """Another content of a draft; Stale when somebody else changed it first."""
    queue_writers(transaction.connection, f"experiment {before.family}")
    row = _row(transaction, select(*_TOLD), before.workspace_id, before.id)
    current = Snapshot(**row)
    if current.state != "InDraft":
        raise IllegalStep(
            f"The experiment is {current.state}: a run does not change. Save a copy."
        )
    if etag and etag != current.etag:
        raise Stale(
            "Somebody else has changed the draft meanwhile; read it again.",
            target="Etag",
        )
    changed = msgspec.structs.replace(
        current,
        name=before.name,
        summary=before.summary,
        changed=transaction.now,
        etag=chance.hex(16),
    )
    transaction.connection.execute(
        update(EXPERIMENT)
        .where(_ROW.id == current.id)
        .values(
            name=changed.name,
            summary=changed.summary,
            changed=changed.changed,
            etag=changed.etag,
            document=sealed_text(document, transaction.vault.cipher, current.id),
        )
    )
    return changed


def begin_run(
    transaction: Transaction, snapshot: Snapshot, nodes: Sequence[NodeRun]
) -> Snapshot:
    """A draft becomes a run, to be taken up by a worker."""
    state = next_state(snapshot.state, "run")
    changed = update(EXPERIMENT).where(
        _ROW.id == snapshot.id, _ROW.state == snapshot.state
    )
    values = {"state": state, "started": transaction.now, "changed": transaction.now}
    raised = changed.values(**values, detail="", cancel=False, revision=1)
    if transaction.connection.execute(raised).rowcount != 1:
        raise Conflict("The experiment was run by somebody else meanwhile.")
    keep_nodes(transaction, snapshot.id, nodes)
    return experiment_by_id(transaction, snapshot.workspace_id, snapshot.id)


def keep_ended(
    transaction: Transaction, snapshot: Snapshot, nodes: Sequence[NodeRun]
) -> Snapshot:
    """Note a run done elsewhere that has finished: as long as its nodes took."""
    begin_run(transaction, snapshot, nodes)
    now = transaction.now
    started = min([each.started for each in nodes if each.started] or [now])
    ended = max([each.ended for each in nodes if each.ended] or [now])
    finished = update(EXPERIMENT).where(_ROW.id == snapshot.id)
    state = next_state("Running", "finish")
    transaction.connection.execute(
        finished.values(state=state, started=started, ended=ended)
    )
    return experiment_by_id(transaction, snapshot.workspace_id, snapshot.id)


def request_cancel(transaction: Transaction, snapshot: Snapshot) -> None:
    """Ask whoever runs it to stop."""
    next_state(snapshot.state, "cancel")
    asking = update(EXPERIMENT).where(_ROW.id == snapshot.id, _ROW.state == "Running")
    transaction.connection.execute(
        asking.values(cancel=True, revision=_ROW.revision + 1)
    )


def delete_experiments(
    transaction: Transaction, workspace: str, snapshots: Sequence[Snapshot]
) -> None:
    """Forget snapshots; Conflict while one of them runs."""
    running = [each.id for each in snapshots if each.state == "Running"]
    if running:
        raise Conflict(f"'{running[0]}' runs; cancel it first.")
    ids = [each.id for each in snapshots]
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        run = transaction.connection.execute
        run(delete(EXPERIMENT_NODE).where(EXPERIMENT_NODE.c.experiment_id.in_(some)))
        run(delete(ANNOTATION).where(ANNOTATION.c.experiment_id.in_(some)))
        run(delete(EXPERIMENT).where(_ROW.id.in_(some), _ROW.workspace_id == workspace))
    _choose_leaf(transaction, snapshots[0].family)


def nodes_of(transaction: Transaction, experiment: str) -> list[NodeRun]:
    """How the nodes of a run are doing."""
    query = select(EXPERIMENT_NODE).where(EXPERIMENT_NODE.c.experiment_id == experiment)
    return [node_in(row) for row in transaction.connection.execute(query).mappings()]


def node_of(transaction: Transaction, experiment: str, node: str) -> NodeRun:
    """How one node is doing, or Missing."""
    query = select(EXPERIMENT_NODE).where(
        EXPERIMENT_NODE.c.experiment_id == experiment,
        EXPERIMENT_NODE.c.node_id == node,
    )
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Missing(f"The run has no node '{node[:128]}'.", target="node")
    return node_in(row)


def result_keys(transaction: Transaction, *, running: bool = False) -> set[str]:
    """The results that experiments tell of, or only those that run now."""
    query = select(EXPERIMENT_NODE.c.outputs).where(EXPERIMENT_NODE.c.outputs != "{}")
    if running:
        going = select(_ROW.id).where(_ROW.state == "Running")
        query = query.where(EXPERIMENT_NODE.c.experiment_id.in_(going))
    told = transaction.connection.execute(query).scalars()
    nodes = (msgspec.json.decode(each, type=dict[str, Output]) for each in told)
    return {output.key for outputs in nodes for output in outputs.values()}


def keep_nodes(
    transaction: Transaction, experiment: str, nodes: Sequence[NodeRun]
) -> None:
    """Begin anew with these nodes."""
    transaction.connection.execute(
        delete(EXPERIMENT_NODE).where(EXPERIMENT_NODE.c.experiment_id == experiment)
    )
    if nodes:
        rows = [{"experiment_id": experiment, **node_row(each)} for each in nodes]
        transaction.connection.execute(insert(EXPERIMENT_NODE), rows)


def node_row(node: NodeRun) -> dict[str, object]:
    """The columns of a node."""
    values = msgspec.structs.asdict(node)
    return {**values, "outputs": msgspec.json.encode(node.outputs).decode()}


def node_in(row: RowMapping) -> NodeRun:
    outputs = msgspec.json.decode(row["outputs"], type=dict[str, Output])
    values = {name: row[name] for name in NodeRun.__struct_fields__}
    return NodeRun(**{**values, "outputs": outputs})


def _row(
    transaction: Transaction,
    query: Select[tuple[object, ...]],
    workspace: str,
    id_: str,
) -> RowMapping:
    query = query.where(_ROW.id == id_, _ROW.workspace_id == workspace)
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Missing(
            f"There is no experiment '{id_[:128]}' in this workspace.",
            target="ExperimentId",
        )
    return row


def _choose_leaf(transaction: Transaction, family: str) -> None:
    """After a deletion the newest of those left stands for the family."""
    newest = (
        select(_ROW.id)
        .where(_ROW.family == family)
        .order_by(_ROW.created.desc(), _ROW.id.desc())
        .limit(1)
    )
    left = transaction.connection.execute(newest).scalar()
    if left is not None:
        transaction.connection.execute(
            update(EXPERIMENT).where(_ROW.id == left).values(leaf=True)
        )
