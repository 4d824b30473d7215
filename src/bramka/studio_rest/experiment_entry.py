"""How experiments and their nodes are told to clients."""

from collections.abc import Mapping, Sequence

import msgspec

from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.snapshot import NodeRun, Snapshot
from bramka.studio_rest.call import date_text


def status_entry(snapshot: Snapshot) -> dict[str, object]:
    """The state of a snapshot as Studio writes it."""
    return {
        "StatusCode": snapshot.state,
        "StatusDetail": snapshot.detail,
        "CreationTime": date_text(snapshot.created),
        "StartTime": date_text(snapshot.started),
        "EndTime": date_text(snapshot.ended),
        "Metadata": None,
    }


def list_entry(snapshot: Snapshot) -> dict[str, object]:
    """One line of the list, with every field that one of the old clients asks for."""
    return {
        "ExperimentId": snapshot.id,
        "RunId": snapshot.id,
        "JobId": snapshot.family,
        "VersionId": snapshot.etag,
        "FamilyId": snapshot.family,
        "ParentExperimentId": snapshot.parent_id,
        "OriginalExperimentDocumentationLink": None,
        "Description": snapshot.name,
        "Summary": snapshot.summary,
        "Creator": snapshot.creator,
        "Category": snapshot.category,
        "Etag": snapshot.etag,
        "IsLeaf": snapshot.leaf,
        "IsArchived": False,
        "ChangedTime": date_text(snapshot.changed),
        "Status": status_entry(snapshot),
    }


def whole_entry(
    snapshot: Snapshot, document: Experiment, nodes: Sequence[NodeRun]
) -> dict[str, object]:
    """The document that is exported and imported, with how its run is doing."""
    whole = msgspec.structs.replace(
        document,
        experiment_id=snapshot.id,
        run_id=snapshot.id,
        parent_experiment_id=snapshot.parent_id,
        description=snapshot.name,
        summary=snapshot.summary,
        status=status_entry(snapshot),
        etag=snapshot.etag,
        node_statuses=[node_entry(node) for node in nodes],
        creator=snapshot.creator,
        is_leaf=snapshot.leaf,
        disable_nodes_update=False,
        category=snapshot.category,
        tags=document.tags or [],
        is_partial_run=bool(document.is_partial_run),
    )
    told: dict[str, object] = msgspec.to_builtins(whole)
    return {**told, "FamilyId": snapshot.family, "Revision": snapshot.revision}


def node_entry(node: NodeRun) -> dict[str, object]:
    """How one node is doing."""
    return {
        "NodeId": node.node_id,
        "Status": {
            "StatusCode": node.state,
            "StatusDetail": node.message,
            "CreationTime": date_text(node.started),
            "StartTime": date_text(node.started),
            "EndTime": date_text(node.ended),
            "Metadata": None,
        },
        "Cached": node.cached,
        "Outputs": _outputs(node),
        "StandardErrorEndpoint": None,
        "StandardOutEndpoint": None,
        "OutputEndpoints": [],
        "MetadataOutputEndpoints": [],
    }


def _outputs(node: NodeRun) -> list[Mapping[str, object]]:
    return [
        {"Name": port, "Type": each.type, "RowCount": each.rows, "Size": each.size}
        for port, each in node.outputs.items()
    ]
