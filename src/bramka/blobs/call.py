"""One request to the endpoint, taken apart: account, container, blob, query."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from bramka.blobs.fault import Fault
from bramka.blobs.names import check_blob, check_container

VERSION = re.compile(r"20\d\d-\d\d-\d\d")
OLDEST_VERSION = "2009-09-19"
"""The version of a request that names none, as in Azure."""


class Place(Struct, frozen=True):
    """Where a blob is: account, container and name."""

    account: str
    container: str
    name: str = ""


class Call(Struct, frozen=True, kw_only=True):
    """One request; names of headers and query parameters are lower case."""

    method: str
    scheme: str
    peer: str
    raw_path: str
    place: Place
    query: Mapping[str, str]
    headers: Mapping[str, str]
    default_version: str = OLDEST_VERSION

    @property
    def level(self) -> str:
        """What the address names: `service`, `container` or `blob`."""
        if self.place.name:
            return "blob"
        return "container" if self.place.container else "service"

    @property
    def version(self) -> str:
        """The API version asked for, which decides how things are signed and shown."""
        named = self.headers.get("x-ms-version") or self.query.get("sv")
        return named or self.default_version

    @property
    def root(self) -> str:
        """The account's own address as the caller wrote it, with `/` at the end."""
        host = self.headers.get("host", "localhost")
        return f"{self.scheme}://{host}/{self.place.account}/"

    def number(self, name: str, default: int, highest: int) -> int:
        """A whole number from the query, between 1 and `highest`."""
        text = self.query.get(name, "")
        if not text:
            return default
        if not re.fullmatch(r"\d{1,9}", text) or not 1 <= int(text) <= highest:
            raise Fault(
                "OutOfRangeInput", f"`{name}` is a number from 1 to {highest}: {text!r}"
            )
        return int(text)


def decode(text: str) -> str:
    """Percent-decoded text; a `+` stays a `+`."""
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise Fault("InvalidUri", "The address is not UTF-8.") from None


def parse_query(text: str) -> dict[str, str]:
    """A query's parameters, names in lower case; the last of equal names counts."""
    pairs = (part.partition("=") for part in text.split("&") if part)
    return {decode(name).lower(): decode(value) for name, _, value in pairs}


def parse_path(raw_path: str) -> Place:
    """`/account/container/blob/name`, percent-encoded, as a place."""
    account, _, rest = raw_path.removeprefix("/").partition("/")
    container, _, name = rest.partition("/")
    return Place(decode(account), decode(container), decode(name))


def check(call: Call) -> None:
    """Refuse a call whose names or version are malformed."""
    if not VERSION.fullmatch(call.version):
        raise Fault("InvalidHeaderValue", f"x-ms-version is a date: {call.version!r}")
    if call.place.container:
        check_container(call.place.container)
    if call.place.name:
        check_blob(call.place.name)
