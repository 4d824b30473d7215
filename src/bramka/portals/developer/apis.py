"""`/developer/apis` and `/developer/tags`: what a reader can call."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select
from starlette.responses import Response

from bramka.domain.errors import Invalid
from bramka.domain.traffic.api import (
    Api,
    Contact,
    KeyNames,
    License,
    VersionSet,
    url_of,
)
from bramka.portals.developer.call import Call
from bramka.portals.developer.listing import Listing, Named, listed, moment, whole
from bramka.portals.developer.visible import api_of, products_with, sees_api
from bramka.store.api import APIS
from bramka.store.api_document import write_document
from bramka.store.folding import holds
from bramka.store.release import RELEASES
from bramka.store.tag import TAGGINGS, TAGS
from bramka.store.transaction import Transaction
from bramka.store.version_set import VERSION_SETS

_FORMATS = {
    "json": ("openapi+json", "application/json"),
    "yaml": ("openapi", "application/yaml"),
}


class ShownSet(Struct, frozen=True):
    """The version set of an API."""

    id: str
    name: str
    scheme: str


class ShownApi(Struct, frozen=True, rename="camel", kw_only=True):
    """An API in a list."""

    id: str
    name: str
    description: str | None
    path: str
    version: str | None
    version_set: ShownSet | None
    revision: str
    tags: list[str]
    protocols: Sequence[str]
    type: str
    subscription_required: bool
    urls: list[str]


class Version(Struct, frozen=True):
    """One of the versions of an API."""

    id: str
    version: str | None


class ChangeNote(Struct, frozen=True, rename="camel"):
    """One entry of a change log."""

    revision: str
    notes: str | None
    created_date_time: str | None


class ApiDetails(ShownApi, frozen=True, rename="camel", kw_only=True):
    """An API on its own page."""

    versions: list[Version]
    change_log: list[ChangeNote]
    contact: Contact | None
    license: License | None
    terms_of_service_url: str | None
    key_names: KeyNames
    products: list[Named]


class TagCount(Struct, frozen=True):
    """A tag, and how many of the APIs a reader sees carry it."""

    id: str
    name: str
    count: int


def list_apis(call: Call) -> Listing[ShownApi]:
    skip, top = call.page()
    where = [sees_api(call.reader)]
    if wanted := call.query.get("search", "").strip().lower():
        where.append(_speaks_of(wanted))
    if tag := call.query.get("tag"):
        where.append(_carries(tag))
    order = (func.lower(APIS.column.display_name),)
    page = APIS.page(call.transaction, *where, order=order, skip=skip, top=top)
    apis = [record.noun for record in page.records]
    return listed(call, _shown(call, apis), page.total, skip)


def show_api(call: Call) -> ApiDetails:
    transaction, reader = call.transaction, call.reader
    api = api_of(transaction, reader, call.ids["api"])
    (brief,) = _shown(call, [api])
    fields = {name: getattr(brief, name) for name in ShownApi.__struct_fields__}
    return ApiDetails(
        **fields,
        versions=_versions(call, api),
        change_log=_change_log(transaction, api.id),
        contact=api.contact,
        license=api.license,
        terms_of_service_url=api.terms_of_service_url,
        key_names=api.subscription_key_parameter_names,
        products=[
            Named(one.id, one.display_name)
            for one in products_with(transaction, reader, api.id)
        ],
    )


def download_openapi(call: Call) -> Response:
    """The API's document, as a file."""
    api = api_of(call.transaction, call.reader, call.ids["api"])
    wanted = call.query.get("format", "json")
    if wanted not in _FORMATS:
        raise Invalid(f"format is '{wanted[:40]}'; give json or yaml.", target="format")
    form, media_type = _FORMATS[wanted]
    text = write_document(call.transaction, call.gateway, api.id, form)
    plain = "".join(one if one.isalnum() else "-" for one in api.id if one.isascii())
    name = f'attachment; filename="{plain.strip("-") or "api"}.{wanted}"'
    return Response(text, media_type=media_type, headers={"Content-Disposition": name})


def list_tags(call: Call) -> Listing[TagCount]:
    """The tags of the APIs a reader sees."""
    seen = APIS.all(call.transaction, sees_api(call.reader))
    tags = _tags(call.transaction, [record.noun.id for record in seen])
    counts: dict[Named, int] = {}
    for one in (tag for carried in tags.values() for tag in carried):
        counts[one] = counts.get(one, 0) + 1
    found = [TagCount(tag.id, tag.name, count) for tag, count in counts.items()]
    return whole(sorted(found, key=lambda one: one.name.lower()))


def _shown(call: Call, apis: list[Api]) -> list[ShownApi]:
    tags = _tags(call.transaction, [api.id for api in apis])
    sets = _sets(call.transaction, apis)
    return [
        ShownApi(
            id=api.id,
            name=api.display_name,
            description=api.description,
            path=api.path,
            version=api.api_version,
            version_set=_shown_set(sets.get(api.api_version_set_id or "")),
            revision=api.api_revision,
            tags=[tag.name for tag in tags.get(api.id, ())],
            protocols=api.protocols,
            type=api.type,
            subscription_required=api.subscription_required,
            urls=[url_of(call.gateway, api, sets.get(api.api_version_set_id or ""))],
        )
        for api in apis
    ]


def _shown_set(noun: VersionSet | None) -> ShownSet | None:
    if noun is None:
        return None
    return ShownSet(noun.id, noun.display_name, noun.versioning_scheme)


def _sets(transaction: Transaction, apis: Iterable[Api]) -> dict[str, VersionSet]:
    ids = {api.api_version_set_id for api in apis if api.api_version_set_id}
    found = VERSION_SETS.find_all(transaction, [(one,) for one in sorted(ids)])
    return {record.noun.id: record.noun for record in found}


def _tags(transaction: Transaction, apis: list[str]) -> dict[str, list[Named]]:
    """API → its tags."""
    wanted = {f"apis/{one}": one for one in apis}
    tagging, tag = TAGGINGS.column, TAGS.column
    query = (
        select(tagging.scope, tag.id, tag.display_name)
        .join_from(TAGGINGS.table, TAGS.table, tag.id == tagging.tag_id)
        .where(tagging.scope.in_(wanted))
        .order_by(tag.display_name)
    )
    found: dict[str, list[Named]] = {}
    for scope, name, title in transaction.connection.execute(query):
        found.setdefault(wanted[scope], []).append(Named(name, title))
    return found


def _speaks_of(wanted: str) -> ColumnElement[bool]:
    column = APIS.column
    return or_(
        *(
            holds(field, wanted)
            for field in (column.display_name, column.description, column.path)
        )
    )


def _carries(name: str) -> ColumnElement[bool]:
    tagging, tag = TAGGINGS.column, TAGS.column
    ids = select(tag.id).where((tag.id == name) | (tag.display_name == name))
    carrying = select(tagging.scope).where(tagging.tag_id.in_(ids))
    return ("apis/" + APIS.column.id).in_(carrying)


def _versions(call: Call, api: Api) -> list[Version]:
    if api.api_version_set_id is None:
        return []
    same = APIS.column.api_version_set_id == api.api_version_set_id
    found = APIS.all(call.transaction, same, sees_api(call.reader))
    versions = [Version(one.noun.id, one.noun.api_version) for one in found]
    return sorted(versions, key=lambda one: one.version or "")


def _change_log(transaction: Transaction, api_id: str) -> list[ChangeNote]:
    """The releases of an API, the newest first."""
    found = RELEASES.all(transaction, RELEASES.column.owner == api_id)
    notes = [
        ChangeNote(
            record.noun.api_id.partition(";rev=")[2] or "1",
            record.noun.notes,
            moment(record.noun.created_date_time),
        )
        for record in found
    ]
    return notes[::-1]
