"""Datasets, trained models and transforms: listed, made, described, deleted."""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec
from msgspec import Struct, field
from starlette.responses import Response

from bramka.domain.errors import Invalid, Missing
from bramka.domain.learning.saved import (
    Saved,
    SavedKind,
    check_description,
    check_name,
)
from bramka.store.saved import (
    add_saved,
    check_free,
    delete_family,
    describe_saved,
    family_of,
    list_saved,
    saved_by_id,
)
from bramka.store.transaction import Transaction
from bramka.store.upload import upload_by_id
from bramka.studio.stored import Facts
from bramka.studio.task import PageTask, Place, ReadTask, StatisticsTask
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.page_query import wanted_rows
from bramka.studio_rest.promotion import promote
from bramka.studio_rest.refusal import JSON
from bramka.studio_rest.router import Way
from bramka.studio_rest.saved_entry import entry, schema_entry
from bramka.studio_rest.saved_file import DATA, ORIGINAL, saved_file
from bramka.studio_rest.upload import discard, whole_file

KINDS: dict[str, SavedKind] = {
    "datasources": "dataset",
    "trainedmodels": "model",
    "transformmodules": "transform",
}


class Described(Struct, kw_only=True, rename="pascal"):
    """What clients say about a new thing."""

    name: str
    data_type_id: str = ""
    description: str | None = ""
    family_id: str | None = None
    owner: str | None = ""
    source_origin: str | None = ""


class Making(Struct, kw_only=True, rename="pascal"):
    """The body of a POST: of an upload, or of an output of an experiment."""

    data_source: Described | None = None
    trained_model: Described | None = None
    transform: Described | None = None
    upload_id: str | None = None
    uploaded_from_file_name: str | None = ""
    experiment_id: str | None = None
    module_node_id: str | None = None
    output_name: str | None = None
    client_poll: bool = field(default=True)


class Change(Struct, kw_only=True, rename="pascal"):
    """Another name or description."""

    name: str | None = None
    description: str | None = None


def kind_of(call: Call) -> SavedKind:
    return KINDS[call.parts["kind"]]


def list_(call: Call) -> Response:
    """`GET …/datasources`: the latest versions, those of all with `all=true`."""
    with call.site.store.reading() as transaction:
        found = list_saved(
            transaction, call.workspace, kind_of(call), all_=call.flag("all")
        )
        now = transaction.now
    return as_json([entry(call.site, each, now) for each in found])


def read(call: Call) -> Response:
    """`GET …/datasources/{id}`."""
    with call.site.store.reading() as transaction:
        found = _find(call, transaction)
        return as_json(entry(call.site, found, transaction.now))


def versions(call: Call) -> Response:
    """`GET …/datasources/family/{family}`: all versions, the newest first."""
    with call.site.store.reading() as transaction:
        found = family_of(
            transaction, call.workspace, kind_of(call), call.parts["family"]
        )
        now = transaction.now
    return as_json([entry(call.site, each, now) for each in found])


def make(call: Call) -> Response:
    """`POST …/datasources`: of an upload or an output; the id as a JSON string."""
    kind, told = kind_of(call), call.json(Making)
    said = told.data_source or told.trained_model or told.transform
    if said is None:
        raise Invalid("The body describes nothing; send DataSource with a Name.")
    draft = Saved(
        id="",
        workspace_id=call.workspace,
        kind=kind,
        family=call.site.chance.hex(16),
        version=1,
        name=check_name(said.name, kind),
        data_type=said.data_type_id,
        description=check_description(said.description or ""),
        owner=(said.owner or call.who)[:320],
        source_origin=(said.source_origin or "FromResourceUpload")[:64],
        uploaded_from=Path(told.uploaded_from_file_name or "").name[:256],
        content=call.site.chance.hex(16),
        digest="",
    )
    family = said.family_id or None
    with call.site.store.reading() as transaction:
        if family is None:
            check_free(transaction, call.workspace, kind, draft.name)
        else:
            family_of(transaction, call.workspace, kind, family)
    if told.upload_id is not None:
        made = _from_upload(call, draft, told.upload_id, family)
    else:
        made = _from_output(call, draft, told, family)
    return as_json(made.id)


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
        return as_json(entry(call.site, changed, transaction.now))


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
    text = call.site.hands.perform(StatisticsTask(_table_place(call))).text
    return Response(text, media_type=JSON)


def rows(call: Call) -> Response:
    """`GET …/{id}/rows?start=&count=&sort=&descending=`: one page."""
    task = PageTask(_table_place(call), wanted_rows(call))
    return Response(call.site.hands.perform(task).text, media_type=JSON)


def file(call: Call) -> Response:
    """`GET …/{id}/file?format=`: as uploaded, or in another format."""
    with call.site.store.reading() as transaction:
        found = _find(call, transaction)
    return saved_file(call.site, found, call.query.get("format", ""))


def place_of(call: Call, saved: Saved) -> Place:
    """Where the stored value is."""
    return Place(str(call.site.content(saved.content)), DATA)


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


def _from_upload(call: Call, draft: Saved, upload_id: str, family: str | None) -> Saved:
    with call.site.store.reading() as transaction:
        upload = upload_by_id(transaction, call.workspace, upload_id)
    source = whole_file(call, upload)
    folder = call.site.content(draft.content)
    folder.mkdir(mode=0o700, parents=True)
    try:
        task = ReadTask(str(source), upload.data_type, Place(str(folder), DATA))
        facts = call.site.hands.perform(task).facts[DATA]
        digest = _digest(source, upload.data_type)
        size = source.stat().st_size
        os.link(source, folder / ORIGINAL)
        made = _add(call, draft, facts, family, upload.data_type, size, digest)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    discard(call, upload)
    return made


def _from_output(call: Call, draft: Saved, told: Making, family: str | None) -> Saved:
    folder = call.site.content(draft.content)
    try:
        output = promote(
            call,
            draft.kind,
            experiment=told.experiment_id or "",
            node=told.module_node_id or "",
            port=told.output_name or "",
            folder=folder,
            name=DATA,
        )
        draft = msgspec.structs.replace(
            draft,
            experiment_id=told.experiment_id,
            promoted_from=f"{told.module_node_id}:{told.output_name}"[:512],
            source_origin="FromOutputPromotion",
        )
        facts = output.facts
        return _add(
            call, draft, facts, family, output.data_type, facts.size, output.digest
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _add(
    call: Call,
    draft: Saved,
    facts: Facts,
    family: str | None,
    data_type: str,
    size: int,
    digest: str,
) -> Saved:
    whole = msgspec.structs.replace(
        draft,
        data_type=data_type,
        size=size,
        digest=digest,
        port_type=facts.type,
        rows=facts.rows,
        columns=facts.columns,
    )
    with call.site.store.writing() as transaction:
        return add_saved(transaction, whole, family)


def _digest(source: Path, data_type: str) -> str:
    with source.open("rb") as file:
        found = hashlib.file_digest(file, "sha256")
    found.update(data_type.encode())
    return found.hexdigest()


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
