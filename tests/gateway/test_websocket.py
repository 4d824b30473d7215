"""WebSocket APIs: the handshake with its policies, then bytes both ways, unread."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from tests.gateway.serving import KEY, Serving, echo, open_api
from tests.wire.authority import Authority
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.usage import Batch
from bramka.wire.connection import Limits
from bramka.wire.tls import Certificates, TlsHost

SHAKE = (
    "GET /echo/x HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
POLICY = """<policies>
  <inbound>
    <set-header name="X-Who"><value>gateway</value></set-header>
  </inbound>
  <backend><forward-request timeout="PATIENCE" /></backend>
  <outbound>
    <set-header name="X-Policy"><value>seen</value></set-header>
  </outbound>
  <on-error />
</policies>"""


class Sockets(Serving):
    """A gateway with a WebSocket API before an echo, and how to connect to it."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self.requests: list[Any] = []
        self.closings: list[tuple[int | None, str | None]] = []
        self.echo_port = self.run(self._open_echo())

    async def _open_echo(self) -> int:
        server = await serve(
            self._echo,
            "127.0.0.1",
            0,
            max_size=None,
            select_subprotocol=lambda _, offered: next(iter(offered), None),
            close_timeout=1,
        )
        self._backends.append(server.server)
        return int(next(iter(server.sockets)).getsockname()[1])

    async def _echo(self, connection: ServerConnection) -> None:
        self.requests.append(connection.request)
        try:
            async for message in connection:
                if message == "leave":
                    await connection.close(4001, "as you wish")
                await connection.send(message)
        except ConnectionClosed:
            pass
        self.closings.append((connection.close_code, connection.close_reason))

    def offer(self, patience: int = 90, **more: Any) -> None:
        policy = POLICY.replace("PATIENCE", f"{patience}")
        self.take(self.api(**more), policy=policy)

    def api(self, **more: Any) -> Api:
        usual: dict[str, Any] = {"type": "websocket", "protocols": ("ws", "wss")}
        url = more.pop("url", f"ws://127.0.0.1:{self.echo_port}/deep")
        return open_api("echo", url, **(usual | more))

    def connect(self, path: str = "/echo/x?a=b", **more: Any) -> ClientConnection:
        usual: dict[str, Any] = {
            "max_size": None,
            "open_timeout": 90,
            "close_timeout": 90,
        }
        uri = f"ws://127.0.0.1:{self.port}{path}"
        opened: ClientConnection = connect(uri, **(usual | more))
        return opened

    @property
    def tunnels(self) -> int:
        return self.do(lambda: self.gateway.engine.tunnels)


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    with Sockets() as serving:
        serving.offer()
        yield serving


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


def all_of(caller: socket.socket) -> bytes:
    """What comes until the end, be it an orderly one or not."""
    heard = []
    with suppress(ConnectionError):
        while piece := caller.recv(1 << 20):
            heard.append(piece)
    return b"".join(heard)


def refusal(answer: InvalidStatus) -> int:
    return answer.response.status_code


def test_messages_pass_both_ways(sockets: Sockets) -> None:
    with sockets.connect() as caller:
        for message in ("hello", b"\x00\xff", "", "ż" * 1000):
            caller.send(message)
            assert caller.recv() == message
        assert sockets.tunnels == 1
    eventually(lambda: sockets.tunnels == 0)


def test_the_handshake_is_what_policies_see_and_change(sockets: Sockets) -> None:
    with sockets.connect(subprotocols=[Subprotocol("chat")]) as caller:
        caller.send("hello")
        assert caller.recv() == "hello"
        assert caller.subprotocol == "chat"
        assert caller.response is not None
        assert caller.response.headers["X-Policy"] == "seen"
    asked = sockets.requests[0]
    assert asked.path == "/deep/x?a=b"
    assert asked.headers["X-Who"] == "gateway"
    assert asked.headers["X-Forwarded-For"] == "127.0.0.1"
    assert asked.headers["Host"] == f"127.0.0.1:{sockets.echo_port}"


def test_big_messages_pass(sockets: Sockets) -> None:
    message = bytes(range(256)) * 4096 * 16
    with sockets.connect(compression=None) as caller:
        caller.send(message)
        assert caller.recv() == message


def test_pings_are_answered_by_the_backend(sockets: Sockets) -> None:
    with sockets.connect() as caller:
        assert caller.ping("are you there").wait(90)


def test_closing_codes_pass_both_ways(sockets: Sockets) -> None:
    with sockets.connect() as caller:
        caller.send("leave")
        with pytest.raises(ConnectionClosed):
            caller.recv()
        assert (caller.close_code, caller.close_reason) == (4001, "as you wish")
    with sockets.connect() as caller:
        caller.close(4002, "enough")
    eventually(lambda: (4002, "enough") in sockets.closings)
    eventually(lambda: sockets.tunnels == 0)


def test_the_key_is_looked_for_in_header_and_query(sockets: Sockets) -> None:
    sockets.offer(subscription_required=True)
    for path, headers in (
        ("/echo/x", {"Ocp-Apim-Subscription-Key": KEY}),
        (f"/echo/x?subscription-key={KEY}", {}),
    ):
        with sockets.connect(path, additional_headers=headers) as caller:
            caller.send("in")
            assert caller.recv() == "in"
        assert KEY not in sockets.requests[-1].path
        assert "Ocp-Apim-Subscription-Key" not in sockets.requests[-1].headers
    with pytest.raises(InvalidStatus) as refused:
        sockets.connect()
    assert refusal(refused.value) == 401


def test_a_backend_that_is_away_is_an_error_of_the_handshake(sockets: Sockets) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port = int(trial.getsockname()[1])
    sockets.offer(url=f"ws://127.0.0.1:{port}")
    with pytest.raises(InvalidStatus) as refused:
        sockets.connect()
    assert refusal(refused.value) == 500


def test_a_backend_that_says_nothing_is_waited_for_as_long_as_policies_say(
    sockets: Sockets,
) -> None:
    async def mute(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(90)
        writer.close()

    sockets.offer(1, url=f"ws://127.0.0.1:{sockets.backend(mute)}")
    with pytest.raises(InvalidStatus) as refused:
        sockets.connect()
    assert refusal(refused.value) == 500


def test_what_a_backend_answers_instead_passes(sockets: Sockets) -> None:
    sockets.offer(url=f"http://127.0.0.1:{sockets.backend(echo)}")
    with pytest.raises(InvalidStatus) as refused:
        sockets.connect()
    assert refusal(refused.value) == 200
    assert refused.value.response.body == b"GET /x?a=b HTTP/1.1|"


def test_a_plain_request_to_a_websocket_api_is_told_so(sockets: Sockets) -> None:
    for _ in range(2):  # the second time from memory
        caller = HTTPConnection("127.0.0.1", sockets.port, timeout=90)
        caller.request("GET", "/echo/x")
        answer = caller.getresponse()
        assert (answer.status, answer.headers["Upgrade"]) == (426, "websocket")
        caller.close()


def test_an_upgrade_at_a_plain_api_is_ignored(sockets: Sockets) -> None:
    sockets.take(open_api("echo", f"http://127.0.0.1:{sockets.backend(echo)}"))
    with pytest.raises(InvalidStatus) as refused:
        sockets.connect("/echo/x")
    assert refusal(refused.value) == 200


def test_who_speaks_before_the_backend_agreed_is_cut_off(sockets: Sockets) -> None:
    with socket.create_connection(("127.0.0.1", sockets.port), timeout=90) as caller:
        caller.sendall((SHAKE + "GET /echo/y HTTP/1.1\r\nHost: h\r\n\r\n").encode())
        assert all_of(caller) == b""
    assert sockets.tunnels == 0


def test_a_half_closed_caller_still_hears_the_backend(sockets: Sockets) -> None:
    async def last_word(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
            b"Upgrade: websocket\r\n\r\nfirst,"
        )
        heard = await reader.read()
        writer.write(b"heard " + heard)
        writer.close()

    sockets.offer(url=f"ws://127.0.0.1:{sockets.backend(last_word)}")
    with socket.create_connection(("127.0.0.1", sockets.port), timeout=90) as caller:
        caller.sendall(SHAKE.encode())
        said = caller.recv(1000)
        caller.sendall(b"my say")
        caller.shutdown(socket.SHUT_WR)
        said += all_of(caller)
    assert said.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert said.endswith(b"\r\n\r\nfirst,heard my say")
    eventually(lambda: sockets.tunnels == 0)


def test_a_caller_who_does_not_read_holds_the_backend_up(sockets: Sockets) -> None:
    sent = 0

    async def gush(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
            b"Upgrade: websocket\r\n\r\n"
        )
        while sent < 64 * 1024 * 1024:
            writer.write(bytes(65536))
            await writer.drain()
            sent += 65536
        writer.close()

    sockets.offer(url=f"ws://127.0.0.1:{sockets.backend(gush)}")
    with socket.create_connection(("127.0.0.1", sockets.port), timeout=90) as caller:
        caller.sendall(SHAKE.encode())
        time.sleep(1.0)
        held = sent
        assert held < 32 * 1024 * 1024
        assert len(all_of(caller)) > 64 * 1024 * 1024


def test_only_so_many_are_open_at_a_time() -> None:
    with Sockets(Limits(tunnels=1)) as serving:
        serving.offer()
        with serving.connect() as caller:
            with pytest.raises(InvalidStatus) as refused:
                serving.connect()
            assert refusal(refused.value) == 503
            caller.send("still here")
            assert caller.recv() == "still here"
        eventually(lambda: serving.tunnels == 0)
        with serving.connect():
            assert serving.tunnels == 1


def test_one_in_which_nothing_passes_is_cut() -> None:
    with Sockets(Limits(tunnel_idle_seconds=0.5)) as serving:
        serving.offer()
        with serving.connect() as caller, pytest.raises(ConnectionClosed):
            caller.recv(90)
        eventually(lambda: serving.tunnels == 0)


def test_its_bytes_are_counted_when_it_ends(sockets: Sockets) -> None:
    with sockets.connect(compression=None) as caller:
        caller.send(bytes(10_000))
        caller.recv()
    eventually(lambda: sockets.tunnels == 0)
    text = sockets.do(sockets.gateway.journal.cut)
    assert text is not None
    row = json.decode(text, type=Batch).rows[0]
    assert (row.operation, row.success, row.latency.count) == ("onHandshake", 1, 1)
    assert 20_000 < row.bandwidth < 20_200


def test_over_tls_on_both_sides(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.sign("own", ["api.example.com"])
    host = TlsHost(names=("api.example.com",), certificate=certificate, key=key)
    with Sockets() as serving:
        serving.offer()
        port = serving.do(
            lambda: serving.gateway.listen_tls("127.0.0.1", 0, Certificates([host]))
        )
        with connect(
            f"wss://api.example.com:{port}/echo/x",
            max_size=None,
            sock=socket.create_connection(("127.0.0.1", port)),
            ssl=ssl.create_default_context(cafile=str(authority.root)),
        ) as caller:
            message = bytes(5_000_000)
            caller.send(message)
            assert caller.recv() == message
        eventually(lambda: serving.tunnels == 0)
