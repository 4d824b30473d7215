"""Conditional headers: whether a blob as it is lets a request go on."""

from collections.abc import Mapping

from msgspec import Struct

from bramka.blobs.fault import Fault
from bramka.blobs.moment import parse_http_date


class Standing(Struct, frozen=True):
    """What conditions look at: the blob's entity tag (unquoted) and its time."""

    etag: str
    modified: float


class Conditions(Struct, frozen=True):
    """The four conditions of a request; empty when not set."""

    match: str = ""
    none_match: str = ""
    modified_since: float | None = None
    unmodified_since: float | None = None


def parse_conditions(headers: Mapping[str, str], prefix: str = "") -> Conditions:
    """Conditions from the headers `{prefix}if-…`."""
    return Conditions(
        headers.get(f"{prefix}if-match", ""),
        headers.get(f"{prefix}if-none-match", ""),
        _date(headers, f"{prefix}if-modified-since"),
        _date(headers, f"{prefix}if-unmodified-since"),
    )


def _date(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(name)
    if not text:
        return None
    moment = parse_http_date(text)
    if moment is None:
        raise Fault("InvalidHeaderValue", f"{name} is not an HTTP date: {text!r}")
    return moment


def _names(listed: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in listed.split(",")}
    return "*" in tags or etag in tags


def _is_outdated(conditions: Conditions, standing: Standing | None) -> bool:
    """The caller's view must still hold, and does not."""
    if conditions.match:
        return standing is None or not _names(conditions.match, standing.etag)
    if conditions.unmodified_since is None or standing is None:
        return False
    return int(standing.modified) > conditions.unmodified_since


def _is_unchanged(conditions: Conditions, standing: Standing) -> bool:
    """The caller wants only something new, and it is not."""
    if conditions.none_match:
        return _names(conditions.none_match, standing.etag)
    if conditions.modified_since is None:
        return False
    return int(standing.modified) <= conditions.modified_since


def check_reading(conditions: Conditions, standing: Standing) -> None:
    """Refuse to read when a condition is not met."""
    if _is_outdated(conditions, standing):
        raise Fault("ConditionNotMet")
    if _is_unchanged(conditions, standing):
        raise Fault("NotModified")


def check_writing(conditions: Conditions, standing: Standing | None) -> None:
    """Refuse to change what stands (None: nothing) when a condition is not met."""
    if _is_outdated(conditions, standing):
        raise Fault("ConditionNotMet")
    if standing is None or not _is_unchanged(conditions, standing):
        return
    if conditions.none_match.strip() == "*":
        raise Fault("BlobAlreadyExists")
    raise Fault("ConditionNotMet")


def check_source(conditions: Conditions, standing: Standing) -> None:
    """Refuse to copy from a source that does not meet its conditions."""
    if _is_outdated(conditions, standing) or _is_unchanged(conditions, standing):
        raise Fault("SourceConditionNotMet")
