"""The article's Appendix A by REST only: from an upload to the sample call."""

import os
import signal
from typing import Any

import pytest
from tests.journeys.running import ARTICLE_BODY, PATIENCE, Running, eventually

from bramka.domain.learning.column_selector import ColumnSelector

GLOBAL = "506153734175476c4f62416c57734963"
SELECT = f"{GLOBAL}.1ec722fab6234e26a44ea50c6d726223.v1-default-1"
HASH = f"{GLOBAL}.c9a826602d9c411d81224d9e0b3ce92a.v1-default-1"
COL2 = ColumnSelector.of_names("Col2").stored()
BLOCK = 2 << 20


class Studio:
    """The demo's workspace by the REST that the old clients speak."""

    def __init__(self, demo: Running) -> None:
        self.demo, self.workspace = demo, demo.demo["workspace"]
        bearer = f"Bearer {demo.demo['management']['token']}"
        told = demo.call(
            "GET",
            f"/api/workspaces/{self.workspace}",
            base="console_url",
            Authorization=bearer,
        ).json()
        self.token = told["AuthorizationToken"]["PrimaryToken"]

    def call(self, method: str, path: str, body: object = None) -> Any:
        reply = self.demo.call(
            method,
            path,
            body,
            base="console_url",
            x_ms_metaanalytics_authorizationtoken=self.token,
            Content_Type="application/json;charset=UTF8",
        )
        assert reply.status == 200, (reply.status, reply.body)
        return reply.json() if reply.body else None

    def api(self, method: str, path: str, body: object = None) -> Any:
        return self.call(method, f"/api/workspaces/{self.workspace}{path}", body)

    def upload(
        self, content: bytes, name: str, kind: str = "GenericTSVNoHeader"
    ) -> str:
        """In blocks of 2 MiB, as the Python client does."""
        begun = f"/api/resourceuploads/workspaces/{self.workspace}/?userStorage=true"
        upload = self.call("POST", f"{begun}&dataTypeId={kind}")["Id"]
        blocks = [content[n : n + BLOCK] for n in range(0, len(content), BLOCK)]
        for number, block in enumerate(blocks):
            self.call(
                "POST",
                f"/api/blobuploads/workspaces/{self.workspace}/?numberOfBlocks="
                f"{len(blocks)}&blockId={number}&uploadId={upload}&dataTypeId={kind}",
                block,
            )
        source = {"Name": name, "DataTypeId": kind, "Description": "", "FamilyId": None}
        body = {"DataSource": source, "UploadId": upload, "ClientPoll": True}
        return str(self.api("POST", "/datasources", body))

    def ended(self, experiment: str, seconds: float = PATIENCE) -> Any:
        def look() -> Any:
            told = self.api("GET", f"/experiments/{experiment}")
            return told if told["Status"]["StatusCode"] != "Running" else None

        return eventually(look, seconds)


@pytest.fixture(scope="module")
def studio(demo: Running) -> Studio:
    return Studio(demo)


def graph(dataset: str, bits: int = 3) -> dict[str, Any]:
    def node(name: str, module: str, data: str | None, **given: str) -> Any:
        return {
            "Id": name,
            "ModuleId": module,
            "ModuleParameters": [
                {"Name": key.replace("_", " "), "Value": value, "ValueType": "Literal"}
                for key, value in given.items()
            ],
            "InputPortsInternal": [
                {"Name": "Dataset", "NodeId": name, "DataSourceId": data}
            ],
        }

    hashing = {"Target column(s)": COL2, "Hashing bitsize": str(bits)}
    return {
        "Description": "Appendix A",
        "IsDraft": False,
        "ExperimentGraph": {
            "ModuleNodes": [
                node("n1", SELECT, dataset, Select_Columns=COL2),
                node("n2", HASH, None, **hashing),
            ],
            "EdgesInternal": [
                {
                    "SourceOutputPortId": "n1:Results dataset",
                    "DestinationInputPortId": "n2:Dataset",
                }
            ],
        },
        "WebService": {
            "IsWebServiceExperiment": True,
            "Inputs": [{"Id": "i", "PortId": "n2:Dataset", "Name": "input1"}],
            "Outputs": [
                {"Id": "o", "PortId": "n2:Transformed dataset", "Name": "output1"}
            ],
        },
    }


def reviews(rows: int = 4_000) -> bytes:
    return b"".join(
        b"%d\tThis is a good day, the %dth\n" % (n % 5, n) for n in range(rows)
    )


def test_from_an_upload_to_the_sample_call(demo: Running, studio: Studio) -> None:
    dataset = studio.upload(reviews(), "Reviews of the journey")
    page = studio.api("GET", f"/datasources/{dataset}/rows?count=1")
    assert page["values"] == [["0", "This is a good day, the 0th"]]
    figures = studio.api("GET", f"/datasources/{dataset}/statistics")["columns"]
    assert (figures[0]["mean"], figures[1]["uniqueValues"]) == (2.0, 4_000)

    run = studio.api("POST", "/experiments/", graph(dataset))["ExperimentId"]
    done = studio.ended(run)
    assert done["Status"]["StatusCode"] == "Finished", done
    deployed = studio.api("POST", f"/experiments/{run}/webservice")
    assert deployed["Status"] == "Completed"

    place = f"/workspaces/{studio.workspace}/webservices"
    service = f"{place}/{deployed['WebServiceGroupId']}"
    endpoint = studio.call("GET", f"{service}/endpoints/default")
    path = endpoint["ApiLocation"].removeprefix(demo.run["services_url"])

    def called() -> Any:
        reply = demo.call(
            "POST",
            f"{path}/execute?api-version=2.0&details=true",
            ARTICLE_BODY,
            base="services_url",
            Authorization=f"Bearer {endpoint['PrimaryKey']}",
            Content_Type="application/json",
        )
        return reply.json() if reply.status == 200 else None

    answer = eventually(called)["Results"]["output1"]["value"]
    assert answer["Values"][0][-8:] == ["1", "1", "2", "2", "0", "2", "0", "1"]
    help_ = endpoint["HelpLocation"].removeprefix(demo.run["services_url"])
    document = demo.call("GET", f"{help_}/apidocument", base="services_url")
    assert list(document.json()["paths"])[1].startswith("/execute")


def test_the_demos_own_data_and_experiment_are_there(studio: Studio) -> None:
    names = {each["Name"]: each for each in studio.api("GET", "/datasources")}
    for name, rows in {
        "Book Reviews from Amazon": 10_000,
        "Adult Census Income Binary Classification dataset": 32_561,
        "Automobile price data (Raw)": 205,
        "Iris Two Class Data": 100,
        "Bike Rental UCI dataset": 17_379,
    }.items():
        assert names[name]["RowCount"] == rows
        assert "Generated by Bramka" in names[name]["Description"]
        assert names[name]["Id"].startswith(GLOBAL)
    listed = studio.api("GET", "/experiments")
    own = next(
        each
        for each in listed
        if each["Description"] == "SimpleFeatureHashingExperiment"
    )
    assert own["Status"]["StatusCode"] == "Finished"
    port = "/outputs/2/Transformed%20dataset/rows?count=1"
    page = studio.api("GET", f"/experiments/{own['ExperimentId']}{port}")
    assert page["rows"] == 10_000


def test_a_run_goes_on_when_its_worker_is_killed(demo: Running, studio: Studio) -> None:
    dataset = studio.upload(reviews(80_000), "Reviews for a killed worker")
    body = graph(dataset, bits=5)
    body["Description"] = "Killed"
    run = studio.api("POST", "/experiments/", body)["ExperimentId"]

    def begun() -> bool:
        told = studio.api("GET", f"/experiments/{run}")
        states = [n["Status"]["StatusCode"] for n in told["NodeStatuses"]]
        return "Queued" not in states[:1]

    eventually(begun)
    for pid in demo.pids("worker"):
        os.kill(pid, signal.SIGKILL)
    done = studio.ended(run)
    assert done["Status"]["StatusCode"] == "Finished", done["Status"]
