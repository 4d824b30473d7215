"""Message heads: which fields end at this hop, and how the others are written."""

from http import HTTPStatus

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
    )
)
"""Fields that the gateway writes itself, whatever policies set."""


def named_by_connection(value: bytes) -> set[bytes]:
    """The fields that a Connection field declares as meant for one hop only."""
    return {name.strip().lower() for name in value.split(b",")}


def overridden(lines: list[bytes], extra: list[tuple[bytes, bytes]]) -> list[bytes]:
    """`lines` with these fields instead of those of the same names; Vary only grows."""
    names = tuple(b"%b:" % name.lower() for name, _ in extra if name.lower() != b"vary")
    kept = [line for line in lines if not line.lower().startswith(names)]
    return kept + [FIELD % pair for pair in extra]


def has_no_body(status: int) -> bool:
    """Whether an answer of this status never has a body."""
    return status < 200 or status in (204, 304)
