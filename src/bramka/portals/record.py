"""What people do with their accounts goes to the audit log."""

from typing import Any

from bramka.domain.traffic.user import User
from bramka.portals.visit import Visit
from bramka.store import account, audit
from bramka.store.audit import Entry
from bramka.store.transaction import Transaction


def noted(
    transaction: Transaction,
    visit: Visit,
    actor: User,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note a change in its own transaction; `before` and `after` hold no secrets."""
    entry = Entry(
        moment=transaction.now,
        actor=f"{actor.email} ({actor.id})",
        role=account.find(transaction, actor.id).role or "developer",
        method=visit.method,
        path=visit.path,
        before=before,
        after=after,
    )
    audit.note(transaction, entry)


def shown(user: User) -> dict[str, Any]:
    """A user as the log tells of one."""
    return {
        "id": user.id,
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "state": user.state,
    }
