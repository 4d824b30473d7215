"""An instance as a folder of readable files, laid out as Azure's APIOps lays it out.

`apis/echo-api/apiInformation.json`, `products/starter/policy.xml` and so on: one folder
for each noun, its properties in a file that ends with `Information.json`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from bramka.domain.errors import Invalid
from bramka.domain.traffic.artifact_kind import KINDS, Kind

POLICY = "policy.xml"
SPECIFICATION = "specification.yaml"
VOLATILE = frozenset(
    {
        "createdDate",
        "createdDateTime",
        "updatedDateTime",
        "registrationDate",
        "isCurrent",
        "isOnline",
        "provisioningState",
        "lastStatus",
    }
)
"""Properties that the service writes itself."""
UNSET_IS_TOLD = frozenset(
    {"clientSecret", "resourceOwnerUsername", "resourceOwnerPassword"}
)
"""Secrets that may be missing: null where there is none, nothing where there is one."""
_UNFIT = re.compile(r"^\.|[%\\/:\x00-\x1f\x7f]")
"""What of an id cannot be part of a folder's name everywhere, or would be hidden."""

Files = dict[str, bytes]
"""The content of each file by its path in the folder."""


class Artifact(NamedTuple):
    """One noun in the folder: its REST path, and the files it consists of."""

    kind: Kind
    path: str
    folder: str

    @property
    def file(self) -> str:
        """Where its properties are."""
        return f"{self.folder}/{self.kind.file}"


def folder_name(name: str) -> str:
    """The name of the folder of what has this id."""
    return _UNFIT.sub(lambda found: f"%{ord(found[0]):02X}", name)


def information(kind: Kind, properties: Mapping[str, Any], base: str) -> bytes:
    """The file of one noun: sorted, without what changes by itself, free of places."""
    left_out = VOLATILE.union(kind.told)
    kept = {
        name: value
        for name, value in properties.items()
        if name not in left_out and (value is not None or name in UNSET_IS_TOLD)
    }
    for name in left_out:
        outer, _, inner = name.partition(".")
        if inner and isinstance(kept.get(outer), dict):
            kept[outer] = {key: kept[outer][key] for key in kept[outer] if key != inner}
    told = written(kept)
    # Full ids name the instance that was exported; short ones fit any.
    return told.replace(base.encode() + b"/", b"/")


def written(properties: Mapping[str, Any]) -> bytes:
    """Such a file with these properties."""
    told = msgspec.json.encode({"properties": properties}, order="sorted")
    return msgspec.json.format(told, indent=2) + b"\n"


def properties_in(path: str, content: bytes) -> dict[str, Any]:
    """The properties in such a file; Invalid names the file and the place."""
    try:
        found = msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise Invalid(f"{path} is not a JSON object: {error}") from None
    properties = found.get("properties", {})
    if not isinstance(properties, dict):
        raise Invalid(f"{path}: 'properties' has to be an object.")
    return properties


def artifacts_in(files: Mapping[str, bytes]) -> Iterator[Artifact]:
    """The nouns of a folder in the order in which they can be made."""
    parts = [PurePosixPath(path).parts for path in files]
    releases = []
    for artifact in _artifacts(files, parts, KINDS, (), ""):
        if artifact.kind.segment == "releases":
            releases.append(artifact)
        else:
            yield artifact
    # They make a revision current: all of them must be there, and the one that is
    # current in the folder has the last word.
    yield from sorted(releases, key=lambda one: _is_of_current(one, files))


def _artifacts(
    files: Mapping[str, bytes],
    paths: list[tuple[str, ...]],
    kinds: tuple[Kind, ...],
    above: tuple[str, ...],
    place: str,
) -> Iterator[Artifact]:
    depth = len(above)
    for kind in kinds:
        names = {
            path[depth + 1]
            for path in paths
            if path[:depth] == above
            and len(path) > depth + 2
            and path[depth] == kind.folder
        }
        found = [
            Artifact(
                kind,
                f"{place}/{kind.segment}/{unquote(name)}",
                "/".join((*above, kind.folder, name)),
            )
            for name in names
        ]
        for artifact in sorted(found, key=lambda one: _turn(one, files)):
            yield artifact
            folder = (*above, *artifact.folder.split("/")[depth:])
            yield from _artifacts(files, paths, kind.children, folder, artifact.path)


def _turn(artifact: Artifact, files: Mapping[str, bytes]) -> tuple[bool, str]:
    """Revisions come after what they are revisions of, pools after their members."""
    late = ";rev=" in artifact.path
    if artifact.kind.segment == "backends" and artifact.file in files:
        told = properties_in(artifact.file, files[artifact.file])
        late = told.get("type") == "Pool"
    return late, artifact.path


def _is_of_current(release: Artifact, files: Mapping[str, bytes]) -> tuple[bool, str]:
    api = release.folder.rpartition("/releases/")[0] + "/apiInformation.json"
    if api not in files or release.file not in files:
        return False, release.path
    number = properties_in(api, files[api]).get("apiRevision", "1")
    released = properties_in(release.file, files[release.file]).get("apiId", "")
    return str(released).endswith(f";rev={number}"), release.path
