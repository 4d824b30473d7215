"""Datasets, trained models and transforms: listed, made, described, deleted."""

import shutil

from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import Invalid, Missing
from bramka.domain.learning.saved import (
    Saved,
    check_description,
    check_name,
)
from bramka.store.listing import page_of_saved
from bramka.store.saved import (
    delete_family,
    describe_saved,
    family_of,
    list_saved,
    saved_by_id,
)
from bramka.store.transaction import Transaction
from bramka.studio.task import Place
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.listing import as_page, wanted_page
from bramka.studio_rest.router import Way
from bramka.studio_rest.saved_entry import entry, schema_entry, whole_entry
from bramka.studio_rest.saved_file import DATA, saved_file
from bramka.studio_rest.saved_making import kind_of, make
from bramka.studio_rest.showing import figures, page


class Change(Struct, kw_only=True, rename="pascal"):
    """Another name or description."""

    name: str | None = None
    description: str | None = None


def list_(call: Call) -> Response:
    """`GET …/datasources`: the latest versions, those of all with `all=true`."""
    wanted, kind = wanted_page(call), kind_of(call)
    if wanted is not None:
        with call.site.store.reading() as transaction:
            some, total = page_of_saved(
                transaction, call.workspace, kind, wanted, samples=_samples(call)
            )
            now = transaction.now
        return as_page([entry(call.site, each, now) for each in some], total)
    with call.site.store.reading() as transaction:
        found = list_saved(transaction, call.workspace, kind, all_=call.flag("all"))
        now = transaction.now
    return as_json([entry(call.site, each, now) for each in found])


def read(call: Call) -> Response:
    """`GET …/datasources/{id}`."""
    with call.site.store.reading() as transaction:
        found = _find(call, transaction)
        return as_json(whole_entry(call.site, found, transaction.now))


def versions(call: Call) -> Response:
    """`GET …/datasources/family/{family}`: all versions, the newest first."""
    with call.site.store.reading() as transaction:
        found = family_of(
            transaction, call.workspace, kind_of(call), call.parts["family"]
        )
        now = transaction.now
    return as_json([entry(call.site, each, now) for each in found])


def describe(call: Call) -> Response:
    """`PATCH …/datasources/{id}`: another name or description for all versions."""
    change = call.json(Change)
    with call.site.store.writing() as transaction:
        found = _find(call, transaction)
        name = None if change.name is None else check_name(change.name, found.kind)
        if change.description is not None:
            check_description(change.description)
        changed = describe_saved(
            transaction, found, name=name, description=change.description
        )
        return as_json(whole_entry(call.site, changed, transaction.now))


def delete(call: Call) -> Response:
    """`DELETE …/datasources/family/{family}`."""
    with call.site.store.writing() as transaction:
        gone = delete_family(
            transaction, call.workspace, kind_of(call), call.parts["family"]
        )
    for content in gone:
        shutil.rmtree(call.site.content(content), ignore_errors=True)
    return as_json({})


def schema(call: Call) -> Response:
    """`GET …/{id}/schema`."""
    with call.site.store.reading() as transaction:
        found = _find(call, transaction)
    return as_json(schema_entry(found))


def statistics(call: Call) -> Response:
    """`GET …/{id}/statistics`: what Visualize shows beside the rows."""
    return figures(call.site, _table_place(call))


def rows(call: Call) -> Response:
    """`GET …/{id}/rows?start=&count=&sort=&descending=`: one page."""
    return page(call, _table_place(call))


def file(call: Call) -> Response:
    """`GET …/{id}/file?format=`: as uploaded, or in another format."""
    with call.site.store.reading() as transaction:
        found = _find(call, transaction)
    return saved_file(call.site, found, call.query.get("format", ""))


def place_of(call: Call, saved: Saved) -> Place:
    """Where the stored value is."""
    return Place(str(call.site.content(saved.content)), DATA)


def _samples(call: Call) -> bool | None:
    return call.flag("samples") if "samples" in call.query else None


def _table_place(call: Call) -> Place:
    with call.site.store.reading() as transaction:
        found = _find(call, transaction)
    if found.rows is None:
        raise Invalid(f"'{found.name}' is no table, so there are no rows to show.")
    return place_of(call, found)


def _find(call: Call, transaction: Transaction) -> Saved:
    found = saved_by_id(transaction, call.workspace, call.parts["id"])
    if found.kind != kind_of(call):
        raise Missing(f"'{found.id}' is a {found.kind}.", target="id")
    return found


_KINDS = "(?P<kind>datasources|trainedmodels|transformmodules)"
_LIST = "api/workspaces/{workspace}/" + _KINDS
_ONE = _LIST + "/{id}"
_FAMILY = _LIST + "/family/{family}"
WAYS = (
    Way("GET", _LIST, list_),
    Way("POST", _LIST, make),
    Way("GET", _FAMILY, versions),
    Way("DELETE", _FAMILY, delete),
    Way("GET", _ONE, read),
    Way("PATCH", _ONE, describe),
    Way("GET", _ONE + "/schema", schema),
    Way("GET", _ONE + "/statistics", statistics),
    Way("GET", _ONE + "/rows", rows),
    Way("GET", _ONE + "/file", file),
)
