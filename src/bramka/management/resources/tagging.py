"""What carries which tag."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from bramka.domain.traffic.tag import Tag
from bramka.management.call import Call, Properties
from bramka.management.filter import Kind
from bramka.management.members import Joins
from bramka.management.resource import Ids
from bramka.management.rows import Read
from bramka.management.shape import Shape
from bramka.store import tag
from bramka.store.api import APIS
from bramka.store.collection import Record
from bramka.store.operation import OPERATIONS
from bramka.store.product import PRODUCTS
from bramka.store.transaction import Transaction


class Taggings(Joins[Tag]):
    """The tags of the API, operation or product above."""

    segment = "tags"
    verbs = "LHGPD"
    tagged = True
    collection = tag.TAGS
    shape = Shape(noun=Tag, hidden=frozenset(("id",)))
    filtered = ("name", "displayName")

    def __init__(self, *parents: str) -> None:
        """`parents` are the segments above: ("apis", "operations")."""
        super().__init__()
        self.parents = parents
        self.type = "/".join((*parents, "tags"))

    def find(self, call: Call, ids: Ids) -> Record[Tag] | None:
        scope = self._scope(ids)
        if tag.TAGGINGS.find(call.transaction, scope, ids[-1]) is None:
            return None
        return tag.TAGS.find(call.transaction, ids[-1])

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        del call
        pairs = tag.TAGGINGS.column
        carried = select(pairs.tag_id).where(pairs.scope == self._scope(ids))
        return [self.collection.column.id.in_(carried)]

    def put(self, call: Call, ids: Ids) -> tuple[Record[Tag], bool]:
        joined = tag.attach(call.transaction, self._scope(ids), ids[-1])
        return tag.TAGS.get(call.transaction, ids[-1]), joined

    def take_out(self, call: Call, ids: Ids) -> bool:
        return tag.detach(call.transaction, self._scope(ids), ids[-1])

    def _scope(self, ids: Ids) -> str:
        pairs = zip(self.parents, ids, strict=False)
        return "/".join(f"{segment}/{one}" for segment, one in pairs)


def carrying(call: Call, scope: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """What `tags=ONE,TWO` says of a list: they carry one of them, id or word."""
    words = [word.strip() for word in call.query.get("tags", "").split(",")]
    words = [word for word in words if word]
    if not words:
        return []
    pairs, column = tag.TAGGINGS.column, tag.TAGS.column
    named = or_(column.id.in_(words), column.display_name.in_(words))
    tagged = select(pairs.scope).join(tag.TAGS.table, column.id == pairs.tag_id)
    return [scope.in_(tagged.where(named))]


def tagged_apis(call: Call, ids: Ids) -> Sequence[object]:
    """`apisByTags`: a row for each pair of an API and a tag."""
    del ids
    every = [(f"apis/{one.noun.id}", one.noun) for one in APIS.all(call.transaction)]
    return _rows(call, "api", every, "includeNotTaggedApis")


def tagged_products(call: Call, ids: Ids) -> Sequence[object]:
    """`productsByTags`: a row for each pair of a product and a tag."""
    del ids
    every = PRODUCTS.all(call.transaction)
    scopes = [(f"products/{one.noun.id}", one.noun) for one in every]
    return _rows(call, "product", scopes, "includeNotTaggedProducts")


def tagged_operations(call: Call, ids: Ids) -> Sequence[object]:
    """`operationsByTags`: a row for each pair of an operation of the API and a tag."""
    where = OPERATIONS.column.api_id == ids[0]
    every = OPERATIONS.all(call.transaction, where)
    scopes = [(_operation_scope(one.noun), one.noun) for one in every]
    return _rows(call, "operation", scopes, "includeNotTaggedOperations")


def tag_resources(call: Call, ids: Ids) -> Sequence[object]:
    """`tagResources`: everything that carries a tag."""
    del ids
    operations = [
        (_operation_scope(one.noun), one.noun)
        for one in OPERATIONS.all(call.transaction)
    ]
    return [
        *tagged_apis(call, ()),
        *_rows(call, "operation", operations, "includeNotTaggedOperations"),
        *tagged_products(call, ()),
    ]


def _of_row(row: Any) -> Properties:
    """A row's values under the names that $filter knows them by."""
    shown: Properties = next(row[kind] for kind in _SHOWN if kind in row)
    tagged = row.get("tag", {}).get("name")
    return shown | {"aid": shown["id"], "displayName": shown["name"], "tag": tagged}


_TEXTS = ("name", "displayName", "apiName", "apiRevision", "path", "description")
_MORE = ("serviceUrl", "method", "urlTemplate", "terms", "tag")
_KINDS: dict[str, Kind] = dict.fromkeys((*_TEXTS, *_MORE), "text")
_KINDS |= {"aid": "id", "state": "word", "isCurrent": "boolean"}
TAGGED: tuple[dict[str, Kind], Read] = (_KINDS, _of_row)
"""The fields for $filter of lists of what carries tags, and where they are."""


def _operation_scope(noun: Any) -> str:
    return f"apis/{noun.api_id}/operations/{noun.id}"


def _rows(
    call: Call, kind: str, every: list[tuple[str, Any]], untagged: str
) -> list[Properties]:
    words = {one.noun.id: one.noun for one in tag.TAGS.all(call.transaction)}
    tags = _tags_by_scope(call.transaction)
    rows: list[Properties] = []
    names = {one.noun.id: one.noun.display_name for one in APIS.all(call.transaction)}
    with_untagged = call.flag(untagged)
    for scope, noun in every:
        if scope not in tags and not with_untagged:
            continue
        shown = _shown(call, kind, scope, noun)
        if kind == "operation":
            shown["apiName"] = names[noun.api_id]
        for tag_id in tags.get(scope, ()):
            word = {
                "id": f"{call.base}/tags/{tag_id}",
                "name": words[tag_id].display_name,
            }
            rows.append({"tag": word, kind: shown})
        if scope not in tags:
            rows.append({kind: shown})
    return rows


def _tags_by_scope(transaction: Transaction) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in tag.TAGGINGS.all(transaction):
        found.setdefault(record.noun.scope, []).append(record.noun.tag_id)
    return found


_SHOWN = {
    "api": {
        "displayName": "name",
        "description": "description",
        "serviceUrl": "serviceUrl",
        "path": "path",
        "protocols": "protocols",
        "apiRevision": "apiRevision",
        "apiVersion": "apiVersion",
        "isCurrent": "isCurrent",
        "subscriptionRequired": "subscriptionRequired",
    },
    "operation": {
        "displayName": "name",
        "description": "description",
        "method": "method",
        "urlTemplate": "urlTemplate",
    },
    "product": {
        "displayName": "name",
        "description": "description",
        "terms": "terms",
        "state": "state",
        "subscriptionRequired": "subscriptionRequired",
        "approvalRequired": "approvalRequired",
        "subscriptionsLimit": "subscriptionsLimit",
    },
}
"""Field on the wire → its name in a row."""


def _shown(call: Call, kind: str, scope: str, noun: Any) -> Properties:
    shape = Shape(noun=type(noun))
    whole = shape.show(noun)
    names = _SHOWN[kind]
    return {
        "id": f"{call.base}/{scope}",
        **{names[name]: whole[name] for name in names},
    }
