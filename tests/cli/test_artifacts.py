"""Configuration as code: export, import and diff of a whole instance."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bramka.app.calling.calls import Calls
from bramka.app.calling.rest import Rest
from bramka.app.keeping.artifacts import read_folder
from bramka.app.reading_settings import read_settings
from bramka.cli.main import bramka

POLICY = """<policies>
  <inbound>
    <base />
    <set-header name="X-Who" exists-action="override">
      <value>@(context.Subscription?.Id ?? "nobody")</value>
    </set-header>
    <include-fragment fragment-id="hello" />
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
"""
FRAGMENT = (
    '<fragment><set-header name="X-Hello"><value>hello</value></set-header></fragment>'
)
API = {
    "displayName": "Books",
    "path": "books",
    "serviceUrl": "http://127.0.0.1:9/books",
    "protocols": ["http"],
}
OPERATION = {
    "displayName": "Get a book",
    "method": "GET",
    "urlTemplate": "/{id}",
    "templateParameters": [{"name": "id", "type": "string", "required": True}],
    "responses": [{"statusCode": 200, "description": "The book."}],
}
OPENID = {
    "displayName": "Sign in",
    "metadataEndpoint": "https://login.example/.well-known/openid-configuration",
    "clientId": "books",
    "clientSecret": "s3cret!",
}
MADE: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("/namedValues/key", {"displayName": "key", "value": "s3cret!", "secret": True}),
    ("/tags/blue", {"displayName": "blue"}),
    ("/backends/shop", {"url": "http://127.0.0.1:9/shop", "protocol": "http"}),
    ("/groups/readers", {"displayName": "Readers"}),
    ("/policyFragments/hello", {"value": FRAGMENT, "format": "rawxml"}),
    ("/apis/books", API),
    ("/apis/books/operations/get", OPERATION),
    ("/apis/books/policies/policy", {"value": POLICY, "format": "rawxml"}),
    ("/apis/books/tags/blue", None),
    ("/products/gold", {"displayName": "Gold", "state": "published"}),
    ("/products/gold/apis/books", None),
    ("/products/gold/groups/readers", None),
    ("/apis/books/operations/get/tags/blue", None),
    ("/openidConnectProviders/sign-in", OPENID),
    ("/documentations/welcome", {"title": "Welcome", "content": "# Welcome"}),
    (
        "/apis/books/wikis/default",
        {"documents": [{"documentationId": "/documentations/welcome"}]},
    ),
    (
        "/policyRestrictions/keep",
        {"scope": "/apis/books/policies/policy", "requireBase": "true"},
    ),
    ("/subscriptions/mine", {"displayName": "Mine", "scope": "/products/gold"}),
)


def run(data: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(bramka, [*map(str, words), "--data", str(data)])


def instance(folder: Path, name: str) -> Path:
    data = folder / name
    words = ("--organization", "Books", "--admin-email", f"{name}@example.com")
    assert run(data, "init", "--name", name, *words).exit_code == 0
    return data


def rest(data: Path) -> Rest:
    return Rest(read_settings({"data": str(data)}, {}), "", "")


@pytest.fixture
def first(tmp_path: Path) -> Path:
    data = instance(tmp_path, "first")

    async def make(calls: Calls) -> None:
        for path, properties in MADE:
            await calls.ask("PUT", path, properties)

    rest(data).within(make)
    return data


SECRETS = {
    "named values/key/namedValueInformation.json": "value",
    "openid providers/sign-in/openidProviderInformation.json": "clientSecret",
}
"""File → what of it an export leaves out."""


def tell_secrets(folder: Path) -> None:
    """Write into the files what a new instance needs to be told."""
    for name, secret in SECRETS.items():
        given = json.loads((folder / name).read_text())
        given["properties"][secret] = "known"
        (folder / name).write_text(json.dumps(given))


def test_a_folder_makes_another_instance_the_same(first: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    exported = run(first, "export", folder)
    assert exported.exit_code == 0, exported.output
    assert (folder / "apis/books/policy.xml").read_text() == POLICY
    told = (folder / "apis/books/specification.yaml").read_text()
    assert "openapi: 3" in told
    files = b"".join(read_folder(folder).values())
    assert b"s3cret!" not in files
    second = instance(tmp_path, "second")
    assert run(second, "diff", folder).exit_code == 1
    # A secret is not in the folder: it has to be told where it is wanted.
    tell_secrets(folder)
    imported = run(second, "import", folder)
    assert imported.exit_code == 0, imported.output
    assert "wrote /apis/books/operations/get" in imported.output
    found = rest(second).call(
        "GET", "/apis/books/policies/policy", query={"format": "rawxml"}
    )
    assert found["properties"]["value"] == POLICY
    run(second, "export", tmp_path / "again")
    before, after = read_folder(folder), read_folder(tmp_path / "again")
    assert before.keys() == after.keys()
    changed = {path for path in before if before[path] != after[path]}
    assert changed <= SECRETS.keys()


def test_importing_twice_changes_nothing_the_second_time(
    first: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    run(first, "export", folder)
    assert run(first, "diff", folder).output.strip() == "no difference"
    assert run(first, "import", folder).output.strip() == "0 written, 0 deleted"


def test_what_a_folder_does_not_name_goes_only_if_asked(
    first: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    run(first, "export", folder)
    rest(first).call("PUT", "/tags/red", {"displayName": "red"})
    assert "-" in run(first, "diff", folder).output
    assert run(first, "import", folder).output.strip() == "0 written, 0 deleted"
    pruned = run(first, "import", folder, "--prune")
    assert "deleted /tags/red" in pruned.output
    assert run(first, "diff", folder).exit_code == 0


def test_secrets_are_written_when_they_are_asked_for(
    first: Path, tmp_path: Path
) -> None:
    run(first, "export", tmp_path / "folder", "--secrets")
    told = (tmp_path / "folder/named values/key/namedValueInformation.json").read_text()
    assert json.loads(told)["properties"]["value"] == "s3cret!"


def test_a_changed_file_leaves_the_secrets_that_it_does_not_hold(
    first: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    run(first, "export", folder)
    path = folder / "openid providers/sign-in/openidProviderInformation.json"
    given = json.loads(path.read_text())
    assert "clientSecret" not in given["properties"]
    given["properties"]["displayName"] = "Come in"
    path.write_text(json.dumps(given))
    imported = run(first, "import", folder)
    assert "wrote /openidConnectProviders/sign-in" in imported.output
    place = "/openidConnectProviders/sign-in"
    told = rest(first).call("GET", place)["properties"]
    assert told["displayName"] == "Come in"
    kept = rest(first).call("POST", f"{place}/listSecrets")
    assert kept["clientSecret"] == "s3cret!"


def test_a_revision_that_waits_here_is_released_before_it_is_written(
    first: Path, tmp_path: Path
) -> None:
    api = rest(first)
    api.call("PUT", "/apis/books;rev=2", {"sourceApiId": "/apis/books"})
    before = tmp_path / "before"
    run(first, "export", before)
    api.call("PUT", "/apis/books/releases/two", {"apiId": "/apis/books;rev=2"})
    after = tmp_path / "after"
    run(first, "export", after)
    second = instance(tmp_path, "second")
    for folder in (before, after):
        tell_secrets(folder)
        imported = run(second, "import", folder)
        assert imported.exit_code == 0, imported.output
    assert "wrote /apis/books/releases/two" in imported.output
    run(second, "export", tmp_path / "again")
    files, copied = read_folder(after), read_folder(tmp_path / "again")
    apis = {path for path in files if path.startswith("apis/")}
    assert apis == {path for path in copied if path.startswith("apis/")}
    assert [path for path in apis if files[path] != copied[path]] == []


def test_a_bad_file_is_named_and_nothing_behind_it_is_written(
    first: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    run(first, "export", folder)
    (folder / "apis/books/policy.xml").write_text("<policies><inbound><bse /></x>")
    failed = run(first, "import", folder)
    assert failed.exit_code == 1
    assert "The policy of /apis/books" in failed.output
    broken = folder / "tags/blue/tagInformation.json"
    broken.write_text("{")
    assert "tags/blue/tagInformation.json is not" in run(first, "import", folder).output


def test_the_folder_keeps_its_history_in_git(first: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / ".git").parent.mkdir(parents=True)
    for words in (
        ("init", "--quiet"),
        ("config", "user.email", "a@example.com"),
        ("config", "user.name", "A"),
    ):
        subprocess.run(("git", "-C", folder, *words), check=True)
    assert "committed" in run(first, "export", folder, "--commit", "first").output
    again = run(first, "export", folder, "--commit", "second")
    assert "nothing has changed" in again.output
    rest(first).call("PUT", "/tags/red", {"displayName": "red"})
    assert "committed" in run(first, "export", folder, "--commit", "third").output
    log = subprocess.run(
        ("git", "-C", folder, "log", "--format=%s"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert log.stdout.split() == ["third", "first"]


def test_an_apiops_folder_with_only_a_specification_makes_its_operations(
    first: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    run(first, "export", folder)
    text = (folder / "apis/books/specification.yaml").read_text()
    alone = tmp_path / "alone" / "apis" / "novels"
    alone.mkdir(parents=True)
    (alone / "specification.yaml").write_text(text)
    told = {"properties": {**API, "displayName": "Novels", "path": "novels"}}
    (alone / "apiInformation.json").write_text(json.dumps(told))
    imported = run(first, "import", tmp_path / "alone")
    assert imported.exit_code == 0, imported.output
    rows = rest(first).call("GET", "/apis/novels/operations")["value"]
    assert [row["properties"]["urlTemplate"] for row in rows] == ["/{id}"]


def test_a_deleted_instance_is_named_and_brought_back(tmp_path: Path) -> None:
    data = instance(tmp_path, "first")
    assert "No instance is deleted" in run(data, "undelete").output
    rest(data).call("DELETE", "")
    assert "`bramka undelete` brings it back" in run(data, "api", "list").output
    assert run(data, "undelete").output.strip() == "first is back"
    assert run(data, "api", "list").exit_code == 0
