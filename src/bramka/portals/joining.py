"""Becoming a user: sign-up with a mail to confirm it, and invitations.

Who asks learns nothing of other people's accounts: what is answered, counted, digested
and written is the same whether or not there is one, and the mail tells its reader only.
"""

from typing import Annotated

from msgspec import Meta, Struct, structs
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid
from bramka.domain.traffic.account import (
    BASIC,
    LONGEST_PASSWORD,
    check_password,
    read_email,
    read_language,
    read_name,
    step,
)
from bramka.domain.traffic.account_attempts import ASKING, MAIL
from bramka.domain.traffic.account_session import Purpose
from bramka.domain.traffic.user import Identity, User
from bramka.portals.door import nothing
from bramka.portals.record import noted, shown
from bramka.portals.session import entered
from bramka.portals.visit import Visit
from bramka.store import (
    account,
    account_link,
    attempts,
    instance,
    notice,
    password,
    portal_rules,
    user,
)
from bramka.store.account import Account
from bramka.store.change import queue_for_change
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

ID_BYTES = 12
WELCOME = "newDeveloperNotificationMessage"
DEVELOPERS = "developers"
Password = Annotated[str, Meta(max_length=LONGEST_PASSWORD)]
Token = Annotated[str, Meta(max_length=200)]


class NewAccount(Struct, frozen=True, rename="camel", kw_only=True):
    """What somebody signs up with: nothing of a role, a state or groups."""

    email: str
    password: Password
    first_name: str
    last_name: str
    terms_accepted: bool = False
    language: str = ""

    def __repr__(self) -> str:
        return "<NewAccount>"


class Link(Struct, frozen=True):
    """A token out of a mail."""

    token: Token

    def __repr__(self) -> str:
        return "<Link>"


class Acceptance(Struct, frozen=True, rename="camel", kw_only=True):
    """What somebody who was invited adds."""

    token: Token
    password: Password
    first_name: str = ""
    last_name: str = ""

    def __repr__(self) -> str:
        return "<Acceptance>"


class Address(Struct, frozen=True):
    """Where a mail is asked for."""

    email: str


def sign_up(visit: Visit) -> Response:
    """A pending account, or a mail to whoever has this address already."""
    given = visit.read(NewAccount)
    email = read_email(given.email)
    first, last = (
        read_name(given.first_name, "firstName"),
        read_name(given.last_name, "lastName"),
    )
    check_password(given.password, email)
    language = read_language(given.language) if given.language else visit.language
    with visit.site.store.writing() as transaction:
        _refuse_closed(transaction, given)
        count_mail(transaction, visit, email)
    digested = password.digest(given.password)
    with visit.site.store.writing() as transaction:
        # Of several who sign up with one address at once only one is the first.
        queue_for_change(transaction)
        known = user.by_email(transaction, email)
        if known is not None:
            _remind(transaction, visit, known.noun)
            return nothing(202)
        noun = _new_user(visit, email, first, last, transaction.now)
        user.put(transaction, noun)
        user.set_password_hash(transaction, noun.id, digested)
        accepted = transaction.now if given.terms_accepted else None
        kept = Account(language=language, terms_accepted=accepted)
        account.put(transaction, noun.id, kept)
        _send(transaction, visit, "confirm", noun)
        noted(transaction, visit, noun, None, shown(noun))
    return nothing(202)


def confirm(visit: Visit) -> Response:
    """The address is theirs: the account opens, and they are signed in."""
    given = visit.read(Link)
    with visit.site.store.writing() as transaction:
        opened = account_link.open_link(transaction, "confirm", given.token)
        noun = USERS.get(transaction, opened.user_id).noun
        _refuse_other_address(noun, opened.email)
        return _opened(transaction, visit, noun, noun)


def resend(visit: Visit) -> Response:
    """Another mail to confirm with, if somebody waits for one."""
    email = read_email(visit.read(Address).email)
    with visit.site.store.writing() as transaction:
        count_mail(transaction, visit, email)
        known = user.by_email(transaction, email)
        waits = known is not None and known.noun.state == "pending"
        _send(transaction, visit, "confirm", known.noun if known and waits else None)
    return nothing(202)


def accept_invitation(visit: Visit) -> Response:
    """Who was invited sets a password, and is signed in."""
    given = visit.read(Acceptance)
    digested = digested_for(visit, "invitation", given.token, given.password)
    with visit.site.store.writing() as transaction:
        opened = account_link.open_link(transaction, "invitation", given.token)
        before = USERS.get(transaction, opened.user_id).noun
        _refuse_other_address(before, opened.email)
        first, last = given.first_name, given.last_name
        noun = structs.replace(
            before,
            first_name=read_name(first or before.first_name, "firstName"),
            last_name=read_name(last or before.last_name, "lastName"),
        )
        user.set_password_hash(transaction, noun.id, digested)
        return _opened(transaction, visit, before, noun)


def digested_for(visit: Visit, purpose: Purpose, token: str, plain: str) -> str:
    """The digest of a password that a link allows to set; Invalid if it does not.

    The link stays as it is: a password that is refused does not use it up.
    """
    with visit.site.store.reading() as transaction:
        email = account_link.peek(transaction, purpose, token).email
    check_password(plain, email)
    return password.digest(plain)


def count_mail(transaction: Transaction, visit: Visit, email: str) -> None:
    """TooMany when an address gets, or somebody asks for, too many mails."""
    attempts.take(
        transaction,
        (f"mail {email.lower()}", MAIL),
        (f"asking {visit.neighbourhood}", ASKING),
    )


def _opened(
    transaction: Transaction, visit: Visit, before: User, noun: User
) -> Response:
    """Sign in to an account whose address was just confirmed."""
    was_pending = before.state == "pending"
    after = structs.replace(noun, state=step(before.state, "confirm"))
    USERS.replace(transaction, after)
    noted(transaction, visit, after, shown(before), shown(after))
    if was_pending:
        portal = visit.site.addresses.portal
        notice.to_developer(transaction, portal, after, WELCOME, {})
    return entered(transaction, visit, after)


def _new_user(visit: Visit, email: str, first: str, last: str, now: float) -> User:
    return User(
        id=visit.site.chance.hex(ID_BYTES),
        first_name=first,
        last_name=last,
        email=email,
        state="pending",
        identities=(Identity(provider=BASIC, id=email),),
        groups=(DEVELOPERS,),
        registration_date=now,
    )


def _remind(transaction: Transaction, visit: Visit, known: User) -> None:
    """Tell who has the account: with a link that helps in the state it is in."""
    if known.state == "pending":
        _send(transaction, visit, "confirm", known)
    else:
        _send(transaction, visit, "reset", known if known.may_call else None)


def _send(
    transaction: Transaction,
    visit: Visit,
    purpose: Purpose,
    known: User | None,
) -> None:
    portal = visit.site.addresses.portal
    notice.send_link(transaction, visit.site.chance, portal, purpose, known)


def _refuse_closed(transaction: Transaction, given: NewAccount) -> None:
    """Forbidden where nobody signs up by themselves; Invalid without consent."""
    instance.refuse_deleted(transaction)
    rules = portal_rules.read(transaction)
    if not (rules.sign_up and rules.basic) or rules.delegation.sign_in:
        refusal = Forbidden("Nobody signs up here by themselves; ask to be invited.")
        refusal.code = "SignUpClosed"
        raise refusal
    terms = rules.terms
    if terms.enabled and terms.consent_required and not given.terms_accepted:
        refused = Invalid("Accept the terms of use first.", target="termsAccepted")
        refused.code = "TermsNotAccepted"
        raise refused


def _refuse_other_address(noun: User, email: str) -> None:
    """Invalid when the account has another address since the mail was sent."""
    if noun.email.lower() != email.lower():
        refusal = Invalid("The account has another address by now.", target="token")
        refusal.code = "LinkInvalid"
        raise refusal
