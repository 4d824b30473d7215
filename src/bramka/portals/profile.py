"""One's own account: names, sessions, and its end."""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, structs
from starlette.responses import Response

from bramka.domain.errors import Conflict, Missing
from bramka.domain.traffic.account import (
    read_language,
    read_name,
    step,
)
from bramka.domain.traffic.subscription import dated
from bramka.domain.traffic.user import User
from bramka.portals.cookie import drop_session
from bramka.portals.credential import prove
from bramka.portals.door import nothing, tell
from bramka.portals.joining import (
    Password,
)
from bramka.portals.record import noted, shown
from bramka.portals.telling import show_user
from bramka.portals.visit import Visit
from bramka.store import (
    account,
    account_link,
    notice,
    session,
    subscription,
    user,
)
from bramka.store.instance import ADMINISTRATOR
from bramka.store.session import Visitor
from bramka.store.transaction import Transaction
from bramka.store.user import USERS


class Changes(
    Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True
):
    """What people change of themselves; anything else is refused by name."""

    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None


class Farewell(Struct, frozen=True):
    """The password, unless it was given lately."""

    password: Password = ""

    def __repr__(self) -> str:
        return "<Farewell>"


def show(visit: Visit) -> Response:
    return tell(show_user(visit.signed_in()))


def change(visit: Visit) -> Response:
    """PATCH of one's own names and language."""
    visitor = visit.signed_in()
    given = visit.read(Changes)
    with visit.site.store.writing() as transaction:
        before = USERS.get(transaction, visitor.user.id).noun
        after = before
        if given.first_name is not None:
            first = read_name(given.first_name, "firstName")
            after = structs.replace(after, first_name=first)
        if given.last_name is not None:
            last = read_name(given.last_name, "lastName")
            after = structs.replace(after, last_name=last)
        kept = account.find(transaction, before.id)
        if given.language is not None:
            kept = structs.replace(kept, language=read_language(given.language))
            account.put(transaction, before.id, kept)
        USERS.replace(transaction, after)
        noted(transaction, visit, after, shown(before), shown(after))
    return tell(show_user(structs.replace(visitor, user=after, account=kept)))


def close(visit: Visit) -> Response:
    """The account ends: nobody's name stays, keys stop, sessions are over."""
    visitor = visit.signed_in()
    given = visit.read(Farewell)
    if given.password or not _recent(visit, visitor):
        prove(visit, visitor, given.password)
    with visit.site.store.writing() as transaction:
        noun = USERS.get(transaction, visitor.user.id).noun
        if noun.id == ADMINISTRATOR or account.owners(transaction) == [noun.id]:
            raise Conflict("The only owner of the site cannot leave it.")
        notice.account_closed(transaction, visit.site.addresses.portal, noun)
        _cancel_subscriptions(transaction, noun.id)
        account.set_role(transaction, noun.id, None)
        USERS.replace(transaction, _anonymous(noun))
        user.set_password_hash(transaction, noun.id, None)
        session.end_all(transaction, noun.id)
        account_link.void_all(transaction, noun.id)
        noted(transaction, visit, noun, shown(noun), {"state": "deleted"})
    response = nothing()
    drop_session(response, secure=visit.secure)
    return response


def list_sessions(visit: Visit) -> Response:
    """Where one is signed in."""
    visitor = visit.signed_in()
    with visit.site.store.reading() as transaction:
        found = session.of_user(transaction, visitor.user.id)
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "current": one.id == visitor.session.id,
            "provider": one.provider,
            "agent": one.agent,
            "address": one.address,
            "created": _moment(one.span.created),
            "seen": _moment(one.span.seen),
        }
        for one in found
    ]
    return tell({"value": rows, "count": len(rows)})


def end_session(visit: Visit) -> Response:
    """End one of one's own sessions; those of others are not there."""
    visitor = visit.signed_in()
    wanted = visit.ids["session"]
    with visit.site.store.writing() as transaction:
        if not session.end(transaction, visitor.user.id, wanted):
            raise Missing("You have no such session.", target="session")
        noted(transaction, visit, visitor.user)
    return nothing()


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _recent(visit: Visit, visitor: Visitor) -> bool:
    return visitor.session.span.recent(visit.site.store.clock.now())


def _cancel_subscriptions(transaction: Transaction, user_id: str) -> None:
    for record in subscription.of_owner(transaction, user_id):
        before = record.noun
        if before.state == "cancelled":
            continue
        after = structs.replace(before, state="cancelled")
        changed = dated(after, before, transaction.now)
        subscription.SUBSCRIPTIONS.replace(transaction, changed)


def _anonymous(noun: User) -> User:
    """What stays of somebody who left, so that figures and issues keep their place."""
    return User(
        id=noun.id,
        first_name="Closed",
        last_name="Account",
        email=f"{noun.id}@closed.invalid",
        state=step(noun.state, "close"),
        registration_date=noun.registration_date,
    )
