"""`/session`: signing in with email and password, and signing out."""

from typing import Annotated

from msgspec import Meta, Struct
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Unauthenticated
from bramka.domain.traffic.account import BASIC, LONGEST_EMAIL, LONGEST_PASSWORD
from bramka.domain.traffic.account_attempts import ACCOUNT, ADDRESS
from bramka.domain.traffic.user import User
from bramka.portals.cookie import drop_session, keep_session
from bramka.portals.door import nothing, tell
from bramka.portals.record import noted
from bramka.portals.telling import session_told
from bramka.portals.visit import Visit
from bramka.store import account, attempts, password, portal_rules, session, user
from bramka.store.session import Visitor
from bramka.store.transaction import Transaction


class Credentials(Struct, frozen=True):
    """What somebody signs in with; the repr shows none of it."""

    email: Annotated[str, Meta(max_length=LONGEST_EMAIL)]
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]

    def __repr__(self) -> str:
        return "<Credentials>"


def show_session(visit: Visit) -> Response:
    """Who is signed in, and what the site offers."""
    visitor = visit.visitor()
    with visit.site.store.reading() as transaction:
        told = session_told(transaction, visit, visitor, visit.token)
    response = tell(told)
    if visitor is None and visit.token:
        drop_session(response, secure=visit.secure)
    return response


def sign_in(visit: Visit) -> Response:
    """A new session, if the password fits; the same refusal for all that does not.

    An unknown account takes the same steps as a wrong password: the attempt is
    counted, a password digested, and nothing more is told.
    """
    given = visit.read(Credentials)
    known = proved(visit, given.email, given.password)
    with visit.site.store.writing() as transaction:
        _refuse_state(known)
        refuse_delegated(transaction, known)
        return entered(transaction, visit, known)


def sign_out(visit: Visit) -> Response:
    """End this session."""
    visitor = visit.visitor()
    if visitor is not None:
        with visit.site.store.writing() as transaction:
            session.end(transaction, visitor.user.id, visitor.session.id)
            noted(transaction, visit, visitor.user)
    response = nothing()
    drop_session(response, secure=visit.secure)
    return response


def proved(visit: Visit, email: str, plain: str) -> User:
    """The user with this address and password; else Unauthenticated, after counting.

    The password is digested outside of any transaction: nobody waits for it.
    """
    store = visit.site.store
    keys = (f"account {email.strip().lower()}", f"address {visit.neighbourhood}")
    with store.writing() as transaction:
        attempts.take(transaction, (keys[0], ACCOUNT), (keys[1], ADDRESS))
        record = user.by_email(transaction, email.strip())
        stored = user.password_hash(transaction, record.noun.id) if record else None
    if not password.fits(stored, plain) or record is None:
        refusal = Unauthenticated("The email address or the password is not right.")
        refusal.code = "SignInFailed"
        raise refusal
    with store.writing() as transaction:
        attempts.forget(transaction, keys[0])
        attempts.return_one(transaction, keys[1])
    return record.noun


def entered(
    transaction: Transaction, visit: Visit, known: User, provider: str = BASIC
) -> Response:
    """The answer that signs somebody in: a session that no one knew before."""
    token, visitor = began(transaction, visit, known, provider)
    response = tell(session_told(transaction, visit, visitor, token))
    keep_session(response, token, secure=visit.secure)
    return response


def began(
    transaction: Transaction, visit: Visit, known: User, provider: str
) -> tuple[str, Visitor]:
    """A session and its token; the one that this browser had before ends."""
    old = session.find(transaction, visit.token) if visit.token else None
    if old is not None:
        session.end(transaction, old.user.id, old.session.id)
    place = visit.place
    token = session.begin(transaction, visit.site.chance, known.id, place, provider)
    visitor = session.find(transaction, token)
    if visitor is None:
        # Blocked, or deleted, while the password was looked at.
        raise Unauthenticated("The account cannot be used; ask whoever runs this site.")
    noted(transaction, visit, known)
    return token, visitor


def _refuse_state(known: User) -> None:
    """Forbidden unless the account is active; told to who knows the password only."""
    if known.state == "active":
        return
    if known.state == "deleted":
        refusal: Forbidden | Unauthenticated = Unauthenticated(
            "The email address or the password is not right."
        )
        refusal.code = "SignInFailed"
        raise refusal
    why = {
        "pending": ("AccountPending", "waits until its email address is confirmed"),
        "blocked": ("AccountBlocked", "is blocked; ask whoever runs this site"),
    }
    code, text = why[known.state]
    refusal = Forbidden(f"The account {text}.")
    refusal.code = code
    raise refusal


def refuse_delegated(transaction: Transaction, known: User) -> None:
    """Forbidden where others do the signing in, except for those who run the site."""
    rules = portal_rules.read(transaction)
    if rules.basic and not rules.delegation.sign_in:
        return
    if account.find(transaction, known.id).role is None:
        refusal = Forbidden("People sign in elsewhere here; follow the sign-in link.")
        refusal.code = "SignInDelegated"
        raise refusal
