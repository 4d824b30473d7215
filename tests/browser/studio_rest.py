"""The Studio REST through a page's own session, to set a stage for the studio."""

from typing import Any

from playwright.sync_api import Page
from tests.journeys.running import eventually

from bramka.app.demo.service import EXPERIMENT

GLOBAL = "506153734175476c4f62416c57734963"


def ask(page: Page, method: str, path: str, body: object = None) -> Any:
    """One call below the workspace; what it answers."""
    session = page.request.get("/session").json()
    answer = page.request.fetch(
        f"/api/workspaces/{session['workspace']}/{path}",
        method=method,
        headers={"X-CSRF-Token": session["csrf"]},
        data=body,
    )
    assert answer.ok, answer.text()
    return answer.json()


def module_ids(page: Page) -> dict[str, str]:
    """The id of each module by its name."""
    return {each["Name"]: each["Id"] for each in ask(page, "GET", "modules")}


def dataset_id(page: Page, name: str) -> str:
    found = ask(page, "GET", "datasources")
    return str(next(each["Id"] for each in found if each["Name"] == name))


def demo_service(page: Page) -> str:
    """The id of the web service that the demo brings."""
    workspace = page.request.get("/session").json()["workspace"]
    place = f"/workspaces/{workspace}/webservices?count=50&search={EXPERIMENT}"
    found = page.request.get(place).json()["Value"]
    return str(next(one["Id"] for one in found if one["Name"] == EXPERIMENT))


def node(name: str, module: str, inputs: dict[str, str], **settings: str) -> object:
    """A node with datasets on its inputs."""
    return {
        "Id": name,
        "ModuleId": module,
        "ModuleParameters": [
            {"Name": key.replace("_", " "), "Value": value}
            for key, value in settings.items()
        ],
        "InputPortsInternal": [
            {"Name": port, "NodeId": name, "DataSourceId": dataset or None}
            for port, dataset in inputs.items()
        ],
    }


def make_experiment(
    page: Page,
    name: str,
    nodes: list[object],
    edges: list[tuple[str, str]] | None = None,
    *,
    run: bool = False,
    service: object = None,
) -> str:
    """An experiment, as a draft or run to its end; its id."""
    made = ask(
        page,
        "POST",
        "experiments",
        {
            "Description": name,
            "IsDraft": not run,
            "Graph": {
                "ModuleNodes": nodes,
                "EdgesInternal": [
                    {"SourceOutputPortId": one, "DestinationInputPortId": other}
                    for one, other in edges or []
                ],
            },
            "WebService": service or {},
        },
    )
    found = str(made["ExperimentId"])
    if run:
        eventually(lambda: _ended(page, found))
    return found


def _ended(page: Page, experiment: str) -> bool:
    told = ask(page, "GET", f"experiments/{experiment}")
    return told["Status"]["StatusCode"] not in ("Running", "InDraft")
