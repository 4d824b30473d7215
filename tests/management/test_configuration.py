"""The door at which gateways wait for changes."""

import threading
import time

import httpx2
import pytest
from tests.management.console import Console

from bramka.domain.traffic.configuration import read_update
from bramka.domain.traffic.group import Group
from bramka.store.group import GROUPS


def ask(console: Console, **query: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {console.gateway_token}"}
    return httpx2.get(
        f"{console.url}/gateway/configuration",
        params=query,
        headers=headers,
        timeout=90,
    )


def version(console: Console) -> str:
    return str(read_update(ask(console).content).version)


def add_group(console: Console, name: str) -> None:
    """As another process would: straight into the database."""
    with console.store.writing() as transaction:
        GROUPS.insert(transaction, Group(id=name, display_name=name))


def test_the_first_answer_is_the_whole(console: Console) -> None:
    answer = ask(console)
    update = read_update(answer.content)
    assert update.whole is not None
    assert update.whole.products.keys() == {"starter", "unlimited"}
    assert answer.headers["etag"] == f'"{update.version}"'


@pytest.mark.parametrize("since", ["999999", "x", "-1", "", "9" * 30])
def test_an_unknown_version_gets_the_whole(console: Console, since: str) -> None:
    assert read_update(ask(console, since=since).content).whole is not None


def test_without_news_the_answer_is_304_after_the_wait(console: Console) -> None:
    since = version(console)
    began = time.monotonic()
    answer = ask(console, since=since, wait="0.5")
    assert (answer.status_code, answer.content) == (304, b"")
    # Without a wait of its own it would be half a minute, as gateways ask for.
    assert 0.4 < time.monotonic() - began < 20


def test_the_change_of_another_process_ends_the_wait(console: Console) -> None:
    since = version(console)
    changed = threading.Timer(0.3, add_group, (console, "late"))
    began = time.monotonic()
    changed.start()
    update = read_update(ask(console, since=since, wait="60").content)
    changed.join()
    assert [one.key for one in update.changes] == ["late"]
    assert time.monotonic() - began < 50


@pytest.mark.parametrize("wait", ["soon", "nan-", "1s"])
def test_a_wait_that_is_no_number_is_refused(console: Console, wait: str) -> None:
    answer = ask(console, wait=wait)
    assert (answer.status_code, answer.json()["error"]["target"]) == (400, "wait")


@pytest.mark.parametrize("token", ["wrong", "Ωmega", "a b"])
def test_only_the_gateways_token_opens(console: Console, token: str) -> None:
    headers = [(b"authorization", f"Bearer {token}".encode())]
    url = f"{console.url}/gateway/configuration"
    assert httpx2.get(url, headers=headers).status_code == 401


def test_a_management_token_does_not_open(console: Console) -> None:
    url = f"{console.url}/gateway/configuration"
    assert console.client.get(url).status_code == 401
