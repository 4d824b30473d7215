"""The audit log: every change is noted in the transaction that makes it."""

from sqlalchemy import Text, cast
from starlette.responses import Response

from bramka.domain.errors import Unsupported
from bramka.management.call import Call, Properties
from bramka.management.filter import Field, read_filter
from bramka.management.path import Target
from bramka.management.resource import Ids
from bramka.management.revision import settled
from bramka.management.shape import write_date
from bramka.management.verbs import LARGEST_PAGE, PAGE, answer
from bramka.store import audit
from bramka.store.access_token import AccessToken
from bramka.store.audit import Entry

_FIELDS = {
    "name": Field(cast(audit.AUDIT.c.id, Text)),
    "timestamp": Field(audit.AUDIT.c.moment, "date"),
    "actor": Field(audit.AUDIT.c.actor),
    "role": Field(audit.AUDIT.c.role, "word"),
    "method": Field(audit.AUDIT.c.method, "word"),
    "path": Field(audit.AUDIT.c.path),
}


def noted(caller: AccessToken, method: str, call: Call, target: Target) -> Response:
    """Do what was asked, and note what a reader sees before and after."""
    before = _seen(call, target)
    response = answer(method, call, target)
    if response.status_code < 300:
        entry = Entry(
            moment=call.transaction.now,
            actor=f"{caller.name} ({caller.id})",
            role=caller.role,
            method=method,
            path=call.url.partition(call.base)[2] or target.path,
            before=before,
            after=_seen(call, target),
        )
        audit.note(call.transaction, entry)
    return response


def _seen(call: Call, target: Target) -> Properties | None:
    """What the REST shows of the target; None when there is nothing.

    So the log holds no secret: they are never shown. The few that readers see, as in
    Azure, are left out.
    """
    target = settled(call, target)
    if target.is_list:
        return None
    try:
        record = target.resource.find(call, target.ids)
    except Unsupported:
        return None
    if record is None:
        return None
    shown = target.resource.show(call, record.noun)
    left_out = target.resource.unlogged
    return {name: value for name, value in shown.items() if name not in left_out}


def read_audit(call: Call, ids: Ids) -> object:
    """`audit`: the newest changes first."""
    del ids
    skip = call.whole("$skip", 0, 0) or 0
    top = min(call.whole("$top", PAGE, 1) or PAGE, LARGEST_PAGE)
    text = call.query.get("$filter")
    where = [read_filter(text, _FIELDS)] if text else []
    entries, total = audit.newest(call.transaction, skip, top, *where)
    rows = [
        {
            "id": f"{call.base}/audit/{one.id}",
            "name": str(one.id),
            "type": "Microsoft.ApiManagement/service/audit",
            "properties": {
                "timestamp": write_date(one.moment),
                "actor": one.actor,
                "role": one.role,
                "method": one.method,
                "path": one.path,
                "before": one.before,
                "after": one.after,
            },
        }
        for one in entries
    ]
    told: dict[str, object] = {"value": rows, "count": total}
    if rows and skip + len(rows) < total:
        told["nextLink"] = call.next_link(skip + len(rows))
    return told
