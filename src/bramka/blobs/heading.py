"""Header fields of blobs: properties and metadata, read from calls and shown."""

import base64
import re
from collections.abc import Mapping

from bramka.blobs.call import Call
from bramka.blobs.exchange import validators
from bramka.blobs.fault import Fault
from bramka.blobs.moment import http_date
from bramka.blobs.rows import Blob, Metadata, Properties

METADATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MOST_METADATA = 8 * 1024
PREFIX = "x-ms-meta-"
SHOWN = {
    "content_type": "content-type",
    "content_encoding": "content-encoding",
    "content_language": "content-language",
    "content_disposition": "content-disposition",
    "cache_control": "cache-control",
}
"""Property → header field in answers."""

OVERRIDES = {
    "rscc": "cache-control",
    "rscd": "content-disposition",
    "rsce": "content-encoding",
    "rscl": "content-language",
    "rsct": "content-type",
}
"""Fields a signature may set in the answer."""


def parse_metadata(headers: Mapping[str, str]) -> Metadata:
    """The `x-ms-meta-…` fields, without their prefix."""
    found = {
        name.removeprefix(PREFIX): value.strip()
        for name, value in headers.items()
        if name.startswith(PREFIX)
    }
    for name in found:
        if not METADATA_NAME.fullmatch(name):
            raise Fault("InvalidMetadata", f"Found {name!r}.")
    if sum(len(name) + len(value) for name, value in found.items()) > MOST_METADATA:
        raise Fault("MetadataTooLarge")
    return found


def parse_md5(text: str) -> str:
    """Base64 of an MD5, checked for its form; empty stays empty."""
    try:
        if text and len(base64.b64decode(text, validate=True)) != 16:
            raise Fault("InvalidMd5", f"Found {text!r}.")
    except ValueError:
        raise Fault("InvalidMd5", f"Found {text!r}.") from None
    return text


def parse_properties(
    headers: Mapping[str, str], *, md5: str = "", plain: bool = False
) -> Properties:
    """Properties from `x-ms-blob-…` fields, or (`plain`) from the usual ones too."""

    def field(name: str) -> str:
        short = headers.get(name, "") if plain else ""
        return headers.get(f"x-ms-blob-{name}", short).strip()

    return Properties(
        field("content-type") or "application/octet-stream",
        field("content-encoding"),
        field("content-language"),
        headers.get("x-ms-blob-content-disposition", "").strip(),
        field("cache-control"),
        md5 or parse_md5(headers.get("x-ms-blob-content-md5", "").strip()),
    )


def blob_headers(blob: Blob, call: Call) -> dict[str, str]:
    """What Get and Head tell about a blob, apart from its length and range."""
    headers = {
        **validators(blob.standing),
        "accept-ranges": "bytes",
        "x-ms-blob-type": "BlockBlob",
        "x-ms-creation-time": http_date(blob.created),
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        "x-ms-server-encrypted": "false",
        "x-content-type-options": "nosniff",
    }
    for name, field in SHOWN.items():
        if value := getattr(blob.properties, name):
            headers[field] = value
    headers.update({PREFIX + name: value for name, value in blob.metadata.items()})
    for parameter, field in OVERRIDES.items():
        if parameter in call.query and "sig" in call.query:
            headers[field] = _printable(call.query[parameter])
    return headers


def _printable(value: str) -> str:
    # The value arrives percent-encoded: a line break would begin another field.
    if not re.fullmatch(r"[\x20-\x7e\xa0-\xff]*", value):
        raise Fault("InvalidQueryParameterValue", "A header value holds a line break.")
    return value
