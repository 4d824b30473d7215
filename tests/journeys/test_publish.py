"""Models of other makers, published by command and from Python, called in every way."""

import http.client
import json
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import tritonclient.http as triton
from azure.storage.blob import BlobServiceClient
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from skops import io as skops_io
from tests.journeys.running import Running, eventually

import bramka
from bramka.app.publishing.from_python import Service

NAMES = ["length", "width", "petal length", "petal width"]
CODE = '''
import os


def twice(text: str, times: int) -> tuple[str, int]:
    """Says where it runs as well."""
    return text * times, os.getpid()
'''


class Published:
    """Calls to what was published."""

    def __init__(self, demo: Running, address: str, key: str) -> None:
        self.demo = demo
        self.path = urlsplit(address).path
        self.endpoint = self.path.rpartition("/")[2]
        self.key = {"Authorization": f"Bearer {key}"}

    @classmethod
    def by_command(cls, demo: Running, *words: str) -> "Published":
        printed = demo.bramka("publish", *words)
        [address] = re.findall(r"address  (\S+)", printed)
        [key] = re.findall(r"key +(\S+)", printed)
        return cls(demo, address, key)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of an answer, None while the service is not known yet."""
        place = urlsplit(self.demo.run["services_url"])
        connection = http.client.HTTPConnection(place.netloc, timeout=100)
        try:
            connection.request(
                method, self.path + path, json.dumps(body) if body else None, self.key
            )
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        assert answer.status in (200, 204, 404), content
        return json.loads(content) if answer.status == 200 else None

    def score(self, *rows: list[object], names: list[str]) -> Any:
        body = {"Inputs": {"input1": {"ColumnNames": names, "Values": list(rows)}}}
        told = eventually(lambda: self.call("POST", "/execute?api-version=2.0", body))
        return told["Results"]["output1"]["value"]["Values"]


def test_a_function_runs_in_a_process_of_its_own_that_may_be_killed(
    demo: Running, tmp_path: Path
) -> None:
    source = tmp_path / "twice.py"
    source.write_text(CODE)
    words = (str(source), "--allow-code", "--together", "--workspace", "Demo")
    published = Published.by_command(demo, *words)
    names = ["text", "times"]
    [[said, pid]] = published.score(["ab", 2], names=names)
    assert said == "abab"
    assert int(pid) not in [p for role in demo.run["pids"] for p in demo.pids(role)]
    os.kill(int(pid), signal.SIGKILL)
    [[again, other]] = published.score(["c", 3], names=names)
    assert again == "ccc"
    assert other != pid
    told = published.call("POST", "/invocations", {"inputs": [["x", 2]]})
    assert told["predictions"][0]["result0"] == "xx"
    joined_and_traced(demo, published)


def shown_at_console(demo: Running, published: Published) -> Any:
    """What a page of the console reads of the endpoint's last day."""
    services = f"/workspaces/{published.path.split('/')[2]}/webservices"
    token = f"Bearer {demo.demo['management']['token']}"

    def read(path: str) -> Any:
        return demo.call("GET", path, base="console_url", Authorization=token).json()

    [service] = [each["Id"] for each in read(services) if each["Name"] == "twice"]
    told = read(f"{services}/{service}/endpoints/default/metrics?window=day")
    assert len(told["Window"]["Points"]) == 96
    return told


def joined_and_traced(demo: Running, published: Published) -> None:
    """Calls of one moment are one table, and are found in ml-diagnostics."""
    wanted = ("--batching", "Auto", "--trace-level", "All")
    demo.bramka("endpoint", "set", "twice", "--workspace", "Demo", *wanted)
    metrics = "/metrics?api-version=2.0"
    eventually(lambda: published.call("GET", metrics)["Batching"]["Active"])
    with ThreadPoolExecutor(12) as callers:
        found = callers.map(
            lambda n: published.score([f"{n},", 2], names=["text", "times"]), range(24)
        )
        assert [row[0] for [row] in found] == [f"{n},{n}," for n in range(24)]
    told = published.call("GET", metrics)
    assert told["BatchesByCalls"][0]["Count"] < told["BatchesByCalls"][-1]["Count"] < 24
    calls = told["Calls"]
    eventually(lambda: shown_at_console(demo, published)["Calls"] == calls)
    store = demo.demo["blobs_connection_string"]
    with BlobServiceClient.from_connection_string(store) as account:
        container = account.get_container_client("ml-diagnostics")

        def traced() -> str:
            blobs = [each.name for each in container.list_blobs()]
            return "".join(
                container.download_blob(name).readall().decode() for name in blobs
            )

        text = eventually(lambda: traced() if traced().count("\n") == 24 else "")
    assert published.key["Authorization"].split()[1] not in text
    assert all(f'"{n},{n},"' in text for n in range(24))


@pytest.fixture(scope="module")
def forest() -> Any:
    rows, kinds = load_iris(return_X_y=True)
    return RandomForestClassifier(20, random_state=3).fit(rows, kinds)


def test_a_skops_file_answers_calls_batches_and_open_inference(
    demo: Running, tmp_path: Path, forest: Any
) -> None:
    model, sample = tmp_path / "iris.skops", tmp_path / "iris.csv"
    model.write_bytes(skops_io.dumps(forest))
    sample.write_text(",".join(NAMES) + "\n5.1,3.5,1.4,0.2\n6.3,3.3,6.0,2.5\n")

    def publish() -> Service:
        done: Service = bramka.publish(
            model, data=demo.data, sample=sample, workspace="Demo"
        )
        return done

    done = publish()
    assert not done.renewed
    published = Published(demo, done.address, done.key)
    rows = load_iris().data[::10]
    wanted = forest.predict_proba(rows)

    values = published.score(*rows.tolist(), names=NAMES)
    assert np.array(values, float)[:, 1:] == pytest.approx(wanted, abs=1e-9)

    address = demo.run["services_url"].removeprefix("http://")
    client = triton.InferenceServerClient(address)
    given = triton.InferInput("all", list(rows.shape), "FP64")
    given.set_data_from_numpy(rows)
    result = client.infer(published.endpoint, [given], headers=published.key)
    client.close()
    assert result.as_numpy("Scored Labels").tolist() == forest.predict(rows).tolist()

    results = batch(demo, published, rows)
    assert results == [str(each) for each in forest.predict(rows)]
    again = publish()
    assert (again.renewed, again.key) == (True, done.key)


def batch(demo: Running, published: Published, rows: Any) -> list[str]:
    """The labels that a batch job gives."""
    store = demo.demo["blobs_connection_string"]
    text = "\n".join([",".join(NAMES), *(",".join(map(str, row)) for row in rows)])
    with BlobServiceClient.from_connection_string(store) as account:
        container = account.get_container_client("published")
        container.create_container()
        container.upload_blob("rows.csv", text)
        places = {
            name: {"ConnectionString": store, "RelativeLocation": f"published/{name}"}
            for name in ("rows.csv", "scored.csv")
        }
        body = {
            "Inputs": {"input1": places["rows.csv"]},
            "Outputs": {"output1": places["scored.csv"]},
        }
        version = "api-version=2.0"
        job = published.call("POST", f"/jobs?{version}", body)
        published.call("POST", f"/jobs/{job}/start?{version}")

        def ended() -> bool:
            told = published.call("GET", f"/jobs/{job}?{version}")
            assert told["StatusCode"] != "Failed", told
            return bool(told["Results"])

        eventually(ended)
        scored = container.download_blob("scored.csv").readall().decode()
    return [line.partition(",")[0] for line in scored.splitlines()[1:]]
