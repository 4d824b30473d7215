"""What somebody proves with who they are: the password, and the mail address."""

from msgspec import Struct, structs
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid, Unauthenticated
from bramka.domain.traffic.account import BASIC, check_password, read_email
from bramka.domain.traffic.account_attempts import ACCOUNT, ADDRESS
from bramka.domain.traffic.user import Identity
from bramka.portals.door import nothing
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
from bramka.portals.visit import Visit
from bramka.store import account_link, attempts, notice, password, session, user
from bramka.store.session import Visitor
from bramka.store.user import USERS


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


def change_password(visit: Visit) -> Response:
    """A new password; every other session ends."""
    visitor = visit.signed_in()
    given = visit.read(NewPassword)
    check_password(given.new, visitor.user.email, "new")
    prove(visit, visitor, given.current)
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
    prove(visit, visitor, given.password)
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


def prove(visit: Visit, visitor: Visitor, plain: str) -> None:
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
