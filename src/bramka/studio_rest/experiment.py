"""Experiments: listed, read, saved, run, cancelled, copied, deleted."""

import msgspec
from starlette.responses import Response

from bramka.domain.errors import Detail, Invalid, Missing
from bramka.domain.learning.experiment import faults_of, shortages_of
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.saved import check_description, check_name
from bramka.domain.learning.secret import masked, recognised
from bramka.domain.learning.snapshot import (
    NodeRun,
    Snapshot,
    chosen_nodes,
    part_up_to,
    saved_ids,
)
from bramka.store.experiment import (
    add_experiment,
    begin_run,
    delete_experiments,
    document_of,
    draft_behind,
    experiment_by_id,
    list_experiments,
    nodes_of,
    request_cancel,
    save_draft,
)
from bramka.store.listing import page_of_experiments
from bramka.store.saved import saved_by_ids
from bramka.store.transaction import Transaction
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.experiment_entry import list_entry, whole_entry
from bramka.studio_rest.listing import as_page, wanted_page
from bramka.studio_rest.router import Way
from bramka.studio_rest.submission import Submission, submission

UNNAMED = "Experiment"


def list_(call: Call) -> Response:
    """`GET experiments`: the newest snapshot of each, or `?family=` its history."""
    wanted, family = wanted_page(call), call.query.get("family")
    if wanted is not None:
        with call.site.store.reading() as transaction:
            some, total = page_of_experiments(
                transaction, call.workspace, wanted, family
            )
        return as_page([list_entry(each) for each in some], total)
    with call.site.store.reading() as transaction:
        found = list_experiments(transaction, call.workspace, family)
    return as_json([list_entry(each) for each in found])


def read(call: Call) -> Response:
    """`GET experiments/{id}`: the whole document."""
    with call.site.store.reading() as transaction:
        return as_json(_whole(call, transaction, call.parts["id"]))


def copy(call: Call) -> Response:
    """`POST experiments`: a new experiment, of a graph or as a copy."""
    sent = submission(call)
    before = Experiment()
    with call.site.store.reading() as transaction:
        if sent.parent_experiment_id:
            before = _parent(call, transaction, sent)
    document = sent.document(before, call.site.modules())
    if not sent.is_draft:
        refuse_faults(call, document)
    with call.site.store.writing() as transaction:
        made = _add(call, transaction, sent, document, None)
        if not sent.is_draft:
            made = begin_run(transaction, made, queued(document))
        return as_json(list_entry(made))


def save_or_run(call: Call) -> Response:
    """`POST experiments/{id}`: a draft is saved or becomes a run.

    What has ended never changes: the draft behind it is saved or run, which is made
    if there is none.
    """
    sent = submission(call)
    with call.site.store.reading() as transaction:
        before = document_of(transaction, call.workspace, call.parts["id"])
    document = sent.document(before, call.site.modules())
    if not sent.is_draft:
        refuse_faults(call, document)
    with call.site.store.writing() as transaction:
        target = experiment_by_id(transaction, call.workspace, call.parts["id"])
        if target.state != "InDraft":
            behind = draft_behind(transaction, target)
            target = behind or _add(call, transaction, sent, document, target)
        kept = msgspec.structs.replace(
            target,
            name=_name(sent, target.name),
            summary=check_description(sent.summary or target.summary),
        )
        made = save_draft(transaction, call.site.chance, kept, document, sent.etag)
        if not sent.is_draft:
            made = begin_run(transaction, made, queued(document))
        return as_json(list_entry(made))


def validate(call: Call) -> Response:
    """`POST experiments/{id}/validate`: what keeps it from running, node by node."""
    sent = submission(call)
    before = Experiment()
    if "id" in call.parts:
        with call.site.store.reading() as transaction:
            before = document_of(transaction, call.workspace, call.parts["id"])
    document = sent.document(before, call.site.modules())
    faults = faults_here(call, document)
    # What this machine misses keeps nobody from trying: workers may have it.
    shortages = shortages_of(document, call.site.modules())
    told = [
        {"NodeId": each.target, "Code": each.code, "Message": each.message}
        for each in (*faults, *shortages)
    ]
    return as_json({"IsValid": not faults, "Faults": told})


def cancel(call: Call) -> Response:
    """`POST experiments/{id}/cancel`."""
    with call.site.store.writing() as transaction:
        found = experiment_by_id(transaction, call.workspace, call.parts["id"])
        request_cancel(transaction, found)
    return as_json({})


def delete(call: Call) -> Response:
    """`DELETE experiments/{id}`: with `deleteAncestors=true` those before it too."""
    with call.site.store.writing() as transaction:
        found = experiment_by_id(transaction, call.workspace, call.parts["id"])
        gone = [found]
        if call.flag("deleteAncestors"):
            gone = _with_ancestors(
                found, list_experiments(transaction, call.workspace, found.family)
            )
        delete_experiments(transaction, call.workspace, gone)
    return as_json({})


def faults_here(call: Call, document: Experiment) -> list[Detail]:
    """Faults of the part that is to run, missing datasets among them."""
    chosen = chosen_nodes(document)
    if chosen:
        document = part_up_to(document, chosen)
    faults = faults_of(document, call.site.modules())
    if not document.graph.module_nodes:
        faults.append(Detail("Empty", "", "Drag a module onto the canvas first."))
    with call.site.store.reading() as transaction:
        known = saved_by_ids(transaction, call.workspace, saved_ids(document))
    for node in document.graph.module_nodes:
        for port in node.input_ports_internal:
            if port.saved_id is not None and port.saved_id not in known:
                message = f"What stands on {port.name!r} is not in this workspace."
                faults.append(Detail("MissingSaved", node.id, message))
    return faults


def refuse_faults(call: Call, document: Experiment) -> None:
    """Invalid, with a message for each node, when it cannot run."""
    faults = faults_here(call, document)
    if faults:
        first = faults[0]
        where = f"Node {first.target!r}: " if first.target else ""
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        raise Invalid(
            f"The experiment cannot run. {where}{first.message}{more}",
            target=first.target,
            details=tuple(faults),
        )


def queued(document: Experiment) -> list[NodeRun]:
    """The nodes of a run that begins."""
    chosen = chosen_nodes(document)
    part = part_up_to(document, chosen) if chosen else document
    wanted = {node.id for node in part.graph.module_nodes}
    return [
        NodeRun(node_id=node.id, state="Queued")
        if node.id in wanted
        else NodeRun(node_id=node.id, message="It is not a part of this run.")
        for node in document.graph.module_nodes
    ]


def _whole(call: Call, transaction: Transaction, wanted: str) -> dict[str, object]:
    snapshot = experiment_by_id(transaction, call.workspace, wanted)
    document = document_of(transaction, call.workspace, wanted)
    nodes = [
        msgspec.structs.replace(node, log="")
        for node in nodes_of(transaction, snapshot.id)
    ]
    shown = masked(recognised(document, call.site.modules()))
    return whole_entry(snapshot, shown, nodes)


def _parent(call: Call, transaction: Transaction, sent: Submission) -> Experiment:
    """The experiment that a copy is made of; one that is sent whole may have none."""
    try:
        return document_of(transaction, call.workspace, sent.parent_experiment_id)
    except Missing:
        if not sent.told:
            raise
        return Experiment()


def _add(
    call: Call,
    transaction: Transaction,
    sent: Submission,
    document: Experiment,
    parent: Snapshot | None,
) -> Snapshot:
    draft = Snapshot(
        id="",
        workspace_id=call.workspace,
        family=parent.family if parent else "",
        parent_id=parent.id if parent else None,
        name=_name(sent, document.description),
        summary=check_description(document.summary or ""),
        category=sent.category[:64] or "user",
        creator=call.who[:320],
    )
    return add_experiment(transaction, call.site.chance, draft, document)


def _name(sent: Submission, before: str) -> str:
    return check_name(sent.description or before or UNNAMED, "experiment")


def _with_ancestors(found: Snapshot, family: list[Snapshot]) -> list[Snapshot]:
    known = {each.id: each for each in family}
    gone = [found]
    while gone[-1].parent_id in known:
        before = known.pop(gone[-1].parent_id or "")
        gone.append(before)
    return gone


_LIST = "api/workspaces/{workspace}/experiments"
_ONE = _LIST + "/{id}"
WAYS = (
    Way("GET", _LIST, list_),
    Way("POST", _LIST, copy),
    Way("POST", _LIST + "/validate", validate),
    Way("GET", _ONE, read),
    Way("POST", _ONE, save_or_run),
    Way("DELETE", _ONE, delete),
    Way("POST", _ONE + "/validate", validate),
    Way("POST", _ONE + "/cancel", cancel),
)
