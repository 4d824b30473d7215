"""Message heads: which fields end at this hop, and how the others are written."""

from collections.abc import Iterable
from http import HTTPStatus

from bramka.wire.fields import Field

REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
FIELD = b"%b: %b\r\n"

OWNED = frozenset(
    (
        b"host",
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"content-length",
        b"transfer-encoding",
        b"te",
        b"trailer",
        b"upgrade",
        b"expect",
        b"http2-settings",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"ocp-apim-trace",
        b"apim-debug-authorization",
        b"apim-console-caller",
    )
)
OWNED |= frozenset(name.replace(b"-", b"_") for name in OWNED)
"""Fields that the gateway writes itself, whatever policies set; to a backend that reads
names as CGI does, `_` is the same as `-`."""


NOT_IN_TRAILERS = OWNED | frozenset(
    (
        b"accept-encoding",
        b"age",
        b"authorization",
        b"cache-control",
        b"content-encoding",
        b"content-location",
        b"content-range",
        b"content-type",
        b"cookie",
        b"date",
        b"expires",
        b"location",
        b"max-forwards",
        b"pragma",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"range",
        b"retry-after",
        b"set-cookie",
        b"vary",
        b"www-authenticate",
    )
)
"""Fields that mean something only before a body: behind one they would fool somebody.
"""


def last_chunk(trailers: Iterable[Field], left_out: bytes = b"") -> bytes:
    """The end of a chunked body, with the trailers that may pass."""
    lines = [
        field.line
        for field in trailers
        if field.lower not in NOT_IN_TRAILERS and field.lower != left_out
    ]
    return b"0\r\n%b\r\n" % b"".join(lines)


def named_by_connection(value: bytes) -> set[bytes]:
    """The fields that a Connection field declares as meant for one hop only."""
    return {name.strip().lower() for name in value.split(b",")}


def takes_trailers(fields: Iterable[Field]) -> bool:
    """Whether TE says that trailers are welcome (RFC 9110, 10.1.4)."""
    return any(
        coding.partition(b";")[0].strip().lower() == b"trailers"
        for field in fields
        if field.lower == b"te"
        for coding in field.value.split(b",")
    )


def overridden(lines: list[bytes], extra: list[tuple[bytes, bytes]]) -> list[bytes]:
    """`lines` with these fields instead of those of the same names; Vary only grows."""
    names = tuple(b"%b:" % name.lower() for name, _ in extra if name.lower() != b"vary")
    kept = [line for line in lines if not line.lower().startswith(names)]
    return kept + [FIELD % pair for pair in extra]


def has_no_body(status: int) -> bool:
    """Whether an answer of this status never has a body."""
    return status < 200 or status in (204, 304)
