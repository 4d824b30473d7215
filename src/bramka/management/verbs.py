"""The verbs of the management REST, the same for every resource."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from bramka.domain.errors import Invalid, Missing, Stale
from bramka.management.call import Call
from bramka.management.filter import read_filter, read_order
from bramka.management.members import Joins
from bramka.management.path import Target
from bramka.management.refusal import JSON, not_allowed
from bramka.management.resource import AnyResource, Sent
from bramka.management.revision import settled
from bramka.management.rows import chosen
from bramka.store.collection import Record, refuse_stale

TYPE = "Microsoft.ApiManagement/service"
PAGE = 100
LARGEST_PAGE = 1000


def answer(method: str, call: Call, target: Target) -> Response:
    """Do what was asked; raises one of the domain's errors."""
    target = settled(call, target)
    for resource, ids in target.parents:
        if resource.find(call, ids) is None:
            raise Missing(f"'{'/'.join(ids)}' not found.", target=resource.segment)
    if target.action is not None:
        asked = method == target.action.method
        return _act(call, target) if asked else not_allowed(method)
    if target.is_list:
        listed = method == "GET" and "L" in target.resource.verbs
        return _list(call, target) if listed else not_allowed(method)
    letter, verb = _VERBS.get(method, ("", None))
    if verb is None or letter not in target.resource.verbs:
        return not_allowed(method)
    return verb(call, target)


def _act(call: Call, target: Target) -> Response:
    assert target.action is not None, "asked only for actions"
    told = target.action.answer(call, target.ids)
    if isinstance(told, Response):
        return told
    return Response(status_code=204) if told is None else as_json(told)


def _list(call: Call, target: Target) -> Response:
    resource = target.resource
    made = resource.listing(call, target.ids)
    if made is not None:
        if wanted := call.query.get("$filter"):
            kinds, read = resource.row_kinds, resource.row_values
            made = chosen(call.transaction, made, wanted, kinds, read)
        return as_json(page_of(call, made))
    where, order = [], []
    if wanted := call.query.get("$filter"):
        where.append(read_filter(wanted, resource.filters))
    if wanted := call.query.get("$orderby"):
        order = read_order(wanted, resource.filters)
    skip = call.whole("$skip", 0, 0) or 0
    top = min(call.whole("$top", PAGE, 1) or PAGE, LARGEST_PAGE)
    page = resource.page(call, target.ids, where, order, (skip, top))
    told: dict[str, object] = {
        "value": [
            envelope(
                call,
                resource,
                record.noun,
                f"{target.path}/{resource.name(record.noun)}",
            )
            for record in page.records
        ],
        "count": page.total,
    }
    if skip + len(page.records) < page.total and page.records:
        told["nextLink"] = call.next_link(skip + len(page.records))
    return as_json(told)


def page_of(call: Call, rows: Sequence[object]) -> object:
    """What was asked for of a list that is whole."""
    skip = call.whole("$skip", 0, 0) or 0
    top = call.whole("$top", len(rows) or 1, 1)
    return told_page(call, rows[skip:][:top], skip, len(rows))


def told_page(call: Call, chosen: Sequence[object], skip: int, total: int) -> object:
    """A page of `total` rows, and where the rest is."""
    told: dict[str, object] = {"value": chosen, "count": total}
    if chosen and skip + len(chosen) < total:
        told["nextLink"] = call.next_link(skip + len(chosen))
    return told


def _head(call: Call, target: Target) -> Response:
    record = _found(call, target)
    if not target.resource.tagged:
        return Response(status_code=204)
    status = 304 if _is_named(call, record) else 200
    return Response(status_code=status, headers=_tag(record))


def _get(call: Call, target: Target) -> Response:
    made = target.resource.reading(call, target.ids)
    if isinstance(made, Response):
        return made
    if made is not None:
        return as_json(made)
    record = _found(call, target)
    if target.resource.tagged and _is_named(call, record):
        return Response(status_code=304, headers=_tag(record))
    return _entity(call, target, record, 200)


def _put(call: Call, target: Target) -> Response:
    resource, ids = target.resource, target.ids
    if isinstance(resource, Joins):
        record, joined = resource.put(call, ids)
        return _entity(call, target, record, 201 if joined else 200)
    if ids:
        resource.identifier.check(ids[-1], resource.segment)
    old = resource.find(call, ids)
    match = _expected(call, old)
    if old is not None:
        _refuse_named(call, old)
        refuse_stale(old, match)
    elif match is not None:
        raise Stale("If-Match names a revision, but there is nothing yet.")
    given = {} if resource.bodiless else resource.given(call)
    sent = Sent(ids, given, old)
    record = resource.save(call, resource.accept(call, sent), sent)
    return _entity(call, target, record, 201 if old is None else 200)


def _patch(call: Call, target: Target) -> Response:
    resource, ids = target.resource, target.ids
    made = resource.changing(call, ids)
    if made is not None:
        return as_json(made)
    if resource.tagged:
        _ask_for_match(call)
    old = _found(call, target)
    _refuse_named(call, old)
    refuse_stale(old, _expected(call, old))
    sent = Sent(ids, resource.given(call), old, patch=True)
    record = resource.save(call, resource.accept(call, sent), sent)
    if resource.patched == 204:
        return Response(status_code=204, headers=_tag(record))
    return _entity(call, target, record, 200)


def _delete(call: Call, target: Target) -> Response:
    resource, ids = target.resource, target.ids
    if isinstance(resource, Joins):
        parted = resource.take_out(call, ids)
        return Response(status_code=200 if parted else 204)
    if resource.tagged and resource.guarded:
        _ask_for_match(call)
    old = resource.find(call, ids)
    if old is None:
        return Response(status_code=204)
    _refuse_named(call, old)
    refuse_stale(old, _expected(call, old))
    resource.remove(call, old)
    return Response(status_code=resource.deleted)


_VERBS = {
    "HEAD": ("H", _head),
    "GET": ("G", _get),
    "PUT": ("P", _put),
    "PATCH": ("U", _patch),
    "DELETE": ("D", _delete),
}


def _found(call: Call, target: Target) -> Record[Any]:
    record = target.resource.find(call, target.ids)
    if record is None:
        raise Missing(f"'{target.path}' not found.", target=target.resource.segment)
    return record


def _ask_for_match(call: Call) -> None:
    if call.if_match is None and call.site.asks_for_match:
        raise Invalid(
            "The If-Match header is missing; send the ETag you read, or * for any. "
            "For tools that cannot, the console has the setting if_match_optional.",
            target="If-Match",
        )


def _expected(call: Call, old: Record[Any] | None) -> int | None:
    """The revision in If-Match; None when any will do, -1 for one never given.

    Of several it is the one that is there, if it is among them.
    """
    if call.if_match is None or call.if_match.strip() == "*":
        return None
    known = _revisions(call.if_match)
    if old is not None and old.revision in known:
        return old.revision
    return known[0] if known else -1


def _revisions(tags: str) -> list[int]:
    """What of a list of tags we may have given."""
    texts = [tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")]
    return [int(one) for one in texts if one.isdecimal() and len(one) < 19]


def _is_named(call: Call, record: Record[Any]) -> bool:
    """Whether If-None-Match names what is there."""
    given = call.if_none_match
    if given is None:
        return False
    return given.strip() == "*" or record.revision in _revisions(given)


def _refuse_named(call: Call, old: Record[Any]) -> None:
    """Stale when the caller wants to change only what is not as it is."""
    if _is_named(call, old):
        raise Stale(
            f"If-None-Match is {call.if_none_match}, but the resource is there, at "
            f"revision {old.revision}.",
            target="If-None-Match",
        )


def _entity(call: Call, target: Target, record: Record[Any], status: int) -> Response:
    headers = _tag(record) if target.resource.tagged else {}
    body = envelope(call, target.resource, record.noun, target.path)
    return as_json(body, status, headers)


def _tag(record: Record[Any]) -> dict[str, str]:
    return {"ETag": f'"{record.revision}"'}


def envelope(
    call: Call, resource: AnyResource, noun: Any, path: str
) -> dict[str, object]:
    """An ARM resource: `noun`, found at `path` below the instance."""
    return {
        "id": f"{call.base}{path}",
        "type": f"{TYPE}/{resource.type}" if resource.type else TYPE,
        "name": resource.name(noun),
        **resource.around(call, noun),
        "properties": resource.show(call, noun),
    }


def as_json(
    told: object, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return Response(msgspec.json.encode(told), status, headers, media_type=JSON)
