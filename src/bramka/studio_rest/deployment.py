"""Deploying an experiment that has run as a web service."""

import msgspec
from starlette.responses import Response

from bramka.domain.errors import Conflict, Missing
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.snapshot import Snapshot, saved_ids
from bramka.store.experiment import document_of, experiment_by_id, nodes_of
from bramka.store.saved import saved_by_ids
from bramka.store.service import Publication, publish_service
from bramka.store.service_api import follow_definition
from bramka.store.studio_activity import Activity, activity_by_id, note_activity
from bramka.studio.conduct import SavedPart
from bramka.studio.definition import definition_of
from bramka.studio.finished import finished_run
from bramka.studio.package import prepare
from bramka.studio.run import Run
from bramka.studio.task import Place
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way
from bramka.studio_rest.saved_file import DATA


def deploy(call: Call) -> Response:
    """`POST experiments/{id}/webservice`: published when the answer comes."""
    snapshot, document, run = _finished(call)
    modules = call.site.modules()
    with call.site.store.reading() as transaction:
        found = saved_by_ids(transaction, call.workspace, saved_ids(document))
    package = prepare(
        document,
        run,
        modules,
        name=snapshot.name,
        description=snapshot.summary,
        names={each.id: each.name for each in found.values()},
    )
    name = call.site.packages.keep(package)
    publication = Publication(
        workspace_id=call.workspace,
        name=snapshot.name,
        package=name,
        description=snapshot.summary,
        experiment_id=f"{call.workspace}.f-id.{snapshot.family}",
    )
    with call.site.store.writing() as transaction:
        published = publish_service(transaction, call.site.chance, publication)
        follow_definition(
            transaction, published.endpoint, lambda: package.contents.definition
        )
        body = {
            "WebServiceGroupId": published.service.id,
            "EndpointId": published.endpoint.id,
        }
        activity = note_activity(
            transaction,
            call.site.chance,
            call.workspace,
            "deploy",
            "Completed",
            body,
        )
    return as_json(_entry(activity))


def progress(call: Call) -> Response:
    """`GET experiments/{activity}/webservice`."""
    with call.site.store.reading() as transaction:
        found = activity_by_id(transaction, call.parts["id"], "deploy")
    if found.workspace_id != call.workspace:
        raise Missing("There is no such activity in this workspace.")
    return as_json(_entry(found))


def definition(call: Call) -> Response:
    """`GET experiments/{id}/webservicedefinition`: what would be published."""
    snapshot, document, run = _finished(call)
    told = definition_of(document, run, call.site.modules(), snapshot.name)
    whole: dict[str, object] = msgspec.to_builtins(told)
    graph = msgspec.to_builtins(document.graph)
    return as_json({**whole, "graph": graph, "experimentId": snapshot.id})


def _finished(call: Call) -> tuple[Snapshot, Experiment, Run]:
    with call.site.store.reading() as transaction:
        wanted = call.parts["id"]
        snapshot = experiment_by_id(transaction, call.workspace, wanted)
        if snapshot.state != "Finished":
            raise Conflict(
                f"The experiment is {snapshot.state}; run it to its end first.",
                target="ExperimentId",
            )
        document = document_of(transaction, call.workspace, wanted)
        document = msgspec.structs.replace(document, description=snapshot.name)
        nodes = {node.node_id: node for node in nodes_of(transaction, snapshot.id)}
        found = saved_by_ids(transaction, call.workspace, saved_ids(document))
    saved = {
        name: SavedPart(Place(str(call.site.content(each.content)), DATA), each.digest)
        for name, each in found.items()
    }
    modules = call.site.modules()
    run = finished_run(document, nodes, saved, call.site.results, modules)
    return snapshot, document, run


def _entry(activity: Activity) -> dict[str, object]:
    return {"ActivityId": activity.id, "Status": activity.status, **activity.body}


_ONE = "api/workspaces/{workspace}/experiments/{id}"
WAYS = (
    Way("POST", _ONE + "/webservice", deploy),
    Way("GET", _ONE + "/webservice", progress),
    Way("GET", _ONE + "/webservicedefinition", definition),
)
