"""Newer trained models for an endpoint: fetched, checked, packed, and live at once."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from bramka.domain.blob import BlobReference
from bramka.domain.errors import BramkaError, Conflict, Invalid
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.value import Learnt
from bramka.domain.learning.value_file import value_from
from bramka.studio.package import learnt_in, updated
from bramka.studio.package_folder import contents_in
from bramka.studio_rest.call import Call

LARGEST = 1 << 30
PIECE = 8 << 20


class Location(Struct, kw_only=True, rename="pascal"):
    """Where a batch job has put a model: three parts of one address."""

    base_location: str = ""
    relative_location: str = ""
    sas_blob_token: str | None = ""


class NewResource(Struct, kw_only=True, rename="pascal"):
    """One entry of Resources in a PATCH."""

    name: str
    location: Location
    kind: str | None = None


def with_resources(call: Call, found: Endpoint, given: Sequence[NewResource]) -> str:
    """The package of the endpoint with these in it, kept; its name."""
    if found.prevent_update:
        raise Conflict(
            f"Endpoint '{found.name}' has PreventUpdate set.", target="endpoint"
        )
    newer = {each.name: _learnt(call, each) for each in given}
    return _kept(call, found.package, newer)


def keeping_resources(call: Call, found: Endpoint, package: str) -> str:
    """Another package with the trained models that the endpoint has now; its name."""
    folder = call.site.packages.folder_of(package)
    known = {each.name for each in contents_in(folder).definition.resources}
    mine = learnt_in(call.site.packages.folder_of(found.package))
    return _kept(call, package, {n: value for n, value in mine.items() if n in known})


def resources_entry(call: Call, found: Endpoint) -> list[dict[str, object]]:
    """What of an endpoint can be replaced; where it came from is not kept."""
    nowhere = {"BaseLocation": "", "RelativeLocation": "", "SasBlobToken": ""}
    try:
        contents = contents_in(call.site.packages.folder_of(found.package))
    except BramkaError:
        return []  # The services process says what ails a package.
    return [
        {"Name": each.name, "Kind": each.kind, "Location": nowhere}
        for each in contents.definition.resources
    ]


def _kept(call: Call, package: str, newer: Mapping[str, Learnt]) -> str:
    modules, packages = call.site.modules(), call.site.packages
    name = packages.keep(updated(packages.folder_of(package), newer, modules))
    # What cannot be read must not take the place of what can.
    packages.load(name, modules)
    return name


def _learnt(call: Call, given: NewResource) -> Learnt:
    place = given.location
    if not place.relative_location.lower().endswith(".ilearner"):
        raise Invalid(
            f"The location of '{given.name}' must name an .ilearner file, as a batch "
            "job of the training experiment writes it.",
            target="Resources",
        )
    content = _fetched(call, place)
    try:
        value = value_from(content)
    except Exception as error:
        # Whatever bytes lie there, they came from outside.
        raise Invalid(
            f"What lies at {place.relative_location} is not a model that was written "
            f"here ({type(error).__name__}).",
            target="Resources",
        ) from None
    if not isinstance(value, Learnt):
        raise Invalid(
            f"What lies at {place.relative_location} is no model.", target="Resources"
        )
    return value


def _fetched(call: Call, place: Location) -> bytes:
    store, path = call.site.locator.find(
        BlobReference(
            base_location=place.base_location,
            relative_location=place.relative_location,
            sas_blob_token=place.sas_blob_token or "",
        )
    )
    size = store.size(path)
    if size > LARGEST:
        raise Invalid(
            f"The model has {size} bytes; at most {LARGEST} are read.",
            target="Resources",
        )
    return b"".join(store.read(path, at, PIECE) for at in range(0, size, PIECE))
