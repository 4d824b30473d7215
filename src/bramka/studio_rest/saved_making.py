"""Making datasets, trained models and transforms: of uploads, or of outputs."""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec
from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import Invalid
from bramka.domain.learning.saved import (
    Saved,
    SavedKind,
    check_description,
    check_name,
)
from bramka.store.saved import add_saved, check_free, family_of
from bramka.store.upload import Upload, upload_by_id
from bramka.studio.stored import Facts
from bramka.studio.task import Place, ReadTask
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.promotion import promote
from bramka.studio_rest.saved_file import DATA, ORIGINAL
from bramka.studio_rest.upload import discard, held, whole_file

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


def kind_of(call: Call) -> SavedKind:
    return KINDS[call.parts["kind"]]


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


def _from_upload(call: Call, draft: Saved, upload_id: str, family: str | None) -> Saved:
    with call.site.store.reading() as transaction:
        upload = upload_by_id(transaction, call.workspace, upload_id)
    with held(call, upload):
        made = _from_file(call, draft, upload, family)
        discard(call, upload)
    return made


def _from_file(call: Call, draft: Saved, upload: Upload, family: str | None) -> Saved:
    source = whole_file(call, upload)
    folder = call.site.content(draft.content)
    folder.mkdir(mode=0o700, parents=True)
    try:
        task = ReadTask(str(source), upload.data_type, Place(str(folder), DATA))
        facts = call.site.hands.perform(task).facts[DATA]
        digest = _digest(source, upload.data_type)
        size = source.stat().st_size
        os.link(source, folder / ORIGINAL)
        return _add(call, draft, facts, family, upload.data_type, size, digest)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


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
