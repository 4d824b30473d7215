"""HTTP/2 towards callers: the same answers, flow control, limits, farewells."""

import asyncio
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.settings import SettingCodes, Settings
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    ExtensionFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from tests.gateway.serving import KEY, Serving, echo, open_api, read_head
from tests.wire.authority import Authority

from bramka.wire.connection import Limits
from bramka.wire.tls import Certificates, TlsHost

NAME = "api.example.com"
MEGA = 1024 * 1024


class Second(Serving):
    """A gateway with one TLS host and several APIs."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self.authority = Authority(folder)
        certificate, key = self.authority.sign("own", [NAME, "127.0.0.1"])
        host = TlsHost(names=(NAME,), certificate=certificate, key=key)
        self.tls_port = self.do(
            lambda: self.gateway.listen_tls("127.0.0.1", 0, Certificates([host]))
        )
        self.taken = 0
        self.given = 0
        back = f"http://127.0.0.1:{self.backend(echo)}"
        big = f"http://127.0.0.1:{self.backend(self._big)}"
        self.take(
            open_api("echo", back),
            open_api("keyed", back, subscription_required=True),
            open_api("big", big),
            open_api("sums", f"http://127.0.0.1:{self.backend(sums)}"),
        )

    async def _big(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Takes a body as slowly as it is told to, or gives one without a length."""
        line, fields = await read_head(reader)
        if line.startswith(b"POST"):
            left = int(fields[b"content-length"])
            while left:
                piece = await reader.read(min(left, 65536))
                left -= len(piece)
                if b"slow" in line:
                    await asyncio.sleep(0.02)
                else:
                    self.taken += len(piece)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            return
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(64):
            writer.write(b"100000\r\n" + bytes(MEGA) + b"\r\n")
            await writer.drain()
            self.given += MEGA
        writer.write(b"0\r\n\r\n")

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority.root))

    def client(self) -> httpx2.Client:
        """Speaks HTTP/2 to this machine, whatever name it asks for."""
        return httpx2.Client(
            http2=True,
            verify=self.context(),
            base_url=f"https://127.0.0.1:{self.tls_port}",
            headers={"Host": NAME},
            timeout=90,
        )

    def curl(self, path: str, *more: str) -> "subprocess.CompletedProcess[bytes]":
        command = ["curl", "--silent", "--show-error", "--http2", "--cacert"]
        command += [str(self.authority.root), "--max-time", "90"]
        command += ["--connect-to", f"{NAME}:443:127.0.0.1:{self.tls_port}"]
        command += [*more, f"https://{NAME}{path}"]
        return subprocess.run(command, capture_output=True, timeout=100, check=False)

    @property
    def open_links(self) -> int:
        servers = self.gateway.secure_servers
        return self.do(lambda: sum(len(server.connections) for server in servers))


async def sums(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A backend that puts a sum behind the body for those who take it."""
    _, fields = await read_head(reader)
    takes = (fields.get(b"te"), fields.get(b"connection")) == (b"trailers", b"TE")
    last = b"x-sum: 9\r\n" if takes else b""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    writer.write(b"1\r\na\r\n0\r\n" + last + b"\r\n")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Second]:
    with Second(tmp_path_factory.mktemp("http2")) as serving:
        yield serving


class Frames:
    """A caller that sends the frames it likes."""

    def __init__(self, second: Second) -> None:
        context = second.context()
        context.set_alpn_protocols(["h2"])
        bare = socket.create_connection(("127.0.0.1", second.tls_port), timeout=90)
        self.socket = context.wrap_socket(bare, server_hostname=NAME)
        assert self.socket.selected_alpn_protocol() == "h2"
        self.h2 = H2Connection(
            H2Configuration(
                client_side=True,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        self.h2.initiate_connection()
        self.events: list[Event] = []

    def __enter__(self) -> "Frames":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self) -> None:
        self.socket.sendall(self.h2.data_to_send())

    def ask(
        self,
        number: int,
        target: str = "/echo/x",
        *more: tuple[str, str],
        **changed: str,
    ) -> None:
        """Send the head of a request and nothing else of it."""
        usual = {"method": "GET", "scheme": "https", "authority": NAME, "path": target}
        pseudo = [(f":{key}", value) for key, value in (usual | changed).items()]
        ends = (usual | changed)["method"] == "GET"
        self.h2.send_headers(number, [*pseudo, *more], end_stream=ends)
        self.send()

    def wait(self, until: Callable[[Event], bool]) -> Event:
        """Read until an event comes; the end is an event too: see `hung_up`."""
        while True:
            for event in self.events:
                if until(event):
                    return event
            data = self.socket.recv(65536)
            assert data, "the gateway hung up"
            self.events += self.h2.receive_data(data)

    def status(self, number: int) -> int:
        found = self.wait(
            lambda event: (
                isinstance(event, ResponseReceived) and event.stream_id == number
            )
        )
        assert isinstance(found, ResponseReceived)
        return int(dict(found.headers)[b":status"])

    def reset_of(self, number: int) -> int:
        found = self.wait(
            lambda event: isinstance(event, StreamReset) and event.stream_id == number
        )
        assert isinstance(found, StreamReset)
        return int(found.error_code)

    def farewell(self) -> int:
        found = self.wait(lambda event: isinstance(event, ConnectionTerminated))
        assert isinstance(found, ConnectionTerminated)
        return int(found.error_code or 0)


def is_end_of(number: int) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, StreamEnded) and event.stream_id == number


def test_calls_and_answers_are_those_of_http_1(second: Second) -> None:
    with second.client() as client:
        for _ in range(2):  # the second time from memory
            answer = client.get("/echo/x?a=b", headers={"Cookie": "a=1; b=2"})
            assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)
            assert answer.content == b"GET /x?a=b HTTP/1.1|"
            assert "connection" not in answer.headers
        assert client.post("/echo/p", content=b"hello").content.endswith(b"|hello")
        missing = client.get("/none")
        assert (missing.status_code, missing.json()["statusCode"]) == (404, 404)
        refused = client.get("/keyed/x")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("AzureApiManagementKey")
        keyed = client.get("/keyed/x", headers={"Ocp-Apim-Subscription-Key": KEY})
        assert keyed.status_code == 200


def test_an_answer_to_head_has_no_body(second: Second) -> None:
    with second.client() as client:
        answer = client.head("/echo/x")
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) > 0


def test_a_body_without_length_goes_on_in_chunks(second: Second) -> None:
    with second.client() as client:
        answer = client.post("/echo/p", content=iter([b"one,", b"two,", b"three"]))
        assert answer.content.endswith(b"|one,two,three")


def test_who_does_not_know_http_2_is_served_as_before(second: Second) -> None:
    with httpx2.Client(
        verify=second.context(), headers={"Host": NAME}, timeout=90
    ) as client:
        answer = client.get(f"https://127.0.0.1:{second.tls_port}/echo/x")
        assert (answer.http_version, answer.status_code) == ("HTTP/1.1", 200)
    assert second.curl("/echo/x", "--http1.1").stdout == b"GET /x HTTP/1.1|"


def test_curl_is_answered(second: Second) -> None:
    done = second.curl("/echo/x", "--write-out", " %{http_version} %{http_code}")
    assert done.stdout == b"GET /x HTTP/1.1| 2 200"


def test_big_bodies_pass_both_ways(second: Second, tmp_path: Path) -> None:
    file = tmp_path / "big"
    file.write_bytes(bytes(32 * MEGA))
    before = second.taken
    done = second.curl("/big/up", "--data-binary", f"@{file}", "--header", "Expect:")
    assert done.stdout == b"ok"
    assert second.taken - before == 32 * MEGA
    down = second.curl(
        "/big/down", "--output", str(file), "--write-out", "%{http_code}"
    )
    assert down.stdout == b"200"
    assert file.stat().st_size == 64 * MEGA


def test_many_calls_share_a_connection(second: Second) -> None:
    with Frames(second) as caller:
        for number in range(1, 101, 2):
            caller.ask(number, f"/echo/{number}")
        for number in range(1, 101, 2):
            caller.wait(is_end_of(number))
            assert caller.status(number) == 200
    eventually(lambda: second.open_links == 0)


def test_a_caller_who_does_not_read_holds_the_backend_up(second: Second) -> None:
    before = second.given
    with Frames(second) as caller:
        caller.ask(1, "/big/down")
        assert caller.status(1) == 200
        time.sleep(0.5)
        assert second.given - before < 20 * MEGA
        caller.ask(3, "/echo/meanwhile")
        assert caller.status(3) == 200
    eventually(lambda: second.open_links == 0)


def test_a_slow_backend_holds_the_caller_up_but_not_other_calls(second: Second) -> None:
    with Frames(second) as caller:
        length = ("content-length", str(64 * MEGA))
        caller.ask(1, "/big/slow", length, method="POST")
        caller.h2.increment_flow_control_window(MEGA)
        sent = 0
        deadline = time.monotonic() + 1.5
        caller.socket.settimeout(0.2)
        while time.monotonic() < deadline:
            room = min(caller.h2.local_flow_control_window(1), 16384)
            if room:
                caller.h2.send_data(1, bytes(room))
                sent += room
                caller.send()
            else:
                receive_for_a_moment(caller)
        assert sent < 24 * MEGA
        caller.socket.settimeout(90)
        caller.ask(3, "/echo/meanwhile")
        assert caller.status(3) == 200
    eventually(lambda: second.open_links == 0)


def receive_for_a_moment(caller: Frames) -> None:
    try:
        caller.events += caller.h2.receive_data(caller.socket.recv(65536))
    except TimeoutError:
        return


def test_a_refusal_ends_the_upload(second: Second) -> None:
    with Frames(second) as caller:
        caller.ask(1, "/keyed/x", ("content-length", "1000000"), method="POST")
        assert caller.status(1) == 401
        assert caller.reset_of(1) == ErrorCodes.NO_ERROR


def test_trailers_of_a_request_reach_the_connection_as_such(second: Second) -> None:
    with Frames(second) as caller:
        caller.ask(1, "/echo/x", method="POST")
        caller.h2.send_data(1, b"body")
        caller.h2.send_headers(1, [("x-sum", "1")], end_stream=True)
        caller.send()
        body = b""
        caller.wait(is_end_of(1))
        for event in caller.events:
            if isinstance(event, DataReceived):
                body += event.data
        assert body.startswith(b"POST /x HTTP/1.1|body")


def test_who_takes_trailers_gets_those_of_the_backend(second: Second) -> None:
    with Frames(second) as caller:
        caller.ask(1, "/sums/x")
        caller.wait(is_end_of(1))
        assert not any(isinstance(event, TrailersReceived) for event in caller.events)
        caller.ask(3, "/sums/x", ("te", "trailers"))
        caller.wait(is_end_of(3))
        trailers = [e for e in caller.events if isinstance(e, TrailersReceived)]
        assert [dict(event.headers) for event in trailers] == [{b"x-sum": b"9"}]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"path": "/echo/x HTTP/1.1\r\nhost: evil"}, None),
        ({"path": "/echo/a b"}, None),
        ({"method": "GET /x HTTP/1.1\r\n"}, None),
        ({"authority": "a\r\nb: c"}, None),
        ({"authority": ""}, None),
        ({}, ("x-a", "b\r\nc: d")),
        ({}, ("x-a: b", "c")),
        ({}, ("content-length", "5")),
        ({}, ("connection", "close")),
        ({}, ("transfer-encoding", "chunked")),
        ({}, ("te", "trailers, gzip")),
        ({}, ("X-Upper", "case")),
    ],
)
def test_what_http_1_could_read_in_another_way_is_refused(
    second: Second, changed: dict[str, str], field: tuple[str, str] | None
) -> None:
    with Frames(second) as caller:
        caller.ask(1, "/echo/x", *([field] if field else []), **changed)
        found = caller.wait(
            lambda event: isinstance(event, (StreamReset, ConnectionTerminated))
        )
        assert isinstance(found, (StreamReset, ConnectionTerminated))
        assert found.error_code == ErrorCodes.PROTOCOL_ERROR


def test_too_many_calls_at_once_are_refused(second: Second) -> None:
    with Frames(second) as caller:
        caller.wait(lambda event: bool(caller.h2.remote_settings))
        assert caller.h2.remote_settings[SettingCodes.MAX_CONCURRENT_STREAMS] == 100
        # One that asks before it knows loses what is too much, and nothing else.
        caller.h2.remote_settings = Settings(client=False)
        for number in range(1, 202, 2):
            caller.h2.send_headers(number, UPLOAD)
        caller.send()
        assert caller.reset_of(201) == ErrorCodes.REFUSED_STREAM
        for number in (1, 199):
            caller.h2.end_stream(number)
            caller.send()
            assert caller.status(number) == 200


def test_who_says_farewell_still_gets_the_answers(second: Second) -> None:
    with Frames(second) as caller:
        caller.ask(1, method="POST")
        caller.wait(lambda event: bool(caller.h2.remote_settings))
        body = DataFrame(1, b"late", flags=["END_STREAM"])
        caller.socket.sendall(GoAwayFrame(0).serialize() + body.serialize())
        frames = list(frames_until_the_end(caller.socket))
    given = b"".join(one.data for one in frames if isinstance(one, DataFrame))
    assert given == b"POST /x HTTP/1.1|late"
    assert not any(isinstance(one, GoAwayFrame) for one in frames)


@pytest.mark.parametrize("what", ["resets", "pings", "settings"])
def test_work_for_nothing_is_borne_for_a_while_only(second: Second, what: str) -> None:
    with Frames(second) as caller:
        for number in range(1, 1601, 2):
            if what == "resets":
                caller.h2.send_headers(number, HEAD, end_stream=True)
                caller.h2.reset_stream(number)
            elif what == "pings":
                caller.h2.ping(b"12345678")
            else:
                caller.h2.update_settings({SettingCodes.HEADER_TABLE_SIZE: number})
        caller.send()
        assert caller.farewell() == ErrorCodes.ENHANCE_YOUR_CALM
    eventually(lambda: second.open_links == 0)


@pytest.mark.parametrize(
    ("frame", "times"),
    [
        (WindowUpdateFrame(0, window_increment=1), 2_000),
        (WindowUpdateFrame(3, window_increment=1), 2_000),
        (SettingsFrame(0, flags=["ACK"]), 500),
        (PriorityFrame(3, stream_weight=1), 2_000),
        (PingFrame(0, opaque_data=b"12345678"), 1_000),
        (ExtensionFrame(type=0x77, stream_id=0), 2_000),
        (RstStreamFrame(1, error_code=8), 20_000),
        (DataFrame(3), 2_000),
        (ContinuationFrame(5, data=b""), 100),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Frame) else None,
)
def test_a_flood_ends_the_connection(second: Second, frame: Frame, times: int) -> None:
    with Frames(second) as caller:
        caller.ask(1)
        caller.wait(is_end_of(1))
        caller.ask(3, method="POST")
        half = HeadersFrame(5, data=caller.h2.encoder.encode(HEAD))
        if frame.stream_id == 5:
            caller.socket.sendall(half.serialize())
        with suppress(OSError):
            caller.socket.sendall(frame.serialize() * times)
        assert caller.farewell() in (
            ErrorCodes.ENHANCE_YOUR_CALM,
            ErrorCodes.PROTOCOL_ERROR,
        )
    eventually(lambda: second.gateway.engine.in_flight == 0)


def test_a_window_that_opens_byte_by_byte_is_borne_for_a_while_only(
    second: Second,
) -> None:
    with Frames(second) as caller:
        caller.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 0})
        caller.ask(1, "/big/x")
        assert caller.status(1) == 200
        with suppress(OSError):
            for _ in range(2_000):
                caller.h2.increment_flow_control_window(1, 1)
                caller.send()
        assert caller.farewell() == ErrorCodes.ENHANCE_YOUR_CALM


def test_windows_that_open_little_by_little_are_borne_as_long_as_it_takes(
    second: Second,
) -> None:
    with Frames(second) as caller:
        caller.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 8_192})
        caller.ask(1, "/big/x")
        taken = 0
        while taken < 6 * MEGA:
            fresh = caller.h2.receive_data(caller.socket.recv(1 << 18))
            for event in fresh:
                assert not isinstance(event, ConnectionTerminated)
                if isinstance(event, DataReceived):
                    size = event.flow_controlled_length
                    taken += size
                    caller.h2.increment_flow_control_window(size, 1)
                    caller.h2.increment_flow_control_window(size)
            caller.send()


def test_a_frame_that_says_it_is_endless_is_not_waited_for(second: Second) -> None:
    with Frames(second) as caller:
        caller.ask(1)
        assert caller.status(1) == 200
        with suppress(OSError):
            caller.socket.sendall(b"\xff\xff\xff\x00\x00\x00\x00\x00\x01" + bytes(MEGA))
        assert caller.farewell() == ErrorCodes.ENHANCE_YOUR_CALM


HEAD = [
    (":method", "GET"),
    (":scheme", "https"),
    (":authority", NAME),
    (":path", "/echo/x"),
]
UPLOAD = [(":method", "POST"), *HEAD[1:]]


def test_a_head_that_is_too_long_ends_the_connection(second: Second) -> None:
    with Frames(second) as caller:
        long = [(f"x-{number}", "v" * 4000) for number in range(20)]
        caller.h2.send_headers(1, [*HEAD, *long], end_stream=True)
        caller.send()
        assert caller.farewell() == ErrorCodes.ENHANCE_YOUR_CALM


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(b"\x80", id="index 0"),
        pytest.param(b"\xff\x07", id="an index of nothing"),
        pytest.param(b"\x3f\x61", id="a size of the table behind the fields"),
        pytest.param(b"\x00\x01x\x82\xff\xff", id="an end within a text"),
        pytest.param(b"\x40\x09x", id="a text that is cut off"),
    ],
)
def test_a_head_that_cannot_be_decompressed_is_told_as_such(
    second: Second, tail: bytes
) -> None:
    with Frames(second) as caller:
        caller.ask(1)
        assert caller.status(1) == 200
        block = caller.h2.encoder.encode(HEAD) + tail
        head = HeadersFrame(3, data=block, flags=["END_HEADERS", "END_STREAM"])
        caller.socket.sendall(head.serialize())
        assert caller.farewell() == ErrorCodes.COMPRESSION_ERROR


def test_a_stopping_gateway_says_farewell_and_ends_what_is_in_progress(
    tmp_path: Path,
) -> None:
    asked = threading.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        asked.set()
        await asyncio.sleep(0.4)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")

    with Second(tmp_path) as serving:
        serving.take(open_api("slow", f"http://127.0.0.1:{serving.backend(slow)}"))
        with Frames(serving) as caller:
            caller.ask(1, "/slow/x")
            assert asked.wait(90)
            stopping = serving.stop(grace=90)
            frames = list(frames_until_the_end(caller.socket))
        stopping.result(90)
    farewell = next(frame for frame in frames if isinstance(frame, GoAwayFrame))
    assert (farewell.error_code, farewell.last_stream_id) == (ErrorCodes.NO_ERROR, 1)
    assert isinstance(frames[-1], DataFrame)
    assert (frames[-1].data, "END_STREAM" in frames[-1].flags) == (b"late", True)


def frames_until_the_end(connection: socket.socket) -> Iterator[Frame]:
    """Frame by frame: h2's client takes no answers behind a farewell."""
    file = connection.makefile("rb")
    while head := file.read(9):
        frame, length = Frame.parse_frame_header(memoryview(head))
        frame.parse_body(memoryview(file.read(length)))
        yield frame


def test_slow_callers_are_not_waited_for(tmp_path: Path) -> None:
    limits = Limits(head_seconds=0.5, body_seconds=0.5, idle_seconds=1.5)

    def drip(caller: Frames) -> None:
        for byte in HeadersFrame(1, data=bytes(64)).serialize():
            caller.socket.sendall(bytes((byte,)))
            time.sleep(0.1)

    with (
        Second(tmp_path, limits) as serving,
        Frames(serving) as silent,
        Frames(serving) as dripping,
        Frames(serving) as holding,
    ):
        silent.send()
        dripping.send()
        holding.ask(1, method="POST")
        with pytest.raises(OSError, match=r"(?i)EOF|broken pipe|reset"):
            drip(dripping)
        assert holding.status(1) == 408
        assert holding.reset_of(1) == ErrorCodes.NO_ERROR
        for caller in (silent, holding):
            assert caller.farewell() == ErrorCodes.NO_ERROR
        eventually(lambda: serving.open_links == 0)


def test_a_call_taken_back_is_taken_back_from_the_backend(tmp_path: Path) -> None:
    gone = []
    asked = threading.Event()

    async def mute(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await read_head(reader)
        asked.set()
        gone.append(await reader.read())

    with Second(tmp_path) as serving:
        serving.take(open_api("mute", f"http://127.0.0.1:{serving.backend(mute)}"))
        with Frames(serving) as caller:
            caller.ask(1, "/mute/x")
            assert asked.wait(90)
            caller.h2.reset_stream(1, ErrorCodes.CANCEL)
            caller.send()
            eventually(lambda: gone == [b""])
            caller.ask(3, "/none")
            assert caller.status(3) == 404


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)
