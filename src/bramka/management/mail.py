"""The list of mails: what was sent to whom, and what still waits and why."""

from bramka.management.call import Call
from bramka.management.filter import Field, read_filter
from bramka.management.resource import Ids
from bramka.management.shape import write_date
from bramka.management.verbs import LARGEST_PAGE, PAGE
from bramka.store import mail_queue
from bramka.store.mail_queue import Mail

_FIELDS = {
    "recipient": Field(mail_queue.MAIL.c.recipient),
    "template": Field(mail_queue.MAIL.c.template),
    "state": Field(mail_queue.MAIL.c.state, "word"),
}


def read_mail(call: Call, ids: Ids) -> object:
    """`mail`: the newest mails first; never what one says, for it may open accounts."""
    del ids
    skip = call.whole("$skip", 0, 0) or 0
    top = min(call.whole("$top", PAGE, 1) or PAGE, LARGEST_PAGE)
    text = call.query.get("$filter")
    where = [read_filter(text, _FIELDS)] if text else []
    found, total = mail_queue.newest(call.transaction, skip, top, *where)
    told: dict[str, object] = {
        "value": [_shown(call, one) for one in found],
        "count": total,
    }
    if found and skip + len(found) < total:
        told["nextLink"] = call.next_link(skip + len(found))
    return told


def _shown(call: Call, mail: Mail) -> object:
    return {
        "id": f"{call.base}/mail/{mail.id}",
        "name": str(mail.id),
        "type": "Microsoft.ApiManagement/service/mail",
        "properties": {
            "template": mail.template,
            "recipient": mail.recipient,
            "state": mail.state,
            "attempts": mail.attempts,
            "created": write_date(mail.created),
            "due": write_date(mail.due) if mail.state == "waiting" else None,
            "sent": None if mail.sent is None else write_date(mail.sent),
            "problem": mail.problem,
        },
    }
