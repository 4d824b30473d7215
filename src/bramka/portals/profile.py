"""One's own account: names, password, address, sessions, and its end."""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, structs
from starlette.responses import Response

from bramka.domain.errors import Conflict, Forbidden, Invalid, Missing, Unauthenticated
from bramka.domain.traffic.account import (
    BASIC,
    check_password,
    read_email,
    read_language,
    read_name,
    step,
)
from bramka.domain.traffic.account_attempts import ACCOUNT, ADDRESS
from bramka.domain.traffic.subscription import dated
from bramka.domain.traffic.user import Identity, User
from bramka.portals.cookie import drop_session
from bramka.portals.door import nothing, tell
from bramka.portals.joining import (
    Address,
    Link,
    Password,
    Token,
    count_mail,
    digested_for,
)
from bramka.portals.record import noted, shown
from bramka.portals.session import entered
from bramka.portals.telling import show_user
from bramka.portals.visit import Visit
from bramka.store import (
    account,
    account_link,
    attempts,
    notice,
    password,
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


class NewPassword(Struct, frozen=True):
    """A password and the one it replaces."""

    current: Password
    new: Password

    def __repr__(self) -> str:
        return "<NewPassword>"


class Reset(Struct, frozen=True):
    """A password set with a link."""

    token: Token
    password: Password

    def __repr__(self) -> str:
        return "<Reset>"


class NewAddress(Struct, frozen=True):
    """An address to move to; the password shows that it is oneself who moves."""

    email: str
    password: Password

    def __repr__(self) -> str:
        return "<NewAddress>"


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
        _prove(visit, visitor, given.password)
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


def change_password(visit: Visit) -> Response:
    """A new password; every other session ends."""
    visitor = visit.signed_in()
    given = visit.read(NewPassword)
    check_password(given.new, visitor.user.email, "new")
    _prove(visit, visitor, given.current)
    digested = password.digest(given.new)
    with visit.site.store.writing() as transaction:
        user.set_password_hash(transaction, visitor.user.id, digested)
        session.end_all(transaction, visitor.user.id, but=visitor.session.id)
        session.prove(transaction, visitor.session.id)
        account_link.void_all(transaction, visitor.user.id)
        noted(transaction, visit, visitor.user)
    return nothing()


def ask_reset(visit: Visit) -> Response:
    """A mail to set a password with, if there is such an account; always 202."""
    email = read_email(visit.read(Address).email)
    with visit.site.store.writing() as transaction:
        count_mail(transaction, visit, email)
        known = user.by_email(transaction, email)
        usable = known.noun if known is not None and known.noun.may_call else None
        portal, chance = visit.site.addresses.portal, visit.site.chance
        notice.send_link(transaction, chance, portal, "reset", usable)
    return nothing(202)


def reset(visit: Visit) -> Response:
    """The password out of a mail's link; also the way out of a lock."""
    given = visit.read(Reset)
    digested = digested_for(visit, "reset", given.token, given.password)
    with visit.site.store.writing() as transaction:
        opened = account_link.open_link(transaction, "reset", given.token)
        noun = USERS.get(transaction, opened.user_id).noun
        if noun.email.lower() != opened.email.lower() or not noun.may_call:
            refusal = Invalid("The link opens nothing any more.", target="token")
            refusal.code = "LinkInvalid"
            raise refusal
        user.set_password_hash(transaction, noun.id, digested)
        session.end_all(transaction, noun.id)
        account_link.void_all(transaction, noun.id)
        attempts.forget(transaction, f"account {noun.email.lower()}")
        return entered(transaction, visit, noun)


def ask_email(visit: Visit) -> Response:
    """A mail to the new address; nothing changes until it is confirmed there."""
    visitor = visit.signed_in()
    given = visit.read(NewAddress)
    email = read_email(given.email)
    _prove(visit, visitor, given.password)
    with visit.site.store.writing() as transaction:
        count_mail(transaction, visit, email)
        # Whether somebody has the address already, only its owner may learn.
        taken = user.by_email(transaction, email) is not None
        portal, chance = visit.site.addresses.portal, visit.site.chance
        if taken:
            notice.send_link(transaction, chance, portal, "email", None)
        else:
            known = visitor.user
            notice.send_link(
                transaction, chance, portal, "email", known, recipient=email
            )
    return nothing(202)


def confirm_email(visit: Visit) -> Response:
    """The new address is theirs: from now on they sign in with it."""
    given = visit.read(Link)
    with visit.site.store.writing() as transaction:
        opened = account_link.open_link(transaction, "email", given.token)
        before = USERS.get(transaction, opened.user_id).noun
        if not before.may_call:
            raise Unauthenticated("The account cannot be used.")
        others = tuple(one for one in before.identities if one.provider != BASIC)
        own = Identity(provider=BASIC, id=opened.email)
        after = structs.replace(before, email=opened.email, identities=(own, *others))
        user.put(transaction, after)
        # Links that went to the old address open nothing more.
        account_link.void_all(transaction, after.id)
        noted(transaction, visit, after, shown(before), shown(after))
        return entered(transaction, visit, after)


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


def _prove(visit: Visit, visitor: Visitor, plain: str) -> None:
    """Forbidden unless it is the visitor's password; counted as signing in is."""
    store = visit.site.store
    key, place = (
        f"account {visitor.user.email.lower()}",
        f"address {visit.neighbourhood}",
    )
    with store.writing() as transaction:
        attempts.take(transaction, (key, ACCOUNT), (place, ADDRESS))
        stored = user.password_hash(transaction, visitor.user.id)
    if not password.fits(stored, plain):
        refusal = Forbidden("The password is not right.", target="password")
        refusal.code = "PasswordWrong"
        raise refusal
    with store.writing() as transaction:
        attempts.forget(transaction, key)
        attempts.return_one(transaction, place)


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
