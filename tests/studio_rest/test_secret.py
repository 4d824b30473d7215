"""Secrets in graphs: masked when shown, sealed where kept, given to the worker."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update
from tests.studio_rest.studio import Studio
from tests.studio_rest.test_experiment import GLOBAL, ended

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.worker.laboratory import Laboratory
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.secret import MASK
from bramka.store.experiment import document_of
from bramka.store.experiment_tables import EXPERIMENT

IMPORT = f"{GLOBAL}.4e1b0fe6aded4b3fa36f39b8862b9004.v1-default-1"
KEY = "c2VjcmV0LWtleS1vZi1hbi1hY2NvdW50"
OTHER = "YW5vdGhlci1rZXktb2YtYW4tYWNjb3VudA=="


def importing(**settings: str | None) -> dict[str, Any]:
    given = {
        "Please Specify Data Source": "Azure Blob Storage",
        "Account Name": "nowhere",
        "Account Key": KEY,
        "Path to container or directory or blob": "data/a.csv",
        **{name.replace("_", " "): value for name, value in settings.items()},
    }
    node = {
        "Id": "n1",
        "ModuleId": IMPORT,
        "ModuleParameters": [
            {"Name": name, "Value": value, "ValueType": "Literal"}
            for name, value in given.items()
        ],
        "InputPortsInternal": [],
        "OutputPortsInternal": [],
    }
    return {
        "Description": "Imports",
        "IsDraft": True,
        "ExperimentGraph": {"ModuleNodes": [node], "EdgesInternal": []},
    }


def shown_key(experiment: dict[str, Any]) -> str | None:
    (node,) = experiment["Graph"]["ModuleNodes"]
    values = {each["Name"]: each["Value"] for each in node["ModuleParameters"]}
    found: str | None = values["Account Key"]
    return found


def kept_key(studio: Studio, experiment: str) -> str | None:
    with studio.store.reading() as transaction:
        found = document_of(transaction, studio.workspace, experiment)
    (node,) = found.graph.module_nodes
    return next(p.value for p in node.module_parameters if p.name == "Account Key")


def text_at_rest(studio: Studio, experiment: str) -> str:
    query = select(EXPERIMENT.c.document).where(EXPERIMENT.c.id == experiment)
    with studio.store.reading() as transaction:
        return str(transaction.connection.execute(query).scalar_one())


@pytest.fixture(scope="module")
def imports(studio: Studio) -> str:
    return str(studio.post("/experiments/", importing())["ExperimentId"])


def test_a_key_is_masked_where_it_is_shown_and_sealed_where_it_is_kept(
    studio: Studio, imports: str
) -> None:
    shown = studio.call("GET", f"/experiments/{imports}")
    assert KEY not in shown.text
    assert shown_key(shown.json()) == MASK
    assert KEY not in text_at_rest(studio, imports)
    assert kept_key(studio, imports) == KEY


def test_a_mask_that_comes_back_leaves_the_key_and_another_replaces_it(
    studio: Studio, imports: str
) -> None:
    graph = studio.get(f"/experiments/{imports}")["Graph"]
    studio.post(f"/experiments/{imports}", {"IsDraft": True, "ExperimentGraph": graph})
    assert kept_key(studio, imports) == KEY
    studio.post(f"/experiments/{imports}", importing(Account_Key=OTHER))
    assert kept_key(studio, imports) == OTHER
    studio.post(f"/experiments/{imports}", importing(Account_Key=None))
    assert kept_key(studio, imports) is None
    studio.post(f"/experiments/{imports}", importing())


def test_a_copy_keeps_the_key_and_what_was_exported_does_not_hold_it(
    studio: Studio, imports: str
) -> None:
    exported = studio.get(f"/experiments/{imports}")
    body = {"IsDraft": True, "ExperimentGraph": exported["Graph"]}
    copied = studio.post("/experiments/", {**body, "ParentExperimentId": imports})
    assert kept_key(studio, copied["ExperimentId"]) == KEY
    imported = studio.post("/experiments/", body)
    assert kept_key(studio, imported["ExperimentId"]) is None
    with studio.other() as other:
        stolen = {**body, "ParentExperimentId": imports}
        there = other.post("/experiments/", stolen)["ExperimentId"]
        assert kept_key(other, there) is None


def test_a_key_in_a_web_service_parameter_is_a_secret_too(studio: Studio) -> None:
    body = importing()
    (node,) = body["ExperimentGraph"]["ModuleNodes"]
    for each in node["ModuleParameters"]:
        if each["Name"] == "Account Key":
            each.update(Value=None, LinkedGlobalParameter="the key")
    told = {"Name": "the key", "ParameterType": "String", "DefaultValue": KEY}
    parameter = {"Name": "the key", "Value": KEY, "ParameterDefinition": told}
    body["WebService"] = {"Parameters": [parameter]}
    made = studio.post("/experiments/", body)["ExperimentId"]
    assert KEY not in studio.call("GET", f"/experiments/{made}").text
    assert KEY not in text_at_rest(studio, made)
    with studio.store.reading() as transaction:
        found = document_of(transaction, studio.workspace, made)
    assert found.web_service.parameters[0].value == KEY


def test_a_graph_of_an_older_version_is_read_and_sealed_when_it_is_saved(
    studio: Studio,
) -> None:
    made = studio.post("/experiments/", importing())["ExperimentId"]
    body = importing()
    body["Graph"] = body.pop("ExperimentGraph")
    text = msgspec.json.encode(msgspec.convert(body, Experiment)).decode()
    older = update(EXPERIMENT).where(EXPERIMENT.c.id == made).values(document=text)
    with studio.store.writing() as transaction:
        transaction.connection.execute(older)
    assert KEY in text_at_rest(studio, made)
    shown = studio.get(f"/experiments/{made}")
    assert shown_key(shown) == MASK
    body = {"IsDraft": True, "ExperimentGraph": shown["Graph"]}
    studio.post(f"/experiments/{made}", body)
    assert kept_key(studio, made) == KEY
    assert KEY not in text_at_rest(studio, made)


def test_names_of_old_graphs_are_those_of_the_catalogue_afterwards(
    studio: Studio,
) -> None:
    body = importing()
    (node,) = body["ExperimentGraph"]["ModuleNodes"]
    node["ModuleParameters"][0]["Name"] = "Data source"
    made = studio.post("/experiments/", body)["ExperimentId"]
    (kept,) = studio.get(f"/experiments/{made}")["Graph"]["ModuleNodes"]
    assert kept["ModuleParameters"][0]["Name"] == "Please Specify Data Source"


def test_the_history_of_a_run_does_not_tell_the_key(studio: Studio) -> None:
    working = Laboratory(studio.settings, studio.store, SystemClock(), SystemChance())
    working.start()
    try:
        made = studio.post("/experiments/", {**importing(), "IsDraft": False})
        done = ended(studio, made["ExperimentId"])
    finally:
        working.stop()
    assert done["Status"]["StatusCode"] == "Failed"
    assert "Error 0030" in done["Status"]["StatusDetail"]
    assert KEY not in str(done)
    path = f"/experiments/{made['ExperimentId']}/nodes/n1/log"
    assert KEY not in studio.call("GET", path).text
