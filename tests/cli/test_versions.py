"""`bramka versions`: what an endpoint served, and going back."""

from pathlib import Path

from click.testing import CliRunner

from bramka.app.database import open_store
from bramka.app.settings import Settings
from bramka.cli.main import bramka
from bramka.store.endpoint import Change, change_endpoint
from bramka.store.service import Publication, publish_service
from bramka.store.workspace import create_workspace
from bramka.testing import FakeChance


def test_versions_are_listed_and_restored(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    store, chance = open_store(Settings(data=tmp_path)), FakeChance()
    with store.writing() as transaction:
        home = create_workspace(
            transaction, chance, friendly_name="Demo", owner="a@example.com"
        )
        wanted = Publication(workspace_id=home.id, name="Text", package="first")
        done = publish_service(transaction, chance, wanted)
        change_endpoint(transaction, done.endpoint.id, Change(package="second"))
    store.engine.dispose()

    def run(*words: str) -> tuple[int, str]:
        told = CliRunner().invoke(bramka, ["versions", "--data", str(tmp_path), *words])
        return told.exit_code, told.output

    assert run("Text") == (0, "   2  second  serves\n   1  first\n")
    status, listed = run("Text", "--restore", "1")
    assert (status, listed.splitlines()[0]) == (0, "   3  first  serves")
    status, refused = run("Other")
    assert status != 0
    assert "Name one web service" in refused
