"""The configuration in git: saved, changed by somebody, checked, deployed."""

import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.databases import DEMO
from tests.management.console import BASE, VERSION, Console
from tests.management.sdk import sdk_of

from bramka.app.keeping.git import Git
from bramka.domain.traffic.artifact import Files

PERSON = {"firstName": "A", "lastName": "B", "email": "a@example.com"}
POLICY = "<policies><inbound><base />{}</inbound></policies>"
Change = Callable[[Path], None]


def ask(
    console: Console,
    action: str,
    branch: object = "main",
    *,
    force: bool = False,
    token: str = "",
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = console.client.post(
        f"{BASE}/tenant/configuration/{action}",
        params=VERSION,
        json={"properties": {"branch": branch, "force": force}},
        headers=headers,
    )
    return console.settled(answer)


def done(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    properties: dict[str, Any] = answer.json()["properties"]
    return properties


def changes(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["action"], one["objectKey"]) for one in told["actionLog"]}


def state(console: Console) -> dict[str, Any]:
    told: dict[str, Any] = console.call("GET", "/tenant/configuration/syncState").json()
    return told


def git(folder: Path, *words: str) -> str:
    author = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    done = subprocess.run(
        ["git", "-C", str(folder), *author, *words],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def push(folder: Path, change: Change, branch: str = "main") -> None:
    """What somebody does who works with the repository."""
    clone = folder / "clone"
    if not clone.exists():
        git(folder, "clone", "--quiet", str(folder / "configuration.git"), str(clone))
    git(clone, "fetch", "--quiet")
    git(clone, "checkout", "--quiet", "-B", branch, f"origin/{branch}")
    change(clone)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "change")
    git(clone, "push", "--quiet", "origin", branch)


def rename_starter(folder: Path) -> None:
    file = folder / "products/starter/productInformation.json"
    file.write_text(file.read_text().replace('"Starter"', '"Beginner"'))


def remove_old(folder: Path) -> None:
    git(folder, "rm", "--quiet", "-r", "products/old")


def limit_nothing(folder: Path) -> None:
    (folder / "policy.xml").write_text(POLICY.format("<no-such-policy />"))


def starter(console: Console) -> str:
    found = console.call("GET", "/products/starter").json()
    return str(found["properties"]["displayName"])


@pytest.fixture
def saved(console: Console) -> Console:
    """A console with something in it, that is saved."""
    assert console.call("PUT", "/products/old", {"displayName": "Old"}).is_success
    done(ask(console, "save"))
    return console


def test_the_clouds_client_saves_and_learns_the_state(
    console: Console, tmp_path: Path
) -> None:
    assert state(console)["isGitEnabled"] is True
    assert ask(console, "deploy").status_code == 404
    given = {"properties": {"branch": "team/main"}}
    place = (DEMO.resource_group, DEMO.name, "configuration")
    with sdk_of(console) as sdk:
        told = sdk.tenant_configuration.begin_save(*place, given).result()
        kept = sdk.tenant_configuration.get_sync_state(*place)
    repository = tmp_path / "configuration.git"
    head = git(repository, "rev-parse", "team/main")
    assert (told.status, kept.commit_id, kept.branch) == (
        "Succeeded",
        head,
        "team/main",
    )
    assert (kept.is_export, kept.is_synced) == (True, True)
    files = git(repository, "ls-tree", "-r", "--name-only", head).splitlines()
    assert "products/starter/productInformation.json" in files
    assert git(repository, "log", "-1", "--format=%cn", head) == "test"
    done(ask(console, "save", "team/main"))
    assert git(repository, "rev-list", "--count", head) == "1"
    console.call("PUT", "/products/new", {"displayName": "New"})
    assert state(console)["isSynced"] is False
    done(ask(console, "save", "team/main"))
    assert git(repository, "rev-list", "--count", "team/main") == "2"


def test_what_was_pushed_is_checked_and_deployed_as_a_whole(
    saved: Console, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(POLICY.format(""))

    def change(folder: Path) -> None:
        rename_starter(folder)
        remove_old(folder)
        # Links lead nowhere: they are no part of what is deployed.
        (folder / "policy.xml").symlink_to(secret)

    saved.call("PUT", "/users/late", PERSON)
    push(tmp_path, change)
    expected = {
        ("Update", "/products/starter"),
        ("Delete", "/products/old/groups/administrators"),
        ("Delete", "/products/old"),
    }
    checked = done(ask(saved, "validate"))
    assert (checked["status"], changes(checked)) == ("Succeeded", expected)
    assert starter(saved) == "Starter"
    assert saved.call("GET", "/products/old").status_code == 200
    assert changes(done(ask(saved, "deploy"))) == expected
    assert starter(saved) == "Beginner"
    assert saved.call("GET", "/products/old").status_code == 404
    # People are no part of a deployment, though git does not know this one.
    assert saved.call("GET", "/users/late").status_code == 200
    told = state(saved)
    assert (told["isExport"], told["isSynced"]) == (False, True)
    assert changes(done(ask(saved, "deploy"))) == set()


def test_one_bad_document_keeps_all_the_rest_away(
    saved: Console, tmp_path: Path
) -> None:
    def change(folder: Path) -> None:
        rename_starter(folder)
        limit_nothing(folder)

    push(tmp_path, change)
    checked = done(ask(saved, "validate"))
    assert checked["status"] == "Failed"
    assert "no-such-policy" in checked["error"]["message"]
    refused = ask(saved, "deploy")
    assert refused.status_code == 400
    assert "no-such-policy" in refused.text
    assert starter(saved) == "Starter"


def test_force_is_for_what_would_be_lost(saved: Console, tmp_path: Path) -> None:
    push(tmp_path, rename_starter)
    assert ask(saved, "save").status_code == 409
    done(ask(saved, "save", force=True))
    repository = tmp_path / "configuration.git"
    assert git(repository, "rev-list", "--count", "main") == "3"
    shown = git(repository, "show", "main:products/starter/productInformation.json")
    assert '"Starter"' in shown
    wanted = {"displayName": "S", "scope": "/products/old"}
    assert saved.call("PUT", "/subscriptions/s", wanted).is_success
    push(tmp_path, remove_old)
    assert ask(saved, "deploy").status_code == 400
    assert saved.call("GET", "/subscriptions/s").status_code == 200
    done(ask(saved, "deploy", force=True))
    assert saved.call("GET", "/subscriptions/s").status_code == 404


def test_only_owners_name_branches_and_only_proper_ones(console: Console) -> None:
    for action in ("save", "deploy", "validate"):
        for token in (console.issue("viewer"), console.issue("editor")):
            assert ask(console, action, token=token).status_code == 403
    path = "/tenant/access/save"
    assert console.call("POST", path, {"branch": "main"}).status_code == 404
    for branch in ("../x", "-f", "a..b", "a.lock", "x/.y", "", "a b", "a\nb", 5):
        assert ask(console, "save", branch).status_code == 400, branch


def test_others_change_and_read_while_one_deploys(
    saved: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(tmp_path, rename_starter)
    asked, answered = threading.Event(), threading.Event()
    read = Git.files

    def slowly(self: Git, commit: str) -> Files:
        asked.set()
        assert answered.wait(90)
        return read(self, commit)

    monkeypatch.setattr(Git, "files", slowly)
    with ThreadPoolExecutor(1) as pool:
        deployed = pool.submit(ask, saved, "deploy")
        assert asked.wait(90)
        # It goes on for as long as we like; what we write comes between.
        assert saved.call("PUT", "/products/old", {"displayName": "Odd"}).is_success
        assert starter(saved) == "Starter"
        answered.set()
        told = done(deployed.result())
    # The branch has the last word, on what was written meanwhile as well.
    assert changes(told) == {
        ("Update", "/products/starter"),
        ("Update", "/products/old"),
    }
    assert starter(saved) == "Beginner"
    assert state(saved)["isSynced"] is True
    listed = saved.call("GET", "/audit").json()["value"]
    paths = [one["properties"]["path"] for one in listed]
    assert sorted(paths[:2]) == ["/products/old", "/products/starter"]
    made = saved.call("PUT", "/products/new", {"displayName": "New"})
    before = saved.call("GET", "/products/starter").headers["ETag"]
    assert int(made.headers["ETag"].strip('"')) > int(before.strip('"'))
