"""Diagnostics and caches that are put over the REST are what gateways go by."""

import json
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from tests.gateway.serving import Serving
from tests.management.console import Console

from bramka.domain.traffic.configuration import Configuration, apply, read_update

ANSWERS = (
    "<policies><inbound><base /><return-response>"
    '<set-status code="{}" reason="So" /></return-response></inbound></policies>'
)


def put(console: Console, place: str, /, **properties: Any) -> None:
    answer = console.call("PUT", place, properties)
    assert answer.is_success, answer.text


def make_apis(console: Console, *names: str) -> None:
    for name in names:
        about = {"path": name, "protocols": ["http"], "subscriptionRequired": False}
        put(console, f"/apis/{name}", displayName=name, **about)
        for status in (200, 500):
            place = f"/apis/{name}/operations/{status}"
            url = {"method": "GET", "urlTemplate": f"/{status}"}
            put(console, place, displayName=str(status), **url)
            put(console, f"{place}/policies/policy", value=ANSWERS.format(status))


def renewed(console: Console, known: Configuration | None) -> Configuration:
    """The configuration as a gateway comes to it: the whole, then what changed."""
    headers = {"Authorization": f"Bearer {console.gateway_token}"}
    query = {} if known is None else {"since": str(known.version)}
    place = "/gateway/configuration"
    answer = console.client.get(place, headers=headers, params=query)
    update = read_update(answer.content)
    assert (update.whole is None) == (known is not None)
    return apply(known, update)


def call(serving: Serving, *paths: str) -> None:
    for path in paths:
        with suppress(HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/{path}").close()
    # An answer is sent before its line is written, in the same turn of the loop.
    serving.do(lambda: None)


def logged(serving: Serving) -> list[dict[str, Any]]:
    file: Path = serving._folder / "logs" / "calls.log"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_calls_are_logged_as_diagnostics_say(console: Console) -> None:
    make_apis(console, "one", "two")
    with Serving() as serving:
        known = renewed(console, None)
        serving.do(lambda: serving.gateway.take(known))
        call(serving, "one/200", "two/200")
        put(
            console,
            "/loggers/file",
            loggerType="logFile",
            credentials={"name": "calls"},
        )
        told = {"loggerId": "/loggers/file", "logClientIp": True}
        put(console, "/diagnostics/local", **told)
        none = {"samplingType": "fixed", "percentage": 0}
        more = {"sampling": none, "alwaysLog": "allErrors"}
        put(console, "/apis/one/diagnostics/local", loggerId="/loggers/file", **more)
        later = renewed(console, known)
        assert set(later.diagnostics) == {"/local", "one/local"}
        serving.do(lambda: serving.gateway.take(later))
        call(serving, "one/200", "one/500", "two/200", "nowhere")
        lines = logged(serving)
    assert [(one.get("apiId"), one["responseCode"]) for one in lines] == [
        ("one", 500),
        ("two", 200),
        (None, 404),
    ]
    addresses = [one.get("callerIpAddress") for one in lines]
    assert addresses == [None, "127.0.0.1", "127.0.0.1"]
    assert console.call("DELETE", "/diagnostics/local", match="*").status_code == 200
    assert set(renewed(console, later).diagnostics) == {"one/local"}


def test_a_cache_reaches_gateways_and_its_password_nobody_else(
    console: Console,
) -> None:
    before = renewed(console, None)
    string = "cache.example:6380,password=hush,ssl=True"
    put(console, "/caches/default", connectionString=string)
    known = renewed(console, before)
    assert known.caches["default"].connection_string == string
    assert "hush" not in console.call("GET", "/caches/default").text
    refused = console.call("PUT", "/caches/x", {"connectionString": "a b,password=h"})
    assert refused.status_code == 400
    assert "neither host:port nor name=value" in refused.text
