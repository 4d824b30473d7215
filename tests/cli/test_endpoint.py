"""`bramka endpoint`: what endpoints are, and how they are changed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bramka.app.database import open_store
from bramka.app.settings import Settings
from bramka.cli.main import bramka
from bramka.store.service import Publication, publish_service
from bramka.store.workspace import create_workspace
from bramka.testing import FakeChance


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    folder.chmod(0o700)
    store, chance = open_store(Settings(data=folder)), FakeChance()
    with store.writing() as transaction:
        home = create_workspace(
            transaction, chance, friendly_name="Demo", owner="a@example.com"
        )
        wanted = Publication(workspace_id=home.id, name="Text", package="first")
        publish_service(transaction, chance, wanted)
    store.engine.dispose()
    return folder


def run(data: Path, verb: str, *words: str) -> tuple[int, str]:
    said = ["endpoint", verb, *words, "--data", str(data)]
    told = CliRunner().invoke(bramka, said)
    return told.exit_code, told.output


def test_an_endpoint_is_added_changed_listed_and_removed(data: Path) -> None:
    status, text = run(data, "add", "Text", "fast", "--output", "json")
    assert status == 0, text
    added = json.loads(text)
    assert (added["batching"], len(added["key"])) == ("Off", 88)
    words = ("--endpoint", "fast", "--batching", "Auto", "--max-batch-wait", "1.5")
    status, text = run(data, "set", "Text", *words, "--output", "json")
    changed = json.loads(text)
    assert (changed["batching"], changed["max_batch_wait"]) == ("Auto", 1.5)
    assert changed["max_batch_rows"] == 32
    _, text = run(data, "list", "Text", "--output", "json")
    assert [each["name"] for each in json.loads(text)] == ["default", "fast"]
    assert "Auto" in run(data, "list", "Text")[1]
    assert run(data, "remove", "Text", "fast") == (0, "Endpoint fast is gone\n")
    assert "fast" not in run(data, "list", "Text")[1]


def test_limits_of_batches_are_kept(data: Path) -> None:
    status, text = run(data, "set", "Text", "--max-batch-rows", "1")
    assert status == 1
    assert "2 to 4096 rows" in text
    status, text = run(data, "set", "Text", "--max-batch-wait", "5000")
    assert status == 1
    assert "0 to 1000 ms" in text
    assert "max batch rows        32" in run(data, "show", "Text")[1]


def test_metrics_need_services_that_run(data: Path) -> None:
    status, text = run(data, "metrics", "Text", "--services-url", "http://127.0.0.1:9")
    assert status == 1
    assert "do not answer" in text
