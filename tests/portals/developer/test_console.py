"""The test console's relay: it reaches our gateway, and nothing else."""

import asyncio
import base64
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.databases import VAULT
from tests.gateway.serving import Serving, echo
from tests.portals.developer import face as faces
from tests.portals.developer.face import Face

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.relayed import caller_token
from bramka.portals.developer import console
from bramka.portals.developer.sent_call import own_target

HOME = "http://gateway.example.com:8080/base"
FOREIGN = [
    "http://127.0.0.1:1/alpha",
    "http://localhost:{port}/alpha",
    "https://127.0.0.1:{port}/alpha",
    "http://127.0.0.1:{port}@evil.example.com/alpha",
    "http://evil@127.0.0.1:{port}/alpha",
    "http://127.0.0.1:{port}.evil.example.com/alpha",
    "http://[::1]:{port}/alpha",
    "http://169.254.169.254/latest/meta-data",
    "http://2130706433:{port}/alpha",
    "//127.0.0.1:{port}/alpha",
    "/alpha",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/alpha",
    "http://127.0.0.1:{port}\\@evil.example.com/",
    "http://127.0.0.1:99999/alpha",
    "http://127.0.0.1:{port}/a\r\nHost: evil",
    "http://127.0.0.1:{port}/a b",
    "http://127.0.0.1:{port}/ą",
    "http://127.0.0.1:{port}/x/../../admin",
    "http://127.0.0.1:{port}/x/%2e%2e/admin",
    "http://127.0.0.1:{port}/x/%252E%252e/admin",
    "http://127.0.0.1:{port}/x/..%2fadmin",
    "http://127.0.0.1:{port}/x/..\\admin",
    "",
    "http://",
    "http://[/",
]
FORGED: list[dict[str, Any]] = [
    {"headers": [("X-A", "b\r\nX-C: d")]},
    {"headers": [("X-A\r\nX-C", "d")]},
    {"headers": [("X-A", "b\nc")]},
    {"headers": [("X-A", "b\u0000c")]},
    {"headers": [("X-A", "zażółć")]},
    {"headers": [("", "b")]},
    {"headers": [("X-A", "b" * 9000)]},
    {"headers": [("X-A", "b")] * 101},
    {"method": "GET /evil HTTP/1.1\r\nX:"},
    {"method": ""},
    {"bodyBase64": "not base64!"},
    {"bodyBase64": "A" * 6_000_000},
    {"url": 5},
]


@pytest.fixture
def face(serving: Serving, served_face: Face) -> Face:
    """A face with an open API at /alpha, whose backend tells what it was asked."""
    served_face.publish_product("open", "guests", subscriptionRequired=False)
    served_face.publish_backed("alpha", serving.backend(tell_head), "open")
    faces.serve(serving, served_face)
    return served_face


async def tell_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = b"Content-Length: %d\r\n" % len(head)
    writer.write(b"HTTP/1.1 207 Mixed\r\nX-Two: a\r\nX-Two: b\r\n" + length + b"\r\n")
    writer.write(head)
    await writer.drain()


def send(face: Face, reader: str = "", **sent: object) -> Any:
    given = {"method": "GET", "url": f"{face.settings.gateway_url}/alpha/x", **sent}
    return face.call("POST", "/console/send", reader, given)


def body_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return base64.b64decode(answer.json()["bodyBase64"]).decode()


def test_a_call_comes_back_whole(face: Face) -> None:
    answer = send(
        face, url=f"{face.settings.gateway_url}/alpha/x?q=%20&r=ó".replace("ó", "o")
    )
    told = answer.json()
    assert (told["status"], told["milliseconds"] >= 0) == (207, True)
    assert [value for name, value in told["headers"] if name == "X-Two"] == ["a", "b"]
    assert "traceId" not in told
    assert body_of(answer).startswith("GET /x?q=%20&r=o HTTP/1.1\r\n")


def test_bodies_and_headers_are_passed_on(serving: Serving, face: Face) -> None:
    face.publish_backed("beta", serving.backend(echo), "open")
    faces.serve(serving, face)
    content = bytes(range(256)) * 1000
    answer = send(
        face,
        method="post",
        url=f"{face.settings.gateway_url}/beta/x",
        bodyBase64=base64.b64encode(content).decode(),
    )
    told = base64.b64decode(answer.json()["bodyBase64"])
    assert told == b"POST /x HTTP/1.1|" + content
    head = body_of(
        send(face, headers=[("X-Mine", "zażółć".encode().decode("latin-1"))])
    )
    assert "X-Mine: " in head


def test_what_belongs_to_the_connection_is_not_the_callers_to_write(
    face: Face,
) -> None:
    forged = [
        ("Host", "evil.example.com"),
        ("content-length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "upgrade"),
        ("Forwarded", "for=10.0.0.1"),
        ("X-Forwarded-For", "10.0.0.1"),
        ("X-Forwarded-Host", "evil.example.com"),
        ("Apim-Debug-Authorization", "forged"),
        ("X-Fine", "yes"),
    ]
    answer = send(face, headers=forged)
    head = body_of(answer).lower()
    assert "evil" not in head
    assert "10.0.0.1" not in head
    assert "x-fine: yes" in head
    assert "forwarded" in head
    assert "console-caller" not in head
    names = [name.lower() for name, _ in answer.json()["headers"]]
    assert not [name for name in names if name.startswith("apim-debug")]


def test_nothing_but_the_gateway_is_reached(face: Face) -> None:
    port = urlsplit(face.settings.gateway_url).port
    for url in FOREIGN:
        answer = send(face, url=url.replace("{port}", str(port)))
        assert answer.status_code in (400, 403), url
        assert answer.json()["error"]["target"] == "url", url


def test_forged_or_oversized_calls_are_refused(face: Face) -> None:
    for sent in FORGED:
        answer = send(face, **sent)
        assert answer.status_code == 400, sent
        assert answer.json()["error"]["code"] == "ValidationError"


def test_answers_are_bounded(
    serving: Serving, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    face.publish_backed("beta", serving.backend(echo), "open")
    faces.serve(serving, face)
    monkeypatch.setattr(console, "LARGEST_BODY", 3000)
    url = f"{face.settings.gateway_url}/beta/x"
    large = base64.b64encode(bytes(2990)).decode()
    answer = send(face, method="POST", url=url, bodyBase64=large)
    assert answer.status_code == 400
    assert "larger than 3000 bytes" in answer.json()["error"]["message"]


def test_an_answer_that_never_comes_is_not_waited_for(
    serving: Serving, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def say_nothing(
        reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        await reader.read()

    face.publish_backed("beta", serving.backend(say_nothing), "open")
    faces.serve(serving, face)
    monkeypatch.setattr(console, "SECONDS", 0.3)
    answer = send(face, url=f"{face.settings.gateway_url}/beta/x")
    assert answer.status_code == 503
    assert "did not answer" in answer.json()["error"]["message"]


def test_a_gateway_that_is_away_is_told(served_face: Face, serving: Serving) -> None:
    serving.stop(grace=0.1).result(90)
    answer = send(served_face)
    assert answer.status_code == 503
    assert "cannot be reached" in answer.json()["error"]["message"]


def test_only_so_many_are_tried_at_once(
    serving: Serving, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.to_thread(waiting.wait, 20)
        await tell_head(reader, writer)

    face.publish_backed("beta", serving.backend(wait), "open")
    faces.serve(serving, face)
    statuses: list[int] = []
    url = f"{face.settings.gateway_url}/beta/x"
    monkeypatch.setattr(face.client, "timeout", None)

    def call() -> None:
        statuses.append(send(face, url=url).status_code)

    callers = [threading.Thread(target=call) for _ in range(console.AT_ONCE + 3)]
    for one in callers:
        one.start()
    while len(statuses) < 3:
        assert any(one.is_alive() for one in callers)
        time.sleep(0.01)
    waiting.set()
    for one in callers:
        one.join(90)
    assert sorted(statuses) == [200] * console.AT_ONCE + [503] * 3


def test_editors_trace_and_others_do_not(serving: Serving, face: Face) -> None:
    face.join("ann")
    sent = {"method": "GET", "url": f"{face.settings.gateway_url}/alpha/x"}

    def traced(role: str, **more: object) -> Any:
        headers = {"X-Role": role} if role else {}
        given = {**sent, "trace": True, **more}
        return face.call("POST", "/console/send", "ann", given, headers=headers)

    face.clock.set(serving.gateway.engine.clock.now())
    for role in ("", "viewer"):
        assert traced(role).status_code == 403
    told = traced("editor").json()
    assert len(told["traceId"]) == 32
    (batch,) = serving.do(lambda: list(serving.gateway.engine.traces.batches()))
    assert [one.trace_id for one in batch] == [told["traceId"]]
    other = traced("owner", apiId="nobody")
    assert other.status_code == 404


def test_filters_see_the_caller_and_not_the_console(
    serving: Serving, face: Face
) -> None:
    """The console's own address opens nothing to those who call through it."""
    inbound = '<ip-filter action="allow"><address>127.0.0.1</address></ip-filter>'
    text = f"<policies><inbound>{inbound}<base/></inbound></policies>"
    face.publish("/apis/alpha/policies/policy", {"format": "rawxml", "value": text})
    faces.serve(serving, face)
    face.clock.set(serving.gateway.engine.clock.now())
    assert send(face).json()["status"] == 200

    def status(caller: str, sign: bytes = VAULT.pepper, late: float = 0) -> int:
        token = caller_token(caller, face.clock.now() + late, sign)
        url = f"{face.settings.gateway_url}/alpha/x"
        return httpx2.get(url, headers={"Apim-Console-Caller": token}).status_code

    assert status("203.0.113.9") == 403
    # What nobody of ours signed, or long ago, changes nothing.
    assert status("203.0.113.9", b"guessed") == 200
    assert status("203.0.113.9", late=-120) == 200
    forged = [("Apim-Console-Caller", "9999999999;203.0.113.9;00")]
    assert send(face, headers=forged).json()["status"] == 200


# --- addresses ----------------------------------------------------------------------


def reached(url: str) -> bytes | None:
    try:
        return own_target(urlsplit(HOME), url)
    except BramkaError:
        return None


def test_a_gateway_below_a_path_is_not_left() -> None:
    assert reached(f"{HOME}/echo?x=1#part") == b"/base/echo?x=1"
    assert reached(f"{HOME}/") == b"/base/"
    for outside in ("http://gateway.example.com:8080/bases", f"{HOME}/../admin", HOME):
        assert reached(outside) is None
    assert reached("HTTP://GATEWAY.example.com:8080/base/x") == b"/base/x"


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_address_smuggles_anything(host: str, path: str) -> None:
    for url in (f"http://{host}/base/{path}", f"{HOME}/{path}{host}", host + path):
        target = reached(url)
        if target is not None:
            assert target.startswith(b"/base/")
            assert not set(target) & set(b"\r\n \x00")
            assert b"/../" not in target


def test_a_socket_that_only_listens_is_never_reached(face: Face) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        port = trap.getsockname()[1]
        for url in (
            f"http://127.0.0.1:{port}/alpha/x",
            f"http://127.0.0.1:{port}#@{urlsplit(face.settings.gateway_url).netloc}/",
            f"{face.settings.gateway_url}@127.0.0.1:{port}/",
        ):
            assert send(face, url=url).status_code == 403
        with pytest.raises(TimeoutError):
            trap.accept()
