"""Header fields, read once: most fields of most messages were seen before.

A client sends the same Host, User-Agent or key with every request, a backend the same
Server and Content-Type with every answer. So a field line is taken apart once, checked
once, and kept in a bounded table by its bytes; the next time it is one lookup.

`read_head` uses that to read plain heads without a parser. It is narrower than HTTP on
purpose: what it does not know to be plain it leaves to llhttp, which is strict. The
tests hold it to that: what it accepts, llhttp reads alike.
"""

import re
from typing import Final

(
    PLAIN,
    DATE,
    HOST,
    LENGTH,
    ENCODING,
    CONNECTION,
    EXPECT,
    HOP,
    FORWARDED,
    SCHEME,
    UPGRADE,
    TRACE,
    BAD,
) = range(13)

KINDS: Final = {
    b"host": HOST,
    b"content-length": LENGTH,
    b"transfer-encoding": ENCODING,
    b"connection": CONNECTION,
    b"expect": EXPECT,
    b"keep-alive": HOP,
    b"proxy-connection": HOP,
    b"te": HOP,
    b"trailer": HOP,
    b"http2-settings": HOP,
    b"x-forwarded-for": FORWARDED,
    b"x-forwarded-proto": SCHEME,
    b"date": DATE,
    b"upgrade": UPGRADE,
    b"ocp-apim-trace": TRACE,
    b"apim-debug-authorization": TRACE,
    b"apim-console-caller": TRACE,
}
"""Fields that a proxy reads or owns; all others are PLAIN and pass, as DATE does.

A Host that cannot be one is BAD: it passes nowhere and counts as none.
"""

MOST_KEPT = 8192
LONGEST_KEPT = 512
MOST_ANSWERS = 256
"""Heads of answers; few, as one with a field of its own never comes again."""

_LINE = re.compile(
    rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)"
)
"""A field line of RFC 9112 without line folding and without control characters."""
_HOST = re.compile(
    rb"(?:[A-Za-z0-9\-._~%!$&'()*+;=]+|\[[A-Za-z0-9\-._~%:]+\])(?::[0-9]*)?"
)

_OWN_COOKIES = re.compile(rb"(?<![^; ])(?:__Host-)?bramka-[^;=]*=[^;]*(?:; ?|$)")
"""Sessions at the console: cookies know no ports, and a backend is to see none of ours.
"""

RawHeaders = list[tuple[bytes, bytes]]


def is_host(value: bytes) -> bool:
    """Whether it is a host and perhaps a port, as Host and URLs have them."""
    return _HOST.fullmatch(value) is not None


class Field:
    """One header field."""

    __slots__ = ("kind", "line", "lower", "name", "value")

    def __init__(self, name: bytes, value: bytes) -> None:
        self.lower = name.lower()
        self.kind = KINDS.get(self.lower, PLAIN)
        if b"bramka-" in value and self.lower == b"cookie":
            value = _OWN_COOKIES.sub(b"", value).rstrip(b"; ")
            self.kind = PLAIN if value else HOP
        self.name = name
        self.value = value
        if self.kind == HOST and not is_host(value):
            self.kind = BAD
        elif b"_" in name and self.lower.replace(b"_", b"-") in KINDS:
            # To a backend that reads names as CGI does they are the same.
            self.kind = HOP
        self.line = b"%b: %b\r\n" % (name, value)

    def __repr__(self) -> str:
        # Values may be secrets.
        return f"<Field {self.name.decode('latin-1')}>"


Fields = list[Field]

_by_line: dict[bytes, Field] = {}


def field_of_line(line: bytes) -> Field | None:
    """The field in one line without its CRLF; None when the line is not plain."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    field = Field(found[1], found[2].rstrip(b" \t"))
    if len(line) <= LONGEST_KEPT:
        if len(_by_line) >= MOST_KEPT:
            _by_line.clear()
        _by_line[line] = field
    return field


def field_of(name: bytes, value: bytes) -> Field:
    """The field of a name and a value that a parser has read and checked."""
    line = b"%b: %b" % (name, value)
    return _by_line.get(line) or field_of_line(line) or Field(name, value)


def pairs(fields: Fields) -> RawHeaders:
    """Names and values."""
    return [(field.name, field.value) for field in fields]


# --- whole heads ------------------------------------------------------------------

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
        field = _by_line.get(line) or field_of_line(line)
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
        field = _by_line.get(line) or field_of_line(line)
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
