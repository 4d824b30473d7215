"""URL templates of operations and paths of calls, taken apart alike."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

PARAMETER = re.compile(r"\{([^{}]+)\}")


class Template:
    """A URL template taken apart: path segments and required query parts."""

    __slots__ = ("query", "segments", "wildcard")

    def __init__(self, text: str) -> None:
        path, _, query = text.partition("?")
        segments = path.strip("/").split("/") if path.strip("/") else []
        self.wildcard = bool(segments) and segments[-1] == "*"
        self.segments = tuple(segments[:-1] if self.wildcard else segments)
        self.query = tuple(_query_parts(query))


def _query_parts(query: str) -> Iterator[tuple[str, str, str]]:
    """Name, parameter ("" if the value is literal) and literal value of each part."""
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            found = PARAMETER.fullmatch(value)
            yield unquote(name), found[1] if found else "", unquote(value)


_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


def path_segments(path: str) -> list[str] | None:
    """The segments of a URL path; None when it must be refused.

    Dot segments are resolved, a path that climbs above its root is refused, and so
    is an encoded slash or backslash: what it means differs between servers.
    """
    if "%" in path or "." in path or "\\" in path:
        lower = path.lower()
        if "%2f" in lower or "%5c" in lower or "%00" in lower or "\\" in lower:
            return None
        if _DOTS.search(path):
            return _resolved(path)
    return path[1:].split("/")


def _resolved(path: str) -> list[str] | None:
    kept: list[str] = []
    for segment in path[1:].split("/"):
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            if not kept:
                return None
            kept.pop()
        elif plain != ".":
            kept.append(segment)
    return kept
