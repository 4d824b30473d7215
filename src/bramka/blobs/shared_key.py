"""SharedKey: what is signed of a request, and the signature."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

SIGNED_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
ZERO_LENGTH_IS_EMPTY = "2015-02-21"
"""From this version on, a Content-Length of 0 is signed as an empty line."""


def decode_key(key: bytes | str) -> bytes:
    """The bytes of an account key that may still be base64 text."""
    if isinstance(key, bytes):
        return key
    try:
        return base64.b64decode(key, validate=True)
    except ValueError:
        # `from None`: the cause would carry the key into a traceback.
        raise ValueError("The account key is not base64 text.") from None


def signature(key: bytes, text: str) -> str:
    """HMAC-SHA256 of the text, as base64."""
    return base64.b64encode(hmac.digest(key, text.encode(), hashlib.sha256)).decode()


def text_to_sign(
    method: str,
    resource: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    version: str,
) -> str:
    """The text of a request that SharedKey signs; `resource` is `/account` + path."""
    lines = [method]
    for name in SIGNED_HEADERS:
        value = headers.get(name, "").strip()
        if name == "date" and "x-ms-date" in headers:
            value = ""
        if name == "content-length" and value == "0":
            value = "" if version >= ZERO_LENGTH_IS_EMPTY else "0"
        lines.append(value)
    own = sorted(name for name in headers if name.startswith("x-ms-"))
    lines.extend(f"{name}:{headers[name].strip()}" for name in own)
    lines.append(resource)
    lines.extend(f"{name}:{query[name]}" for name in sorted(query))
    return "\n".join(lines)
