"""From a URL to an API: the longest path wins, then its version, then its revision."""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from bramka.domain.traffic.api import Api, VersionSet
from bramka.wire.fields import Fields


class Versions:
    """Ids of the APIs that share one path: one unversioned, those of version sets.

    A version set reads the version from the segment behind the path, from a query
    parameter or from a header; names compare without case.
    """

    __slots__ = (
        "by_header",
        "by_query",
        "by_segment",
        "original",
        "revisions",
        "simple",
    )

    def __init__(self) -> None:
        self.original: str | None = None
        self.by_segment: dict[str, str] = {}
        self.by_query: dict[str, dict[str, str]] = {}
        """Lower-case parameter name → version → API."""
        self.by_header: dict[bytes, dict[str, str]] = {}
        """Lower-case header name → version → API."""
        self.revisions: dict[tuple[str, str], str] = {}
        """Id of the current API and the revision asked for."""
        self.simple = True
        """There is no version set: only `original`."""

    def place(self, api: Api, version_set: VersionSet | None) -> None:
        """Put an API where calls will look for it."""
        current = api.id.partition(";rev=")[0]
        self.revisions[current, api.api_revision] = api.id
        if not api.is_current:
            return
        version = (api.api_version or "").lower()
        if version_set is None or not version:
            self.original = api.id
            return
        self.simple = False
        if version_set.versioning_scheme == "Segment":
            self.by_segment[version] = api.id
        elif version_set.versioning_scheme == "Query":
            name = (version_set.version_query_name or "api-version").lower()
            self.by_query.setdefault(name, {})[version] = api.id
        else:
            header = (version_set.version_header_name or "api-version").lower()
            by_version = self.by_header.setdefault(header.encode("latin-1"), {})
            by_version[version] = api.id


class ApiTable:
    """Ids of all APIs by path."""

    def __init__(
        self, apis: Iterable[Api] = (), sets: Mapping[str, VersionSet] | None = None
    ) -> None:
        self.paths: dict[str, Versions] = {}
        for api in apis:
            key = api.path.strip("/").lower()
            versions = self.paths.setdefault(key, Versions())
            versions.place(api, (sets or {}).get(api.api_version_set_id or ""))
        depths = {path.count("/") + 1 if path else 0 for path in self.paths}
        self.depths = tuple(sorted(depths, reverse=True))

    def match(
        self, segments: list[str], query: str, fields: Fields
    ) -> tuple[str, int] | None:
        """The API for a URL, and how many segments of it its path took."""
        for depth in self.depths:
            if depth > len(segments):
                continue
            revision = ""
            if depth == 1:
                key = segments[0].lower()
            else:
                key = "/".join(segments[:depth]).lower()
            if ";" in key:
                key, _, revision = key.partition(";rev=")
            versions = self.paths.get(key)
            if versions is None:
                continue
            api, taken = versions.original, 0
            if not versions.simple:
                api, taken = _versioned(versions, segments, depth, query, fields)
            if api is not None and revision:
                current = api.partition(";rev=")[0]
                api = versions.revisions.get((current, revision))
            if api is not None:
                return api, depth + taken
        return None


def _versioned(
    versions: Versions, segments: list[str], depth: int, query: str, fields: Fields
) -> tuple[str | None, int]:
    if versions.by_segment and depth < len(segments):
        version, _, revision = segments[depth].lower().partition(";rev=")
        api = versions.by_segment.get(version)
        if api is not None and revision:
            current = api.partition(";rev=")[0]
            return versions.revisions.get((current, revision)), 1
        if api is not None:
            return api, 1
    for name, by_version in versions.by_query.items():
        for part in query.split("&"):
            key, _, value = part.partition("=")
            if key.lower() == name:
                return by_version.get(unquote(value).lower()), 0
    for header, by_version in versions.by_header.items():
        for field in fields:
            if field.lower == header:
                return by_version.get(field.value.decode("latin-1").lower()), 0
    return versions.original, 0
