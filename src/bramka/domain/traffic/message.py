"""What requests and answers are made of: fields, URLs, bodies, addresses."""

from collections.abc import Iterator
from typing import Protocol
from urllib.parse import quote, unquote

RawHeaders = list[tuple[bytes, bytes]]


class NameAndValue(Protocol):
    """A header field as the wire gives it."""

    @property
    def name(self) -> bytes: ...
    @property
    def value(self) -> bytes: ...


class Headers:
    """Header fields in order; names compare without case, values are raw bytes.

    Names given to the methods are bytes in any case. `raw` may be read and replaced
    by those who need speed.
    """

    __slots__ = ("raw",)

    def __init__(self, raw: RawHeaders | None = None) -> None:
        self.raw: RawHeaders = [] if raw is None else raw

    def get(self, name: bytes) -> bytes | None:
        """The first value, or None."""
        wanted = name.lower()
        for key, value in self.raw:
            if len(key) == len(wanted) and key.lower() == wanted:
                return value
        return None

    def values(self, name: bytes) -> list[bytes]:
        """All values in order."""
        wanted = name.lower()
        return [value for key, value in self.raw if key.lower() == wanted]

    def joined(self, name: bytes) -> str | None:
        """All values joined by a comma, as policy expressions read them."""
        found = self.values(name)
        return b",".join(found).decode("latin-1") if found else None

    def set(self, name: bytes, *values: bytes) -> None:
        """Replace all fields of that name, keeping the place of the first."""
        wanted = name.lower()
        fields = [(name, value) for value in values]
        for index, (key, _) in enumerate(self.raw):
            if key.lower() == wanted:
                rest = [item for item in self.raw[index:] if item[0].lower() != wanted]
                self.raw[index:] = fields + rest
                return
        self.raw += fields

    def append(self, name: bytes, value: bytes) -> None:
        self.raw.append((name, value))

    def delete(self, name: bytes) -> None:
        wanted = name.lower()
        self.raw = [item for item in self.raw if item[0].lower() != wanted]

    def __contains__(self, name: bytes) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    def __repr__(self) -> str:
        return f"Headers({[name.decode('latin-1') for name, _ in self.raw]})"


class Url:
    """A URL taken apart: scheme, host, port (None = the scheme's own), path, query.

    `path` is percent-encoded as received and begins with `/`; `query` is the raw
    text without `?`.
    """

    __slots__ = ("host", "path", "port", "query", "scheme")

    def __init__(
        self, scheme: str, host: str, port: int | None, path: str, query: str = ""
    ) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query = query

    @property
    def effective_port(self) -> int:
        if self.port is not None:
            return self.port
        return 443 if self.scheme in ("https", "wss") else 80

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of every query part, decoded, in order."""
        return [
            (decoded(name), decoded(value))
            for name, _, value in (
                part.partition("=") for part in self.query.split("&") if part
            )
        ]

    def set_pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Replace the query."""
        self.query = "&".join(
            f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs
        )

    def copy(self) -> "Url":
        return Url(self.scheme, self.host, self.port, self.path, self.query)

    def __str__(self) -> str:
        netloc = self.host if self.port is None else f"{self.host}:{self.port}"
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{netloc}{self.path}{query}"


def decoded(text: str) -> str:
    """A name or value of a query as it was meant."""
    return unquote(text.replace("+", " "))


class Body:
    """A body as far as it is known here.

    `content` is None while the body streams past unread. A policy that needs it says
    so when it is compiled, and then finds it read.
    """

    consumed = False
    """An expression took it with `As<T>()` without preserveContent."""
    replaced = False
    """A policy put other content in; lengths and encodings must follow."""

    def __init__(self, content: bytes | None = None) -> None:
        self.content = content

    def replace(self, content: bytes) -> None:
        self.content = content
        self.consumed = False
        self.replaced = True


def split_host(host: str) -> tuple[str, int | None]:
    """A Host header's name and port."""
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and not host.endswith("]"):
        return name, int(port)
    return host, None
