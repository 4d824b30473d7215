"""An instance as a folder of readable files, laid out as Azure's APIOps lays it out.

`apis/echo-api/apiInformation.json`, `products/starter/policy.xml` and so on: one folder
for each noun, its properties in a file that ends with `Information.json`.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import msgspec

from bramka.domain.errors import Invalid

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
        "identities",
        "builtIn",
        "provisioningState",
        "lastStatus",
    }
)
"""Properties that the service writes itself."""


class Kind(NamedTuple):
    """One sort of noun: where it lies in the folder and in the REST.

    `reference` marks folders that only say that two things belong together.
    """

    folder: str
    segment: str
    file: str
    children: tuple["Kind", ...] = ()
    policy: bool = False
    reference: bool = False
    secrets: str = ""
    """The action that tells what a list does not."""


_OPERATIONS = Kind(
    "operations",
    "operations",
    "operationInformation.json",
    (Kind("tags", "tags", "tagOperationInformation.json", reference=True),),
    policy=True,
)
_WIKI = Kind("wikis", "wikis", "wikiInformation.json")
KINDS: tuple[Kind, ...] = (
    Kind(
        "named values",
        "namedValues",
        "namedValueInformation.json",
        secrets="listValue",
    ),
    Kind("tags", "tags", "tagInformation.json"),
    Kind("version sets", "apiVersionSets", "versionSetInformation.json"),
    Kind("backends", "backends", "backendInformation.json"),
    Kind("loggers", "loggers", "loggerInformation.json"),
    Kind("schemas", "schemas", "globalSchemaInformation.json"),
    Kind(
        "policy fragments",
        "policyFragments",
        "policyFragmentInformation.json",
    ),
    Kind("groups", "groups", "groupInformation.json"),
    Kind("users", "users", "userInformation.json"),
    Kind("documentations", "documentations", "documentationInformation.json"),
    Kind(
        "openid providers",
        "openidConnectProviders",
        "openidProviderInformation.json",
        secrets="listSecrets",
    ),
    Kind(
        "authorization servers",
        "authorizationServers",
        "authorizationServerInformation.json",
        secrets="listSecrets",
    ),
    Kind(
        "apis",
        "apis",
        "apiInformation.json",
        (
            Kind("schemas", "schemas", "apiSchemaInformation.json"),
            _OPERATIONS,
            Kind("releases", "releases", "apiReleaseInformation.json"),
            Kind("tags", "tags", "tagApiInformation.json", reference=True),
            Kind("diagnostics", "diagnostics", "apiDiagnosticInformation.json"),
            _WIKI,
        ),
        policy=True,
    ),
    Kind("diagnostics", "diagnostics", "diagnosticInformation.json"),
    Kind(
        "products",
        "products",
        "productInformation.json",
        (
            Kind("apis", "apis", "productApiInformation.json", reference=True),
            Kind("groups", "groups", "productGroupInformation.json", reference=True),
            Kind("tags", "tags", "tagProductInformation.json", reference=True),
            _WIKI,
        ),
        policy=True,
    ),
    Kind(
        "gateways",
        "gateways",
        "gatewayInformation.json",
        (Kind("apis", "apis", "gatewayApiInformation.json", reference=True),),
    ),
    Kind(
        "subscriptions",
        "subscriptions",
        "subscriptionInformation.json",
        secrets="listSecrets",
    ),
    Kind("templates", "templates", "templateInformation.json"),
    Kind("portal settings", "portalsettings", "portalSettingInformation.json"),
    # Last, so that they do not stand in the way of the policies they are about.
    Kind(
        "policy restrictions",
        "policyRestrictions",
        "policyRestrictionInformation.json",
    ),
)
"""In the order in which they can be made: what is named comes before who names it."""

Files = dict[str, bytes]
"""The content of each file by its path in the folder."""


class Artifact(NamedTuple):
    """One noun in the folder: its REST path, and the files it consists of."""

    kind: Kind
    path: str
    folder: str


def information(properties: Mapping[str, Any], base: str) -> bytes:
    """The file of one noun: sorted, without what changes by itself, free of places."""
    kept = {
        name: value
        for name, value in properties.items()
        if name not in VOLATILE and value is not None
    }
    told = msgspec.json.encode({"properties": kept}, order="sorted")
    # Full ids name the instance that was exported; short ones fit any.
    short = told.replace(base.encode() + b"/", b"/")
    return msgspec.json.format(short, indent=2) + b"\n"


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
    yield from _artifacts(parts, KINDS, (), "")


def _artifacts(
    paths: list[tuple[str, ...]],
    kinds: tuple[Kind, ...],
    above: tuple[str, ...],
    place: str,
) -> Iterator[Artifact]:
    depth = len(above)
    for kind in kinds:
        names = sorted(
            {
                path[depth + 1]
                for path in paths
                if path[:depth] == above
                and len(path) > depth + 2
                and path[depth] == kind.folder
            },
            key=_revisions_last,
        )
        for name in names:
            folder = (*above, kind.folder, name)
            path = f"{place}/{kind.segment}/{name}"
            yield Artifact(kind, path, "/".join(folder))
            yield from _artifacts(paths, kind.children, folder, path)


def _revisions_last(name: str) -> tuple[bool, str]:
    return ";rev=" in name, name
