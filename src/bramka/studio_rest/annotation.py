"""Comments on experiments."""

from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import Invalid
from bramka.store.annotation import (
    Annotation,
    add_annotation,
    delete_annotation,
    list_annotations,
)
from bramka.store.experiment import experiment_by_id
from bramka.studio_rest.call import Call, as_json, date_text
from bramka.studio_rest.router import Way

LONGEST = 10_000


class Said(Struct, kw_only=True, rename="pascal"):
    """A new comment."""

    text: str = ""
    content: str = ""
    node_id: str = ""


def list_(call: Call) -> Response:
    """`GET …/annotations`."""
    with call.site.store.reading() as transaction:
        found = experiment_by_id(transaction, call.workspace, call.parts["id"])
        comments = list_annotations(transaction, found.family)
    return as_json([_entry(each) for each in comments])


def add(call: Call) -> Response:
    """`POST …/annotations`."""
    said = call.json(Said)
    text = (said.text or said.content).strip()
    if not 0 < len(text) <= LONGEST:
        raise Invalid(f"A comment has 1 to {LONGEST} characters.", target="Text")
    with call.site.store.writing() as transaction:
        found = experiment_by_id(transaction, call.workspace, call.parts["id"])
        made = add_annotation(
            transaction,
            Annotation(
                id=call.site.chance.hex(16),
                family=found.family,
                experiment_id=found.id,
                node_id=said.node_id[:128],
                author=call.who[:320],
                text=text,
            ),
        )
    return as_json(_entry(made))


def delete(call: Call) -> Response:
    """`DELETE …/annotations/{annotation}`."""
    with call.site.store.writing() as transaction:
        found = experiment_by_id(transaction, call.workspace, call.parts["id"])
        delete_annotation(transaction, found.family, call.parts["annotation"])
    return as_json({})


def _entry(annotation: Annotation) -> dict[str, object]:
    return {
        "Id": annotation.id,
        "ExperimentId": annotation.experiment_id,
        "NodeId": annotation.node_id or None,
        "Author": annotation.author,
        "Text": annotation.text,
        "CreatedDate": date_text(annotation.created),
    }


_LIST = "api/workspaces/{workspace}/experiments/{id}/annotations"
WAYS = (
    Way("GET", _LIST, list_),
    Way("POST", _LIST, add),
    Way("DELETE", _LIST + "/{annotation}", delete),
)
