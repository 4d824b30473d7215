"""A call that somebody put together in the test console; what of it is passed on."""

import base64
import binascii
import re
from typing import Annotated
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Meta, Struct

from bramka.domain.errors import Forbidden, Invalid

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a request's or an answer's body."""
LARGEST_CALL = LARGEST_BODY * 4 // 3 + 256 * 1024
MOST_HEADERS = 100
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,8192}")
_TARGET = re.compile(r"[\x21-\x7e]{1,8192}")
_OURS = frozenset(
    (
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "proxy-connection",
        "proxy-authorization",
        "expect",
        "forwarded",
        "via",
        "apim-debug-authorization",
        "apim-console-caller",
    )
)
"""Headers that the relay writes itself, or that are of the connection only."""

Headers = list[tuple[bytes, bytes]]


class Sent(Struct, frozen=True, rename="camel", kw_only=True):
    """A call as somebody put it together."""

    method: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,19}$")]
    url: Annotated[str, Meta(max_length=8192)]
    headers: Annotated[list[tuple[str, str]], Meta(max_length=MOST_HEADERS)] = []
    body_base64: str = ""
    trace: bool = False
    api_id: str | None = None
    """Which API is traced, where several share the path."""

    def __repr__(self) -> str:
        return f"<Sent: {self.method}>"


def own_target(home: SplitResult, url: str) -> bytes:
    """Path and query of an address of our gateway; Forbidden for any other address."""
    try:
        parts = urlsplit(url)
        same = (
            parts.scheme == home.scheme
            and parts.hostname == home.hostname
            and _port(parts) == _port(home)
            and "@" not in parts.netloc
        )
    except ValueError:
        same = False
    if not same:
        raise Forbidden(
            f"The test console only calls the gateway: {home.scheme}://{home.netloc}.",
            target="url",
        )
    root, path = home.path.rstrip("/"), parts.path or "/"
    # A dot segment, however it is written, could lead out of the gateway's folder.
    segments = re.split(r"[/\\]", unquote(unquote(path)))
    if not path.startswith(f"{root}/") or {".", ".."} & set(segments):
        raise Forbidden(f"The path leaves {root or '/'}; write it out.", target="url")
    target = path + (f"?{parts.query}" if parts.query else "")
    if not _TARGET.fullmatch(target):
        raise Invalid("The url holds what must be percent-encoded.", target="url")
    return target.encode("ascii")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def own_headers(given: list[tuple[str, str]]) -> Headers:
    """The caller's headers, without those that are ours; Invalid for a forged one."""
    kept = []
    for name, value in given:
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Invalid(
                f"The header '{name[:40]!r}' has a character that headers cannot have.",
                target="headers",
            )
        plain = name.lower()
        if plain not in _OURS and not plain.startswith("x-forwarded-"):
            kept.append((name.encode("ascii"), value.encode("latin-1")))
    return kept


def body_of(text: str) -> bytes:
    try:
        body = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("bodyBase64 is not base64.", target="bodyBase64") from None
    if len(body) > LARGEST_BODY:
        raise Invalid(f"The body is larger than {LARGEST_BODY} bytes; send less.")
    return body
