"""The second journey: adult census, trained, turned predictive, published, called."""

import csv
import io
import json
from typing import Any

import numpy as np
import pytest
from azure.storage.blob import BlobServiceClient
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OneHotEncoder
from tests.journeys.running import Reply, Running, eventually
from tests.journeys.test_studio import Studio

from bramka.catalogue import shelf
from bramka.catalogue._learning import training
from bramka.domain.learning.column_selector import ColumnSelector, Rule
from bramka.domain.learning.delimited import write_delimited
from bramka.studio.stand_ins import adult_census_income

LABEL = "income"
ROWS = 3_000
NUMBERS = ("age", "fnlwgt", "education-num", "capital-gain", "capital-loss")
HOURS = "hours-per-week"
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def studio(demo: Running) -> Studio:
    return Studio(demo)


def node(name: str, module: str, data: str | None = None, **given: str) -> Any:
    return {
        "Id": name,
        "ModuleId": shelf().module_id(module),
        "ModuleParameters": [
            {"Name": key, "Value": value, "ValueType": "Literal"}
            for key, value in given.items()
        ],
        "InputPortsInternal": [
            {
                "Name": port.name,
                "NodeId": name,
                "DataSourceId": data if port.name == "Dataset" else None,
            }
            for port in shelf().find(module).inputs
        ],
    }


def census(dataset: str) -> dict[str, Any]:
    features = ColumnSelector(
        rules=(
            Rule(rule_type="AllColumns"),
            Rule(rule_type="ColumnNames", columns=(LABEL,), exclude=True),
        )
    ).stored()
    cleaning = {"Columns to be cleaned": features, "Cleaning mode": "Remove entire row"}
    split = {"Fraction of rows in the first output dataset": "0.7", "Random seed": "7"}
    label = {"Label column": ColumnSelector.of_names(LABEL).stored()}
    edges = (
        "clean:Cleaned dataset > split:Dataset",
        "trees:Untrained model > train:Untrained model",
        "split:Results dataset1 > train:Dataset",
        "train:Trained model > score:Trained model",
        "split:Results dataset2 > score:Dataset",
        "score:Scored dataset > judge:Scored dataset",
    )
    return {
        "Description": "Census",
        "IsDraft": False,
        "ExperimentGraph": {
            "ModuleNodes": [
                node("clean", "Clean Missing Data", dataset, **cleaning),
                node("split", "Split Data", **split),
                node("trees", "Two-Class Boosted Decision Tree"),
                node("train", "Train Model", **label),
                node("score", "Score Model"),
                node("judge", "Evaluate Model"),
            ],
            "EdgesInternal": [
                dict(
                    zip(
                        ("SourceOutputPortId", "DestinationInputPortId"),
                        text.split(" > "),
                        strict=True,
                    )
                )
                for text in edges
            ],
        },
    }


def rows_of(studio: Studio, run: str, port: str) -> Rows:
    reply = studio.demo.call(
        "GET",
        f"/api/workspaces/{studio.workspace}/experiments/{run}/outputdata/{port}"
        "?format=csv",
        base="console_url",
        x_ms_metaanalytics_authorizationtoken=studio.token,
    )
    assert reply.status == 200, reply.body
    return list(csv.DictReader(io.StringIO(reply.body.decode())))


def encoded(rows: Rows, known: dict[str, list[str]]) -> Any:
    parts = []
    for name in rows[0]:
        column = [[row[name]] for row in rows]
        if name in known:
            encoder = OneHotEncoder(
                categories=[known[name]], handle_unknown="ignore", sparse_output=False
            )
            parts.append(encoder.fit_transform(column))
        elif name != LABEL:
            parts.append(np.array(column, dtype=float))
    return np.hstack(parts)


def direct(train: Rows, test: Rows) -> tuple[Any, Any]:
    """Whether each test row is rich, and what scikit-learn itself gives for it."""
    known = {
        name: sorted({row[name] for row in train})
        for name in train[0]
        if name not in (*NUMBERS, HOURS, LABEL)
    }
    rich = [np.array([row[LABEL] == ">50K" for row in rows]) for rows in (train, test)]
    model = HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_iter=100,
        max_leaf_nodes=20,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    )
    with training():
        model.fit(encoded(train, known), rich[0])
    return rich[1], model.predict_proba(encoded(test, known))[:, 1]


def test_from_the_census_to_scores_that_scikit_learn_gives(
    demo: Running, studio: Studio
) -> None:
    content = write_delimited(adult_census_income(ROWS))
    dataset = studio.upload(content, "Census of the journey", "GenericCSV")
    trained = studio.api("POST", "/experiments/", census(dataset))["ExperimentId"]
    done = studio.ended(trained)
    assert done["Status"]["StatusCode"] == "Finished", done
    train = rows_of(studio, trained, "split/Results%20dataset1")
    test = rows_of(studio, trained, "split/Results%20dataset2")
    truth, wanted = direct(train, test)
    [judged] = rows_of(studio, trained, "judge/Evaluation%20results")
    area = roc_auc_score(truth, wanted)
    assert float(judged["AUC"]) == pytest.approx(area, abs=1e-9)

    made = studio.api("POST", f"/experiments/{trained}/predictive", {})
    assert made["LabelDropped"] == LABEL
    assert [each["Name"] for each in made["Saved"]] == [
        "Census [trained model]",
        "Census [trained transform]",
    ]
    draft = f"/experiments/{made['ExperimentId']}"
    run = studio.api("POST", draft, {"IsDraft": False})
    done = studio.ended(run["ExperimentId"])
    assert done["Status"]["StatusCode"] == "Finished", done["NodeStatuses"]
    deployed = studio.api("POST", f"/experiments/{done['ExperimentId']}/webservice")
    place = f"/workspaces/{studio.workspace}/webservices"
    service = f"{place}/{deployed['WebServiceGroupId']}"
    endpoint = studio.call("GET", f"{service}/endpoints/default")
    path = endpoint["ApiLocation"].removeprefix(demo.run["services_url"])
    names = [name for name in test[0] if name != LABEL]
    values = [[row[name] for name in names] for row in test]

    def called() -> Any:
        reply = demo.call(
            "POST",
            f"{path}/execute?api-version=2.0&details=true",
            {"Inputs": {"input1": {"ColumnNames": names, "Values": values}}},
            base="services_url",
            Authorization=f"Bearer {endpoint['PrimaryKey']}",
            Content_Type="application/json",
        )
        return json.loads(reply.body) if reply.status == 200 else None

    table = eventually(called)["Results"]["output1"]["value"]
    assert table["ColumnNames"][-2:] == ["Scored Labels", "Scored Probabilities"]
    found = np.array([float(row[-1]) for row in table["Values"]])
    assert found == pytest.approx(wanted, abs=1e-9)
    assert roc_auc_score(truth, found) == pytest.approx(area, abs=1e-9)

    managed = studio.call("POST", f"{service}/manage", {"addServiceKey": True})
    body = {"Inputs": {"input1": {"ColumnNames": names, "Values": values[:2]}}}

    def through_the_gateway() -> Any:
        reply = demo.call(
            "POST",
            f"/{managed['ApiPath']}{path}/execute?api-version=2.0&details=true",
            body,
            Ocp_Apim_Subscription_Key=demo.demo["unlimited_key"],
            Content_Type="application/json",
        )
        return json.loads(reply.body) if reply.status == 200 else None

    answer = eventually(through_the_gateway)["Results"]["output1"]["value"]
    assert answer["Values"] == table["Values"][:2]


def test_a_retrained_model_replaces_that_of_an_added_endpoint(
    demo: Running, studio: Studio
) -> None:
    services = studio.call("GET", f"/workspaces/{studio.workspace}/webservices")
    predicting = next(each for each in services if each["Name"].startswith("Census ["))
    place = f"/workspaces/{studio.workspace}/webservices"
    endpoints = f"{place}/{predicting['Id']}/endpoints"
    added = studio.call("PUT", f"{endpoints}/second", {})
    assert [each["Name"] for each in added["Resources"]] == [
        "Census [trained transform]",
        "Census [trained model]",
    ]

    # The training experiment as a service: rows in, a model out.
    dataset = studio.upload(
        write_delimited(adult_census_income(400)), "Few of the census", "GenericCSV"
    )
    body = census(dataset)
    body["Description"] = "Census retraining"
    body["WebService"] = {
        "IsWebServiceExperiment": True,
        "Inputs": [{"Id": "i", "PortId": "clean:Dataset", "Name": "input1"}],
        "Outputs": [
            {"Id": "m", "PortId": "train:Trained model", "Name": "model"},
            {"Id": "o", "PortId": "judge:Evaluation results", "Name": "output1"},
        ],
    }
    run = studio.api("POST", "/experiments/", body)["ExperimentId"]
    assert studio.ended(run)["Status"]["StatusCode"] == "Finished"
    deployed = studio.api("POST", f"/experiments/{run}/webservice")
    training_at = f"{place}/{deployed['WebServiceGroupId']}/endpoints/default"
    trainer = studio.call("GET", training_at)
    results = batch(demo, trainer, write_delimited(adult_census_income(600, seed=5)))
    model = results["model"]
    assert model["RelativeLocation"].endswith(".ilearner")

    names = [column for column in header() if column != LABEL]
    row = dict(zip(header(), adult_census_income(1).frame.row(0), strict=True))
    asked = {
        "Inputs": {
            "input1": {"ColumnNames": names, "Values": [[row[n] for n in names]]}
        }
    }

    def scored(endpoint: Any) -> Any:
        path = endpoint["ApiLocation"].removeprefix(demo.run["services_url"])
        reply = demo.call(
            "POST",
            f"{path}/execute?api-version=2.0",
            asked,
            base="services_url",
            Authorization=f"Bearer {endpoint['PrimaryKey']}",
        )
        assert reply.status in (200, 404), reply.body
        if reply.status == 404:
            return None
        return reply.json()["Results"]["output1"]["value"]["Values"][0][-1]

    default = studio.call("GET", f"{endpoints}/default")
    before = eventually(lambda: scored(added))
    assert scored(default) == before
    patch = {"Resources": [{"Name": "Census [trained model]", "Location": model}]}
    refused = patched(demo, studio, f"{endpoints}/default", patch)
    assert refused.status == 409
    wrong = {"Resources": [{"Name": "No such", "Location": model}]}
    assert patched(demo, studio, f"{endpoints}/second", wrong).status == 400
    assert patched(demo, studio, f"{endpoints}/second", patch).status == 204
    eventually(lambda: scored(added) != before)
    assert scored(default) == before
    kept = studio.call(
        "POST", f"{endpoints}/second/refresh", {"OverwriteResources": "True"}
    )
    assert kept == {}
    eventually(lambda: scored(added) == before)


def header() -> list[str]:
    return list(adult_census_income(1).names)


def patched(demo: Running, studio: Studio, path: str, body: object) -> Reply:
    return demo.call(
        "PATCH",
        path,
        body,
        base="console_url",
        Authorization=f"Bearer {studio.token}",
    )


def batch(demo: Running, endpoint: Any, rows: bytes) -> Any:
    """The results of a batch job over these rows."""
    store = demo.demo["blobs_connection_string"]
    account = BlobServiceClient.from_connection_string(store)
    with account:
        container = account.get_container_client("retraining")
        if not container.exists():
            container.create_container()
        container.upload_blob("rows.csv", rows, overwrite=True)
    path = endpoint["ApiLocation"].removeprefix(demo.run["services_url"])

    def call(method: str, rest: str, body: object = None) -> Any:
        reply = demo.call(
            method,
            f"{path}/{rest}?api-version=2.0",
            body,
            base="services_url",
            Authorization=f"Bearer {endpoint['PrimaryKey']}",
        )
        assert reply.status in (200, 204, 404), reply.body
        return reply.json() if reply.status == 200 else None

    given = {"ConnectionString": store, "RelativeLocation": "retraining/rows.csv"}
    there = {"ConnectionString": store, "RelativeLocation": "retraining/m.ilearner"}
    body = {"Inputs": {"input1": given}, "Outputs": {"model": there}}
    job = eventually(lambda: call("POST", "jobs", body))
    call("POST", f"jobs/{job}/start")

    def ended() -> Any:
        told = call("GET", f"jobs/{job}")
        assert told["StatusCode"] != "Failed", told
        return told["Results"]

    return eventually(ended)
