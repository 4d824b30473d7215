"""One HTTP request and its answer, whole in memory: for processes that score."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

RawHeaders = list[tuple[bytes, bytes]]

REASONS = {status.value: status.phrase for status in HTTPStatus}


class Request:
    """A request with its whole body; names of header fields are lower case."""

    __slots__ = ("body", "headers", "method", "path", "peer", "query")

    def __init__(
        self,
        method: str,
        path: str,
        query: str,
        headers: RawHeaders,
        body: bytes,
        peer: str,
    ) -> None:
        self.method = method
        self.path = path
        """Percent-encoded as received, without the query."""
        self.query = query
        """Raw text behind `?`, without it."""
        self.headers = headers
        self.body = body
        self.peer = peer
        """Address of the caller, without a port."""

    def header(self, name: bytes) -> bytes | None:
        """The first value of a field; `name` in lower case."""
        for key, value in self.headers:
            if key == name:
                return value
        return None


class Answer:
    """An answer with its whole body; Content-Length and Date are added by the wire."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(
        self,
        status: int,
        body: bytes = b"",
        headers: RawHeaders | None = None,
        reason: str | None = None,
    ) -> None:
        self.status = status
        self.body = body
        self.headers: RawHeaders = [] if headers is None else headers
        self.reason = REASONS.get(status, "") if reason is None else reason


Handler = Callable[[Request], "Answer | Awaitable[Answer]"]
"""Answers a request, at once or later. It must not raise: an exception is a 500."""
