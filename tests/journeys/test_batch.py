"""The article's batch program against the demo, undisturbed and with kill -9."""

import csv
import os
import random
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient
from tests.journeys.running import (
    Running,
    alive,
    children_of,
    eventually,
    files_below,
)

WORDS = 'this is a good day for "quoted" words, łódź and lines'.split()  # noqa: SIM905
ROWS = 50_000


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts of which some hold commas, quotes and line ends."""
    chance = random.Random(7)
    path = tmp_path_factory.mktemp("reviews") / "reviews.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Col2"])
        for row in range(ROWS):
            text = " ".join(chance.choices(WORDS, k=80))
            rows.writerow([text.replace(" ", "\n", 1) if row % 50 == 0 else text])
    return path


def program(demo: Running, name: str, *arguments: Path) -> str:
    """What an example prints, run as its reader would."""
    settings = {
        "BRAMKA_URL": demo.demo["gateway_url"] + "/azureml-demo",
        "WORKSPACE": demo.demo["workspace"],
        "SERVICE": demo.demo["service"],
        "API_KEY": demo.demo["api_key"],
        "SUBSCRIPTION_KEY": demo.demo["unlimited_key"],
        "STORAGE_CONNECTION_STRING": demo.demo["blobs_connection_string"],
    }
    return subprocess.run(
        [sys.executable, f"examples/{name}.py", *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **settings},
    ).stdout


def test_the_synchronous_program_prints_the_result(demo: Running) -> None:
    printed = program(demo, "request_response")
    assert printed.startswith('result:{"Results":{"output1":')
    assert '"1","1","2","2","0","2","0","1"' in printed


def test_the_batch_program_writes_the_results_to_a_file(
    demo: Running, tmp_path: Path
) -> None:
    given, output = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_text("Col2\nThis is a good day\n")
    printed = program(demo, "batch_execution", given, output)
    assert "finished!" in printed
    header, row = csv.reader(output.read_text().splitlines())
    assert header[0] == "Col2"
    assert row == ["This is a good day", "1", "1", "2", "2", "0", "2", "0", "1"]


class Storage:
    """The demo's storage account, as the official package reaches it."""

    def __init__(self, demo: Running) -> None:
        self.string = demo.demo["blobs_connection_string"]
        service = BlobServiceClient.from_connection_string(self.string)
        self.container: ContainerClient = service.get_container_client("journey")
        if not self.container.exists():
            self.container.create_container()

    def reference(self, name: str) -> dict[str, str]:
        location = f"journey/{name}"
        return {"ConnectionString": self.string, "RelativeLocation": location}


def ask(demo: Running, method: str, tail: str, body: object = None) -> Any:
    reply = demo.call(
        method,
        demo.path(f"jobs{tail}?api-version=2.0"),
        body,
        Ocp_Apim_Subscription_Key=demo.demo["unlimited_key"],
        Authorization=f"Bearer {demo.demo['api_key']}",
        Content_Type="application/json",
    )
    assert reply.status in (200, 204), reply.body
    return reply.json() if reply.body else None


def started(demo: Running, storage: Storage, output: str) -> str:
    inputs = {"input1": storage.reference("reviews.csv")}
    outputs = {"output1": storage.reference(output)}
    job: str = ask(demo, "POST", "", {"Inputs": inputs, "Outputs": outputs})
    ask(demo, "POST", f"/{job}/start", b"")
    return job


def finished(demo: Running, job: str) -> Any:
    def ended() -> Any:
        status = ask(demo, "GET", f"/{job}")
        return status if status["StatusCode"] not in {"NotStarted", "Running"} else None

    status = eventually(ended)
    assert status["StatusCode"] == "Finished", status
    return status


def download(status: Any) -> bytes:
    place = status["Results"]["output1"]
    url = place["BaseLocation"] + place["RelativeLocation"] + place["SasBlobToken"]
    with urllib.request.urlopen(url) as answer:
        content: bytes = answer.read()
    return content


def test_killing_the_worker_in_mid_job_changes_no_byte(
    demo: Running, reviews: Path
) -> None:
    storage = Storage(demo)
    with reviews.open("rb") as file:
        storage.container.upload_blob("reviews.csv", file, overwrite=True)
    job = started(demo, storage, "disturbed.csv")
    begun = ("Running", "Finished")
    eventually(lambda: ask(demo, "GET", f"/{job}")["StatusCode"] in begun)
    demo.kill("worker")
    disturbed = download(finished(demo, job))
    wanted = finished(demo, started(demo, storage, "undisturbed.csv"))
    assert wanted["Progress"]["Rows"] == ROWS
    assert disturbed == download(wanted)
    texts = [row[0] for row in csv.reader(disturbed.decode().splitlines(keepends=True))]
    with reviews.open(newline="") as file:
        assert texts == [row[0] for row in csv.reader(file)]
    assert eventually(lambda: not parts(demo))


def parts(demo: Running) -> list[Path]:
    return files_below(demo.data / "staging")


def test_a_deleted_job_is_cancelled(demo: Running, reviews: Path) -> None:
    storage = Storage(demo)
    with reviews.open("rb") as file:
        storage.container.upload_blob("reviews.csv", file, overwrite=True)
    job = started(demo, storage, "deleted.csv")
    ask(demo, "DELETE", f"/{job}")
    assert ask(demo, "GET", f"/{job}")["StatusCode"] == "Cancelled"
    assert eventually(lambda: not parts(demo))
    assert not storage.container.get_blob_client("deleted.csv").exists()


def test_a_killed_runner_is_replaced(demo: Running) -> None:
    (worker,) = demo.pids("worker")
    before = eventually(lambda: runners(worker))
    os.kill(before[0], signal.SIGKILL)
    # Others may have been on their way when we looked first.
    eventually(
        lambda: before[0] not in (now := runners(worker)) and len(now) >= len(before)
    )
    assert demo.pids("worker") == [worker]


def test_runners_do_not_outlive_their_worker(demo: Running) -> None:
    (worker,) = demo.pids("worker")
    left = eventually(lambda: runners(worker))
    demo.kill("worker")
    eventually(lambda: not [pid for pid in left if alive(pid)])


def runners(worker: int) -> list[int]:
    return children_of(worker, "bramka.app.worker.runner")
