"""A store that fails on the wire: every fault is one to wait for, told in words."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpcore2
import pytest

from bramka.app.clock import SystemClock
from bramka.blobs import remote
from bramka.blobs.frontier import Frontier, GuardedNetwork, Patience
from bramka.blobs.remote import RemoteBlobs, TokenSigner, guarded_pool
from bramka.domain.errors import Unavailable
from bramka.testing import FakeClock

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
SECRET = "sig=c2VjcmV0"


@contextmanager
def store(answer: bytes, *, pause: float = 0.0, end: bool = True) -> Iterator[str]:
    """Something that reads requests and gives this answer, at once or byte by byte."""
    over = threading.Event()

    def answer_one(caller: socket.socket) -> None:
        caller.recv(1 << 16)
        step = 1 if pause else len(answer)
        for place in range(0, len(answer), max(1, step)):
            caller.sendall(answer[place : place + step])
            time.sleep(pause)
        if not end:
            over.wait(90)

    def serve(door: socket.socket) -> None:
        with suppress(OSError):  # The door is closed at the end.
            while True:
                caller, _ = door.accept()
                with caller, suppress(OSError):
                    answer_one(caller)

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve, args=(door,))
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/account"
        over.set()
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextmanager
def reading(address: str) -> Iterator[RemoteBlobs]:
    with guarded_pool(Frontier(public=False, private=True)) as pool:
        yield RemoteBlobs(address, TokenSigner(f"?{SECRET}"), pool)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "HTTP 500"),
        (b"HTTP/1.1 503 Oh\r\nx-ms-error-code: ServerBusy\r\n\r\n", "ServerBusy"),
        (b"HTTP/1.1 429 Oh\r\nContent-Length: 0\r\n\r\n", "HTTP 429"),
        (OK + b"half", "RemoteProtocolError"),
        (b"HTTP/1.1 507 Oh\r\nContent-Length: 0\r\n\r\n", "is full: whoever runs it"),
        (b"", "RemoteProtocolError"),
        (b"no HTTP at all\r\n\r\n", "RemoteProtocolError"),
    ],
)
def test_a_store_that_breaks_is_to_be_waited_for(answer: bytes, reason: str) -> None:
    with (
        store(answer) as address,
        reading(address) as blobs,
        pytest.raises(Unavailable, match=reason) as caught,
    ):
        blobs.read("container/x.csv", 0, 10)
    assert f"{address}/container/x.csv" in caught.value.message
    assert SECRET not in caught.value.message


def test_a_store_that_falls_silent_is_to_be_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(remote.TIMEOUT["timeout"], "read", 0.1)
    for answer in (b"", OK, OK + b"half"):
        with (
            store(answer, end=False) as address,
            reading(address) as blobs,
            pytest.raises(Unavailable, match="ReadTimeout"),
        ):
            blobs.read("container/x.csv", 0, 10)


def test_a_slow_store_is_read_to_its_end() -> None:
    with (
        store(OK + b"0123456789", pause=0.005) as address,
        reading(address) as blobs,
    ):
        assert blobs.read("container/x.csv", 0, 10) == b"0123456789"


def test_a_store_that_dribbles_holds_nobody_for_long() -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + bytes(900)
    patience = Patience(0.3, SystemClock())
    with (
        store(long, pause=0.1) as address,
        guarded_pool(Frontier(public=False, private=True), patience) as pool,
        pytest.raises(Unavailable, match="ReadTimeout"),
    ):
        RemoteBlobs(address, TokenSigner(""), pool).read("container/x.csv", 0, 900)


def test_a_connection_that_is_used_again_has_its_time_again() -> None:
    clock = FakeClock()
    patience = Patience(60.0, clock)
    network = GuardedNetwork(Frontier(public=False, private=True), patience)
    with socket.create_server(("127.0.0.1", 0)) as door:
        stream = network.connect_tcp(*door.getsockname())
        there, _ = door.accept()
        there.sendall(b"two answers")
        for _ in range(2):
            stream.write(b"a question", 90.0)
            assert len(stream.read(1, 90.0)) == 1
            clock.advance(50.0)
        clock.advance(20.0)
        with pytest.raises(httpcore2.ReadTimeout):
            stream.read(1, 90.0)
        there.close()
        stream.close()
