"""Moments as the Blob protocol writes them: RFC 1123 in headers, ISO 8601 in SAS."""

from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime

ISO_FORMS = (
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%MZ",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S.%fZ",
)


def http_date(moment: float) -> str:
    """`Sat, 01 Aug 2026 12:00:00 GMT`."""
    return formatdate(moment, usegmt=True)


def iso(moment: float) -> str:
    """`2026-08-01T12:00:00Z`."""
    return datetime.fromtimestamp(moment, UTC).strftime(ISO_FORMS[0])


def parse_http_date(text: str) -> float | None:
    """Seconds since 1970, or None for text that is no date."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def parse_iso(text: str) -> float | None:
    """Seconds since 1970, or None for text that is no moment."""
    for form in ISO_FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    # Seven digits of a second, as .NET writes them, are one more than strptime takes.
    if text.endswith("Z") and "." in text:
        return parse_iso(text.partition(".")[0] + "Z")
    return None
