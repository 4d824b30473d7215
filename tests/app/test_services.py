"""The services process over a real data folder: publish, call, publish again, end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ports import free_port

from bramka.app.clock import SystemChance
from bramka.app.database import open_store
from bramka.app.services import NEWS_SECONDS
from bramka.app.settings import Settings
from bramka.catalogue import shelf
from bramka.store.service import Publication, Published, delete_service, publish_service
from bramka.store.transaction import Store
from bramka.store.workspace import create_workspace
from bramka.studio.package import prepare
from bramka.studio.package_folder import write
from bramka.studio.run import run
from bramka.studio.samples import book_reviews, simple_feature_hashing_experiment

ARTICLE = {
    "Inputs": {"input1": {"ColumnNames": ["Col2"], "Values": [["This is a good day"]]}},
    "GlobalParameters": {},
}
PATIENCE = 90.0
"""Seconds; on a machine that stands still now and then, soon is late."""


class Site:
    """A data folder with the article's package, and the process that serves it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.store: Store = open_store(Settings(data=data))
        self.chance = SystemChance()
        experiment = simple_feature_hashing_experiment("reviews")
        outcome = run(experiment, shelf(), {"reviews": book_reviews(5)})
        package = prepare(experiment, outcome, shelf())
        self.package = package.hash
        write(data / "packages" / package.hash, package)
        with self.store.writing() as transaction:
            self.workspace = create_workspace(
                transaction, self.chance, friendly_name="Demo", owner="a@example.com"
            ).id
        self.process, self.url = self._start()

    def _start(self) -> tuple[subprocess.Popen[bytes], str]:
        port = free_port()
        read, write_end = os.pipe()
        environment = {**os.environ, "BRAMKA_READY_FD": str(write_end)}
        command = [sys.executable, "-m", "bramka", "services", "--data", str(self.data)]
        process = subprocess.Popen(
            [*command, "--services-port", str(port)],
            env={**environment, "PYTHONPATH": "src"},
            pass_fds=(write_end,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read, "rb") as pipe:
            assert pipe.readline() == b"ready\n"
        return process, f"http://127.0.0.1:{port}"

    def publish(self, package: str | None = None, **more: str) -> Published:
        wanted = Publication(
            workspace_id=self.workspace,
            name="Text service",
            package=package or self.package,
            **more,
        )
        with self.store.writing() as transaction:
            return publish_service(transaction, self.chance, wanted)

    def call(self, published: Published) -> tuple[int, Any]:
        url = (
            f"{self.url}/workspaces/{self.workspace}/services/{published.endpoint.id}"
            "/execute?api-version=2.0&details=true"
        )
        headers = {"Authorization": f"Bearer {published.keys.primary}"}
        asked = urllib.request.Request(url, json.dumps(ARTICLE).encode(), headers)
        try:
            with urllib.request.urlopen(asked, timeout=90) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def becomes(self, published: Published, status: int) -> Any:
        """The answer once it has this status."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.call(published))[0] != status:
            assert time.monotonic() < deadline, found
            time.sleep(0.02)
        return found[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("data"))
    yield site
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(90) == 0
    site.store.engine.dispose()


def test_news_are_asked_for_several_times_a_second() -> None:
    assert NEWS_SECONDS < 0.5


def test_what_is_published_answers(site: Site) -> None:
    results = site.becomes(site.publish(), 200)["Results"]
    values = results["output1"]["value"]["Values"]
    assert values == [["This is a good day", "1", "1", "2", "2", "0", "2", "0", "1"]]


def test_a_package_that_does_not_load_leaves_the_old_one_serving(site: Site) -> None:
    published = site.publish(experiment_id="exp")
    site.becomes(published, 200)
    site.publish("nothing", experiment_id="exp")
    broken = site.publish("nothing")
    site.becomes(broken, 500)
    assert site.call(published)[0] == 200


def test_what_is_deleted_stops_answering(site: Site) -> None:
    published = site.publish()
    site.becomes(published, 200)
    with site.store.writing() as transaction:
        delete_service(transaction, published.service.id)
    error = site.becomes(published, 404)["error"]
    assert error["details"][0]["code"] == "WebServiceNotFound"
