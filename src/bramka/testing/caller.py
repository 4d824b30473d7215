"""Whoever calls a gateway in memory: writes a request, reads the answer."""

import asyncio
from collections.abc import Mapping
from typing import cast

import httptools

from bramka.testing.backends import Pipe, Reply


class Caller(asyncio.Protocol):
    """The caller's end of one connection."""

    def __init__(self, done: "asyncio.Future[Reply]", *, bodiless: bool) -> None:
        self.done = done
        self._bodiless = bodiless
        self.pipe = cast("Pipe", None)
        self._parser = httptools.HttpResponseParser(self)
        self._reason = b""
        self._fields: list[tuple[str, str]] = []
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.pipe = cast("Pipe", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the gateway hung up"))

    def on_status(self, reason: bytes) -> None:
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, data: bytes) -> None:
        self._body += data

    def on_headers_complete(self) -> None:
        if self._bodiless:
            self.on_message_complete()

    def on_message_complete(self) -> None:
        if not self.done.done():
            status = self._parser.get_status_code()
            reason = self._reason.decode("latin-1")
            self.done.set_result(Reply(status, self._body, self._fields, reason))


def written_request(
    method: str, path: str, body: bytes, headers: Mapping[str, str], key: str | None
) -> bytes:
    """A request as bytes; with the subscription key unless it is None."""
    lines = [f"{method} {path} HTTP/1.1"]
    fields = {"Host": "gateway.test", **headers}
    if key is not None:
        fields.setdefault("Ocp-Apim-Subscription-Key", key)
    if body:
        fields.setdefault("Content-Length", str(len(body)))
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
