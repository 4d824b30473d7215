"""An open-loop load: requests leave at a constant rate whether answers come or not.

    python -m benchmarks.pace SCHEME:PORT CALLERS BODY RATE SECONDS

prints the latencies as one line of JSON. A latency runs from the moment a request
was due, so a gateway that stalls cannot hide the requests that waited for it.
"""

import ctypes
import json
import select
import socket
import ssl
import statistics
import sys
from collections import deque
from itertools import cycle
from pathlib import Path
from time import perf_counter as now

from benchmarks.course import KEY_HEADER
from benchmarks.process import trusting

CONNECTIONS = 32
SETTLE = 0.5
"""Seconds at the start that are not counted: connections open, caches warm."""
_SET_TIMER_SLACK = 29


class Pacer:
    """One run: a schedule of requests over a few keep-alive connections."""

    def __init__(
        self, port: int, requests: list[bytes], body: bytes, *, secure: bool
    ) -> None:
        self.body = body
        self.requests = cycle(requests)
        self.poll = select.epoll()
        self.connections: dict[int, socket.socket] = {}
        self.free: deque[socket.socket] = deque()
        self.waiting: deque[float] = deque()
        self.due: dict[int, float] = {}
        self.partial: dict[int, list[bytes]] = {}
        self.latencies: list[float] = []
        self.wrong = 0
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if secure:
                connection = trusting().wrap_socket(connection)
            connection.setblocking(False)
            self.connections[connection.fileno()] = connection
            self.poll.register(connection.fileno(), select.EPOLLIN)
            self.free.append(connection)

    def run(self, rate: float, seconds: float) -> None:
        """Send `rate` requests a second for `seconds`, then wait for the last."""
        start = moment = now()
        total, sent = int(rate * seconds), 0
        while sent < total or self.waiting or self.due:
            while sent < total and start + sent / rate <= moment:
                self.waiting.append(start + sent / rate)
                sent += 1
            while self.waiting and self.free:
                self._send(self.waiting.popleft())
            pause = start + sent / rate - now() if sent < total else 1.0
            # epoll alone counts in milliseconds; select wakes to the microsecond.
            if select.select((self.poll,), (), (), max(0.0, pause))[0]:
                self._receive(start + SETTLE)
            moment = now()
            if moment > start + seconds + 10:
                raise TimeoutError(f"{len(self.due)} requests were never answered")

    def _send(self, due: float) -> None:
        # In turn: one left alone too long is closed as idle.
        connection = self.free.popleft()
        self.due[connection.fileno()] = due
        connection.send(next(self.requests))

    def _receive(self, counted_from: float) -> None:
        for number, _ in self.poll.poll(0):
            connection = self.connections[number]
            pieces = self.partial.setdefault(number, [])
            pieces += _received(connection)
            length = sum(map(len, pieces))
            if length < len(self.body):
                continue
            piece = b"".join(pieces)
            if not piece.endswith(self.body):
                continue
            del self.partial[number]
            due = self.due.pop(number)
            self.free.append(connection)
            self.wrong += not piece.startswith(b"HTTP/1.1 200")
            if due >= counted_from:
                self.latencies.append(now() - due)


def _received(connection: socket.socket) -> list[bytes]:
    """What has come; TLS may hold more than the socket tells of."""
    pieces = []
    try:
        while True:
            piece = connection.recv(1 << 18)
            if not piece:
                raise ConnectionError("the gateway closed a keep-alive connection")
            pieces.append(piece)
            if not isinstance(connection, ssl.SSLSocket):
                break
    except (ssl.SSLWantReadError, BlockingIOError):
        pass
    return pieces


def _request(line: str, port: str) -> bytes:
    key, path, *rest = line.split(" ", 2)
    token = rest[0] if rest else ""
    bearer = f"Authorization: {token}\r\n" if token else ""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    return f"{head}{KEY_HEADER}: {key}\r\n{bearer}\r\n".encode()


def main() -> None:
    place, keys, body, rate, seconds = sys.argv[1:]
    # The kernel may otherwise wake us 50 µs late, as long as a whole proxied call.
    ctypes.CDLL(None).prctl(_SET_TIMER_SLACK, 1, 0, 0, 0)
    scheme, _, port = place.partition(":")
    requests = [_request(line, port) for line in Path(keys).read_text().splitlines()]
    content = Path(body).read_bytes()
    pacer = Pacer(int(port), requests, content, secure=scheme == "https")
    pacer.run(float(rate), float(seconds))
    cuts = statistics.quantiles(pacer.latencies, n=100)
    result = {"p50": cuts[49], "p99": cuts[98], "wrong": pacer.wrong}
    print(json.dumps({**result, "answered": len(pacer.latencies)}))


if __name__ == "__main__":
    main()
