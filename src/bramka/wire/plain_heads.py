"""Plain heads of messages, read without a parser.

That is narrower than HTTP on purpose: what is not known to be plain is left to llhttp,
which is strict. The tests hold it to that: what is read here, llhttp reads alike.
"""

import re
from typing import Final

from bramka.wire.fields import (
    CONNECTION,
    DATE,
    FORWARDED,
    HOST,
    LENGTH,
    LONGEST_KEPT,
    PLAIN,
    SCHEME,
    Fields,
    field_of_line,
    known_fields,
)

MOST_ANSWERS = 256
"""Heads of answers; few, as one with a field of its own never comes again."""

_METHODS: Final = frozenset(
    (b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"HEAD", b"OPTIONS")
)
_VISIBLE: Final = bytes(range(0x21, 0x7F))
_LENGTH: Final = re.compile(rb"[0-9]{1,15}")
_PLAIN_CONNECTION: Final = frozenset((b"keep-alive", b"close"))
_STATUS: Final = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2}) ([ -~]*)")


class RequestHead:
    """A plain request head, read once: the same one often comes again."""

    __slots__ = (
        "fields",
        "forwarded_for",
        "host",
        "length",
        "memo",
        "method",
        "target",
    )

    def __init__(
        self, method: bytes, target: bytes, fields: Fields, host: bytes
    ) -> None:
        self.method = method
        self.target = target
        self.fields = fields
        self.host = host
        self.forwarded_for = b""
        """What X-Forwarded-For said, with a comma behind."""
        self.length = 0
        """Content-Length; 0 without."""
        self.memo: object = None
        """What the answering side learnt from this head, for the next time."""


class AnswerHead:
    """A plain answer head, read once; the same one often comes again."""

    __slots__ = (
        "dated",
        "ended",
        "fields",
        "keep_alive",
        "length",
        "line",
        "passed",
        "start",
        "status",
    )

    def __init__(self, line: bytes, status: int) -> None:
        self.line = line
        """The status line, with its CRLF."""
        self.status = status
        self.fields: Fields = []
        """Those that go on to the client: without Connection and Content-Length."""
        self.dated = False
        """Whether a Date is among them."""
        self.length = -1
        """Content-Length; -1 as long as none was read."""
        self.start = 0
        """Where the body begins."""
        self.keep_alive = True
        """Whether the connection stays open."""
        self.passed = b""
        """The head as it goes on when nothing changes it, but for its empty line."""
        self.ended = b""
        """The same with its empty line, if it says when it was made; else empty."""

    @property
    def reason(self) -> bytes:
        """The reason phrase."""
        return self.line[len("HTTP/1.1 200 ") : -2]


def read_request(text: bytes) -> RequestHead | None:
    """The plain HTTP/1.1 request head in `text`, given without the empty line, or None.

    Plain: a common method on a path, one Host, at most one Content-Length, and nothing
    about connections, codings, expectations or upgrades.
    """
    lines = text.split(b"\r\n")
    parts = lines[0].split(b" ")
    if len(parts) != 3 or parts[2] != b"HTTP/1.1" or parts[0] not in _METHODS:
        return None
    target = parts[1]
    if target[:1] != b"/" or target.translate(None, _VISIBLE):
        return None
    fields: Fields = []
    for line in lines[1:]:
        field = known_fields.get(line) or field_of_line(line)
        if field is None:
            return None
        fields.append(field)
    head = RequestHead(parts[0], target, fields, b"")
    return head if _read_framing(head) else None


def _read_framing(head: RequestHead) -> bool:
    """Note host and length; False when something about them is not plain."""
    host: bytes | None = None
    length: int | None = None
    for field in head.fields:
        if field.kind in (PLAIN, DATE, SCHEME):
            continue
        if field.kind == HOST and host is None:
            host = head.host = field.value
        elif field.kind == LENGTH and length is None and _LENGTH.fullmatch(field.value):
            length = head.length = int(field.value)
        elif field.kind == FORWARDED:
            head.forwarded_for += field.value + b", "
        else:
            return False
    return host is not None


_statuses: dict[bytes, int] = {}


_answers: dict[bytes, AnswerHead] = {}


def read_answer(data: bytes) -> AnswerHead | None:
    """The plain HTTP/1.1 answer head that `data` begins with, or None.

    Plain: complete, status 200 to 599 but 204 and 304, with one Content-Length, and
    of the fields of a connection only `Connection: keep-alive` or `close`.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    text = data[:end]
    head = _answers.get(text)
    if head is None:
        head = _read_answer(text)
        if head is not None and end <= LONGEST_KEPT:
            if len(_answers) >= MOST_ANSWERS:
                _answers.clear()
            _answers[text] = head
    return head


def _read_answer(text: bytes) -> AnswerHead | None:
    lines = text.split(b"\r\n")
    status = _statuses.get(lines[0]) or _status(lines[0])
    if status is None:
        return None
    head = AnswerHead(lines[0] + b"\r\n", status)
    for line in lines[1:]:
        field = known_fields.get(line) or field_of_line(line)
        if field is None:
            return None
        kind = field.kind
        if kind in (PLAIN, DATE):
            head.fields.append(field)
            head.dated = head.dated or kind == DATE
        elif kind == LENGTH and head.length < 0 and _LENGTH.fullmatch(field.value):
            head.length = int(field.value)
        elif kind == CONNECTION and field.value.lower() in _PLAIN_CONNECTION:
            head.keep_alive = head.keep_alive and field.value.lower() == b"keep-alive"
        else:
            return None
    if head.length < 0:
        return None
    head.start = len(text) + 4
    passed = b"".join([field.line for field in head.fields])
    head.passed = b"%b%bContent-Length: %d\r\n" % (head.line, passed, head.length)
    head.ended = head.passed + b"\r\n" if head.dated else b""
    return head


def _status(line: bytes) -> int | None:
    found = _STATUS.fullmatch(line)
    if found is None:
        return None
    number = int(found[1])
    if number in (204, 304):
        return None
    if len(_statuses) >= 256:
        _statuses.clear()
    _statuses[line] = number
    return number
