"""The head of a request in HTTP/2, written as HTTP/1.1."""

import re
from typing import Any

from bramka.wire.fields import field_of_line

_METHOD = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(rb"/[!-~]*|\*")
_AUTHORITY = re.compile(rb"[!-.0-9:;=A-Z\[\]_a-z~]+")
_OURS = frozenset((b"host", b"te", b"cookie", b"content-length"))
"""Fields that are written in a way of their own, or not at all."""


class Head:
    """A request's head as HTTP/1.1."""

    __slots__ = ("chunked", "method", "text")

    def __init__(self, method: bytes, text: bytes, *, chunked: bool) -> None:
        self.method = method
        self.text = text
        self.chunked = chunked
        """The body comes in chunks; otherwise its length is known, or there is none."""


def request_head(headers: Any, *, whole: bool) -> Head | None:
    """The head of a request; None when it cannot be said in HTTP/1.1."""
    pseudo = {name: value for name, value in headers if name[:1] == b":"}
    fields = [pair for pair in headers if pair[0][:1] != b":"]
    given = dict(fields)
    method, path = pseudo.get(b":method", b""), pseudo.get(b":path", b"")
    host = pseudo.get(b":authority") or given.get(b"host", b"")
    if b":protocol" in pseudo or method == b"CONNECT":
        return None
    if not (
        _METHOD.fullmatch(method) and _TARGET.fullmatch(path)
    ) or not _AUTHORITY.fullmatch(host):
        return None
    lines = [b"%b %b HTTP/1.1" % (method, path), b"host: " + host]
    lines += [b"%b: %b" % pair for pair in fields if pair[0] not in _OURS]
    if given.get(b"te") == b"trailers":  # HTTP/2 knows no other value
        lines += [b"te: trailers", b"connection: te"]
    cookies = [value for name, value in fields if name == b"cookie"]
    if cookies:
        lines.append(b"cookie: " + b"; ".join(cookies))
    lengths = [value for name, value in fields if name == b"content-length"]
    length = lengths[0] if lengths else None
    if len(lengths) > 1 or (whole and length not in (None, b"0")):
        return None
    chunked = length is None and not whole
    if length is not None:
        lines.append(b"content-length: " + length)
    elif chunked:
        lines.append(b"transfer-encoding: chunked")
    if any(field_of_line(line) is None for line in lines[1:]):
        return None
    return Head(method, b"\r\n".join(lines) + b"\r\n\r\n", chunked=chunked)
