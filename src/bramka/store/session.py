"""Sessions of people in browsers: rows that can be ended, found by a digest."""

import hashlib
import hmac

from msgspec import Struct
from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    LargeBinary,
    Row,
    Table,
    delete,
    insert,
    select,
    update,
)

from bramka.domain.clock import Chance
from bramka.domain.errors import Forbidden, Unauthenticated
from bramka.domain.traffic.account import BASIC, Role
from bramka.domain.traffic.account_session import (
    CSRF_HEADER,
    IDLE_SECONDS,
    LONGEST_SECONDS,
    SAFE_METHODS,
    Span,
)
from bramka.domain.traffic.user import User
from bramka.store import account
from bramka.store.access_token import AccessToken
from bramka.store.account import Account
from bramka.store.columns import TEXT
from bramka.store.database import METADATA
from bramka.store.transaction import Store, Transaction
from bramka.store.user import USERS

SESSION = Table(
    "session",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column(
        "user_id",
        TEXT,
        ForeignKey("user.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("provider", TEXT, nullable=False),
    Column("agent", TEXT, nullable=False),
    Column("address", TEXT, nullable=False),
    Column("created", Double, nullable=False, index=True),
    Column("seen", Double, nullable=False),
    Column("proved", Double, nullable=False),
)
_ROW = SESSION.c
LONGEST_AGENT = 200


class Session(Struct, frozen=True, kw_only=True):
    """One browser that somebody is signed in with; the token is not kept."""

    id: str
    user_id: str
    provider: str
    agent: str
    address: str
    span: Span


class Visitor(Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, as they are at this moment."""

    user: User
    account: Account
    session: Session

    @property
    def role(self) -> Role | None:
        return self.account.role


class From(Struct, frozen=True, kw_only=True):
    """Where somebody signs in from, to show it to them later."""

    agent: str = ""
    address: str = ""


def begin(
    transaction: Transaction,
    chance: Chance,
    user_id: str,
    place: From,
    provider: str = BASIC,
) -> str:
    """A new session; its token is told once, for the browser's cookie."""
    now = transaction.now
    # Those that no longer open anything are only in the way.
    transaction.connection.execute(
        delete(SESSION).where(
            (_ROW.created <= now - LONGEST_SECONDS) | (_ROW.seen <= now - IDLE_SECONDS)
        )
    )
    token = chance.hex(32)
    transaction.connection.execute(
        insert(SESSION).values(
            id=chance.hex(8),
            digest=_digest(token, transaction, b"session"),
            user_id=user_id,
            provider=provider,
            agent=place.agent[:LONGEST_AGENT],
            address=place.address,
            created=now,
            seen=now,
            proved=now,
        )
    )
    return token


def find(transaction: Transaction, token: str) -> Visitor | None:
    """Who is signed in with `token`; None if nobody is, or is no longer."""
    query = select(SESSION).where(
        _ROW.digest == _digest(token, transaction, b"session")
    )
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        return None
    session = _session(row)
    known = USERS.find(transaction, session.user_id)
    # The user is looked at each time, so that who is blocked is out at once.
    if known is None or not known.noun.may_call:
        return None
    if not session.span.alive(transaction.now):
        return None
    kept = account.find(transaction, session.user_id)
    return Visitor(user=known.noun, account=kept, session=session)


def seen(store: Store, token: str) -> None:
    """Note that a session is in use, if it is one and was not noted just now."""
    with store.reading() as transaction:
        visitor = find(transaction, token)
        if visitor is None or not visitor.session.span.stale(transaction.now):
            return
    with store.writing() as transaction:
        row = update(SESSION).where(_ROW.id == visitor.session.id)
        transaction.connection.execute(row.values(seen=transaction.now))


def prove(transaction: Transaction, session_id: str) -> None:
    """Note that the password was just given."""
    proved = update(SESSION).where(_ROW.id == session_id)
    transaction.connection.execute(proved.values(proved=transaction.now))


def end(transaction: Transaction, user_id: str, session_id: str) -> bool:
    """End one session of a user; False if they have no such session."""
    row = delete(SESSION).where(_ROW.id == session_id, _ROW.user_id == user_id)
    return transaction.connection.execute(row).rowcount > 0


def end_all(transaction: Transaction, user_id: str, but: str = "") -> None:
    """End every session of a user, except one that may go on."""
    row = delete(SESSION).where(_ROW.user_id == user_id, _ROW.id != but)
    transaction.connection.execute(row)


def of_user(transaction: Transaction, user_id: str) -> list[Session]:
    """The sessions of a user that still open anything, the newest first."""
    query = select(SESSION).where(_ROW.user_id == user_id)
    rows = transaction.connection.execute(query.order_by(_ROW.created.desc(), _ROW.id))
    found = [_session(row) for row in rows]
    return [one for one in found if one.span.alive(transaction.now)]


def csrf_token(transaction: Transaction, token: str) -> str:
    """What pages send back to show that they, not another site, make a call."""
    return _digest(token, transaction, b"csrf").hex()


def check_csrf(transaction: Transaction, token: str, method: str, given: str) -> None:
    """Forbidden unless the call only reads or carries the token of this session."""
    if method in SAFE_METHODS:
        return
    wanted = csrf_token(transaction, token)
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        refusal = Forbidden(
            f"The call changes something and its header {CSRF_HEADER} is "
            f"{'missing' if not given else 'not the one of this session'}; send the "
            "`csrf` that GET /session gives."
        )
        refusal.code = "CsrfTokenInvalid"
        raise refusal


def caller(transaction: Transaction, token: str, method: str, csrf: str) -> AccessToken:
    """Who calls a REST with a session's cookie; refuses those without a role."""
    visitor = find(transaction, token)
    if visitor is None:
        raise Unauthenticated(
            "The session has ended or never was; sign in, or send a bearer token."
        )
    check_csrf(transaction, token, method, csrf)
    if visitor.role is None:
        raise Forbidden(
            f"The account {visitor.user.email} has no role here; an owner gives one "
            "with `bramka user role`."
        )
    return AccessToken(
        id=visitor.user.id,
        role=visitor.role,
        name=visitor.user.email,
        created=visitor.session.span.created,
        expires=None,
    )


def _session(row: Row[tuple[object, ...]]) -> Session:
    return Session(
        id=row.id,
        user_id=row.user_id,
        provider=row.provider,
        agent=row.agent,
        address=row.address,
        span=Span(created=row.created, seen=row.seen, proved=row.proved),
    )


def _digest(token: str, transaction: Transaction, purpose: bytes) -> bytes:
    # Looked up by digest, so that timing tells nothing about the token.
    return hashlib.blake2b(
        token.encode(), digest_size=32, key=transaction.vault.pepper, person=purpose
    ).digest()
