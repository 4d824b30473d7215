"""Header fields, read once: most fields of most messages were seen before.

A client sends the same Host, User-Agent or key with every request, a backend the same
Server and Content-Type with every answer. So a field line is taken apart once, checked
once, and kept in a bounded table by its bytes; the next time it is one lookup.
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

known_fields: dict[bytes, Field] = {}


def field_of_line(line: bytes) -> Field | None:
    """The field in one line without its CRLF; None when the line is not plain."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    field = Field(found[1], found[2].rstrip(b" \t"))
    if len(line) <= LONGEST_KEPT:
        if len(known_fields) >= MOST_KEPT:
            known_fields.clear()
        known_fields[line] = field
    return field


def field_of(name: bytes, value: bytes) -> Field:
    """The field of a name and a value that a parser has read and checked."""
    line = b"%b: %b" % (name, value)
    return known_fields.get(line) or field_of_line(line) or Field(name, value)


def pairs(fields: Fields) -> RawHeaders:
    """Names and values."""
    return [(field.name, field.value) for field in fields]
