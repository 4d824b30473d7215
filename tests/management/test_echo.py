"""The Echo API of a new instance, and what answers behind it."""

import httpx2
from tests.management.console import Console

from bramka.store import echo


def test_the_echo_api_is_in_both_products(console: Console) -> None:
    with console.store.writing() as transaction:
        echo.create(transaction, f"{console.url}/echo")
    for product in ("starter", "unlimited"):
        listed = console.call("GET", f"/products/{product}/apis").json()["value"]
        assert [one["name"] for one in listed] == ["echo-api"]
    operations = console.call("GET", "/apis/echo-api/operations").json()
    assert operations["count"] == 5


def test_what_is_sent_comes_back_but_no_credentials(console: Console) -> None:
    headers = {"X-Mine": "1", "Authorization": "Bearer s", "Cookie": "a=hush"}
    answer = httpx2.post(
        f"{console.url}/echo/resource?a=b", content="<script>", headers=headers
    )
    told = answer.json()
    assert (told["method"], told["path"], told["query"]) == (
        "POST",
        "/resource",
        {"a": "b"},
    )
    assert (told["body"], told["headers"]["x-mine"]) == ("<script>", "1")
    assert not {"authorization", "cookie"} & told["headers"].keys()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
