"""Daily work on the command line: entities are listed, shown, made and deleted."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bramka.app.database import check
from bramka.app.reading_settings import read_settings
from bramka.cli.main import bramka


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    made = run(
        folder,
        *("init", "--name", "demo"),
        *("--organization", "Books", "--admin-email", "a@example.com"),
    )
    assert made.exit_code == 0, made.output
    return folder


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(bramka, [*words, "--data", str(data)])


@pytest.mark.parametrize(
    ("verb", "name"), [("show", ""), ("delete", ".."), ("delete", ".")]
)
def test_what_is_no_name_leads_nowhere_else(data: Path, verb: str, name: str) -> None:
    told = run(data, "product", verb, name)
    assert (told.exit_code, told.output) == (
        1,
        f"bramka: '{name}' is no name; write that of an entity.\n",
    )
    assert "starter" in run(data, "product", "list").output


def test_a_product_is_made_shown_listed_and_deleted(data: Path) -> None:
    made = run(data, "product", "create", "gold", "--set", "displayName=Gold")
    assert made.exit_code == 0, made.output
    assert "Gold" in run(data, "product", "show", "gold").output
    listed = json.loads(run(data, "product", "list", "--output", "json").output)
    assert [one["name"] for one in listed] == ["gold", "starter", "unlimited"]
    assert run(data, "product", "delete", "gold").exit_code == 0
    assert "gold" not in run(data, "product", "list").output


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("api", "echo-api"),
        ("subscription", "master"),
        ("user", "a@example.com"),
        ("backend", "name"),
        ("named-value", "name"),
    ],
)
def test_each_kind_is_listed(data: Path, kind: str, found: str) -> None:
    listed = run(data, kind, "list")
    assert listed.exit_code == 0, listed.output
    assert found in listed.output


def test_a_policy_is_set_and_shown_as_it_was_written(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "policy.xml"
    file.write_text("<policies><inbound><base /></inbound></policies>", "utf-8")
    assert run(data, "policy", "set", "apis/echo-api", str(file)).exit_code == 0
    scopes = run(data, "policy", "list").output.split()
    assert sorted(scopes) == ["apis/echo-api", "products/starter"]
    shown = run(data, "policy", "show", "apis/echo-api").output
    assert shown.strip() == file.read_text("utf-8")
    file.write_text("<policies><inbound><nonsense /></inbound></policies>", "utf-8")
    refused = run(data, "policy", "set", "global", str(file))
    assert refused.exit_code == 1
    assert "nonsense" in refused.output


def test_what_cannot_be_done_is_told_in_one_line(data: Path) -> None:
    refused = run(data, "product", "create", "gold", "--set", "colour=red")
    assert refused.exit_code == 1
    assert "'colour' is not a property" in refused.output
    assert run(data, "api", "show", "nobody").exit_code == 1


def test_a_key_that_no_quota_counts_is_said(data: Path) -> None:
    for words in (("list",), ("reset",)):
        told = run(data, "quota", *words, "a/b")
        assert told.exit_code == 1
        assert "Nothing was counted under the key 'a/b'" in told.output


def test_the_echo_api_follows_the_console_to_another_port(data: Path) -> None:
    def backend() -> str:
        told = run(data, "api", "show", "echo-api", "--output", "json").output
        return str(json.loads(told)["properties"]["serviceUrl"])

    def start(port: str) -> None:
        check(read_settings({"data": str(data), "console_port": port}))

    assert backend() == "http://127.0.0.1:8090/echo"
    start("9090")
    assert backend() == "http://127.0.0.1:9090/echo"
    elsewhere = "serviceUrl=http://127.0.0.1:8090/mine"
    path = ("--set", "path=echo", "--set", "displayName=Echo", "--set", elsewhere)
    assert run(data, "api", "create", "echo-api", *path).exit_code == 0
    start("9091")
    assert backend() == "http://127.0.0.1:8090/mine"
