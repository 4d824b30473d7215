"""Copying an experiment, with the data it takes, from one workspace to another."""

import os
import shutil
from urllib.parse import parse_qsl, urlsplit

import msgspec
from starlette.responses import Response

from bramka.domain.errors import Conflict, Invalid, Missing, Unsupported
from bramka.domain.learning.graph import Experiment, InputPort, Node
from bramka.domain.learning.saved import Saved
from bramka.domain.learning.secret import recognised, without_secrets
from bramka.domain.learning.snapshot import Snapshot, saved_ids
from bramka.store.experiment import add_experiment, document_of, experiment_by_id
from bramka.store.saved import add_saved, list_saved, saved_by_ids
from bramka.store.studio_activity import (
    Activity,
    ActivityKind,
    activity_by_id,
    note_activity,
)
from bramka.store.transaction import Transaction
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way
from bramka.studio_rest.signature import admit, credential

PACKAGE = "package/"


def pack(call: Call) -> Response:
    """`POST packages?experimentid=`: a location that another workspace unpacks."""
    # The old client writes a slash behind the id.
    wanted = call.query.get("experimentid", "").strip("/")
    with call.site.store.writing() as transaction:
        found = experiment_by_id(transaction, call.workspace, wanted)
        body = {"experiment": found.id}
        activity = _note(call, transaction, "pack", body)
        return as_json(_entry(activity, _location(call, activity, transaction.now)))


def unpack(call: Call) -> Response:
    """`PUT packages?packageUri=`: a copy here; only what was packed here is known."""
    if call.query.get("communityUri") or call.query.get("entityId"):
        raise Unsupported(
            "The Gallery is gone with the cloud service; import a graph file instead.",
            target="communityUri",
        )
    place, query = _place(call.query.get("packageUri", ""))
    with call.site.store.writing() as transaction:
        pepper = transaction.vault.pepper
        admit(pepper, place, query, transaction.now)
        packed = activity_by_id(transaction, place.removeprefix(PACKAGE), "pack")
        source = packed.workspace_id
        snapshot = experiment_by_id(transaction, source, packed.body["experiment"])
        document = document_of(transaction, source, snapshot.id)
        copied = _copy_saved(call, transaction, source, document)
        draft = Snapshot(
            id="",
            workspace_id=call.workspace,
            family="",
            name=snapshot.name,
            summary=snapshot.summary,
            creator=call.who[:320],
        )
        # Who unpacks may be somebody else than who wrote the secrets down.
        open_ = without_secrets(recognised(document, call.site.modules()))
        moved = _with_ids(open_, copied)
        made = add_experiment(transaction, call.site.chance, draft, moved)
        activity = _note(call, transaction, "unpack", {"experiment": made.id})
    return as_json(_entry(activity, None))


def status(call: Call) -> Response:
    """`GET packages?packageActivityId=` or `?unpackActivityId=`."""
    kind: ActivityKind = "pack"
    wanted = call.query.get("packageActivityId")
    if wanted is None:
        kind, wanted = "unpack", call.query.get("unpackActivityId", "")
    with call.site.store.reading() as transaction:
        found = activity_by_id(transaction, wanted, kind)
        if found.workspace_id != call.workspace:
            raise Missing(f"There is no activity '{wanted}'.", target="activityId")
        place = _location(call, found, transaction.now) if kind == "pack" else None
    return as_json(_entry(found, place))


def _copy_saved(
    call: Call, transaction: Transaction, source: str, document: Experiment
) -> dict[str, str]:
    """Ids before → ids here; what is here already with that content is used."""
    found = saved_by_ids(transaction, source, saved_ids(document))
    return {before: _copy(call, transaction, saved) for before, saved in found.items()}


def _copy(call: Call, transaction: Transaction, saved: Saved) -> str:
    here = list_saved(transaction, call.workspace, saved.kind)
    for known in here:
        if known.digest == saved.digest and known.data_type == saved.data_type:
            return known.id
    content = call.site.chance.hex(16)
    before = call.site.content(saved.content)
    if not before.exists():
        raise Conflict(f"The content of '{saved.name}' is gone.")
    shutil.copytree(before, call.site.content(content), copy_function=os.link)
    taken = {known.name for known in here}
    draft = msgspec.structs.replace(
        saved,
        workspace_id=call.workspace,
        family=call.site.chance.hex(16),
        name=_free_name(saved.name, taken),
        content=content,
    )
    return add_saved(transaction, draft, None).id


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 1
    while f"{name[:240]} ({number})" in taken:
        number += 1
    return f"{name[:240]} ({number})"


def _with_ids(document: Experiment, ids: dict[str, str]) -> Experiment:
    nodes = tuple(_node(node, ids) for node in document.graph.module_nodes)
    graph = msgspec.structs.replace(document.graph, module_nodes=nodes)
    return msgspec.structs.replace(document, graph=graph)


def _node(node: Node, ids: dict[str, str]) -> Node:
    ports = tuple(_port(port, ids) for port in node.input_ports_internal)
    return msgspec.structs.replace(node, input_ports_internal=ports)


def _port(port: InputPort, ids: dict[str, str]) -> InputPort:
    changes = {
        name: ids.get(value, value)
        for name in ("data_source_id", "trained_model_id", "transform_module_id")
        if (value := getattr(port, name))
    }
    return msgspec.structs.replace(port, **changes)


def _place(uri: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(uri)
    _, found, activity = parts.path.partition("/contents/" + PACKAGE)
    if not found:
        raise Invalid(
            "The packageUri is none that was given out here; pack the experiment "
            "first (POST packages).",
            target="packageUri",
        )
    return PACKAGE + activity, dict(parse_qsl(parts.query))


def _note(
    call: Call, transaction: Transaction, kind: ActivityKind, body: dict[str, str]
) -> Activity:
    chance = call.site.chance
    return note_activity(transaction, chance, call.workspace, kind, "Complete", body)


def _location(call: Call, activity: Activity, now: float) -> str:
    place = PACKAGE + activity.id
    pepper = call.site.store.vault.pepper
    base = call.site.console_url.rstrip("/")
    return f"{base}/contents/{place}{credential(pepper, place, now)}"


def _entry(activity: Activity, location: str | None) -> dict[str, object]:
    return {
        "ActivityId": activity.id,
        "Status": activity.status,
        "Location": location,
        "ItemsComplete": 1,
        "ItemsPending": 0,
        "ExperimentId": activity.body["experiment"],
    }


_LIST = "api/workspaces/{workspace}/packages"
WAYS = (
    Way("POST", _LIST, pack),
    Way("PUT", _LIST, unpack),
    Way("GET", _LIST, status),
)
