"""Headers, queries and URLs as policy expressions read them."""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from bramka.domain.traffic.exchange import Headers, Url
from bramka.expressions.values.collections import IGNORE_CASE, Dictionary
from bramka.expressions.values.plain import Array


@lru_cache(maxsize=1024)
def _key(name: str) -> bytes:
    return name.lower().encode("latin-1", "replace")


def header_values(headers: Headers, name: str) -> list[bytes]:
    """All values of a field."""
    wanted = _key(name)
    size = len(wanted)
    return [
        value
        for key, value in headers.raw
        if len(key) == size and key.lower() == wanted
    ]


def header_or(headers: Headers, name: str, default: str | None = None) -> str | None:
    """The values joined by a comma, as `GetValueOrDefault` gives them."""
    wanted = _key(name)
    size = len(wanted)
    found: bytes | None = None
    # A loop, since most fields are told apart by their length alone.
    for key, value in headers.raw:
        if len(key) == size and key.lower() == wanted:
            found = value if found is None else found + b"," + value
    return default if found is None else found.decode("latin-1")


def has_header(headers: Headers, name: str) -> bool:
    return bool(header_values(headers, name))


def header_row(headers: Headers, name: str) -> Array:
    """The values, or KeyNotFoundException."""
    found = header_values(headers, name)
    if not found:
        raise KeyError(name)
    return Array([value.decode("latin-1") for value in found])


def header_try(headers: Headers, name: str) -> tuple[bool, Any]:
    found = header_values(headers, name)
    row = Array([value.decode("latin-1") for value in found])
    return bool(found), row if found else None


def header_pairs(headers: Headers) -> list[tuple[str, Array]]:
    """Names, each once, with all their values."""
    rows: dict[bytes, tuple[str, Array]] = {}
    for key, value in headers.raw:
        name = key.decode("latin-1")
        rows.setdefault(key.lower(), (name, Array()))[1].append(value.decode("latin-1"))
    return list(rows.values())


def query_of(query: str) -> Dictionary:
    """Parameters of a query or form, each name with its values."""
    found = Dictionary(comparer=IGNORE_CASE)
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            _add(found, _decoded(name), _decoded(value))
    return found


def _decoded(text: str) -> str:
    return unquote(text.replace("+", " "))


def _add(found: Dictionary, name: str, value: str) -> None:
    row = found.look(name)
    if row is None:
        found.set(name, Array([value]))
    else:
        row.append(value)


def url_query(url: Url) -> Dictionary:
    return query_of(url.query)


def query_string(url: Url) -> str:
    return f"?{url.query}" if url.query else ""


def url_of(text: str) -> Url:
    """A URL taken apart; as in .NET, one of a host alone has the path `/`."""
    parts = urlsplit(text)
    path = parts.path or "/"
    return Url(parts.scheme, parts.hostname or "", parts.port, path, parts.query)
