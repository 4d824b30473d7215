"""Message heads: which fields are the gateway's own, and writing the ones sent on."""

from http import HTTPStatus

from bramka.domain.traffic.exchange import RawHeaders

(
    HOST,
    LENGTH,
    ENCODING,
    CONNECTION,
    EXPECT,
    DROPPED,
    FORWARDED,
    DATE,
) = range(1, 9)

REQUEST_FIELDS = {
    b"host": HOST,
    b"content-length": LENGTH,
    b"transfer-encoding": ENCODING,
    b"connection": CONNECTION,
    b"expect": EXPECT,
    b"upgrade": DROPPED,
    b"keep-alive": DROPPED,
    b"proxy-connection": DROPPED,
    b"te": DROPPED,
    b"trailer": DROPPED,
    b"http2-settings": DROPPED,
    b"x-forwarded-for": FORWARDED,
}
"""Request fields that the gateway reads or owns; all others pass as they are."""

ANSWER_FIELDS = {
    b"content-length": LENGTH,
    b"transfer-encoding": ENCODING,
    b"connection": CONNECTION,
    b"keep-alive": DROPPED,
    b"proxy-connection": DROPPED,
    b"upgrade": DROPPED,
    b"trailer": DROPPED,
    b"date": DATE,
}
"""The same for fields of the backend's answer."""

REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
FIELD = b"%b: %b\r\n"


def named_by_connection(value: bytes) -> set[bytes]:
    """The fields that a Connection field declares as meant for one hop only."""
    return {name.strip().lower() for name in value.split(b",")}


def without_fields(headers: RawHeaders, names: set[bytes]) -> RawHeaders:
    """`headers` without the fields of these lower-case names."""
    return [pair for pair in headers if pair[0].lower() not in names]


def has_no_body(status: int) -> bool:
    """Whether an answer of this status never has a body."""
    return status < 200 or status in (204, 304)
