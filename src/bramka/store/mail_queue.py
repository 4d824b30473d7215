"""Mails on their way: leased by one sender at a time, guarded by fences.

What a mail says is encrypted while it waits, for it may hold links that open accounts,
and is forgotten once it is sent. A row that is leased belongs to its holder until the
lease runs out; whatever the holder does later carries the fence, and is not accepted
after somebody else has claimed the mail.
"""

from typing import cast

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bramka.domain.errors import Missing
from bramka.domain.traffic.account_mail import (
    KEPT_SECONDS,
    LEASE_SECONDS,
    Letter,
    MailState,
    step,
)
from bramka.store.columns import TEXT
from bramka.store.database import METADATA
from bramka.store.transaction import Store, Transaction

MAIL = Table(
    "mail",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("template", TEXT, nullable=False),
    Column("recipient", TEXT, nullable=False),
    Column("letter", LargeBinary),
    Column("state", TEXT, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("due", Double, nullable=False),
    Column("until", Double, nullable=False, server_default="0"),
    Column("created", Double, nullable=False, index=True),
    Column("sent", Double),
    Column("problem", TEXT),
    # A number is never given twice: it is in the name and the Message-ID of a mail.
    sqlite_autoincrement=True,
)
_ROW = MAIL.c


class Mail(Struct, frozen=True, rename="camel", kw_only=True):
    """One mail as lists show it: not what it says."""

    id: int
    template: str
    recipient: str
    state: MailState
    attempts: int
    due: float
    created: float
    sent: float | None = None
    problem: str | None = None


class Claimed(Struct, frozen=True, kw_only=True):
    """A mail to deliver now; `fence` proves that it is still ours."""

    mail: Mail
    sealed: bytes
    """What it says, encrypted; see `unseal`."""
    fence: int


def post(transaction: Transaction, letter: Letter) -> int:
    """Queue a mail, in the same transaction as what it tells of."""
    state: MailState = "waiting" if letter.recipient else "dropped"
    written = transaction.connection.execute(
        insert(MAIL).values(
            template=letter.template,
            recipient=letter.recipient,
            state=state,
            due=transaction.now,
            created=transaction.now,
        )
    ).inserted_primary_key
    assert written is not None, "an insert of one row tells its key"
    number = int(written[0])
    sealed = transaction.vault.cipher.encrypt(
        msgspec.json.encode(letter), context_of(number)
    )
    row = update(MAIL).where(_ROW.id == number)
    transaction.connection.execute(row.values(letter=sealed))
    return number


def claim(store: Store, lease: float = LEASE_SECONDS) -> Claimed | None:
    """The mail that is due longest, for us alone; None when there is nothing to do."""
    with store.reading() as transaction:
        if transaction.connection.scalar(_due(transaction.now).limit(1)) is None:
            return None
    with store.writing() as transaction:
        now = transaction.now
        number = transaction.connection.scalar(_due(now).limit(1))
        if number is None:
            return None
        row = _row(transaction, number)
        after = step(cast("MailState", row.state), "lease")
        taken = transaction.connection.execute(
            update(MAIL)
            .where(_ROW.id == number, _ROW.fence == row.fence)
            .values(
                state=after,
                fence=row.fence + 1,
                attempts=row.attempts + 1,
                until=now + lease,
            )
        )
        if taken.rowcount != 1:
            return None
        return Claimed(
            mail=_mail(_row(transaction, number)),
            sealed=row.letter,
            fence=row.fence + 1,
        )


def unseal(store: Store, claimed: Claimed) -> Letter:
    """What a mail says; Unavailable when the key it was encrypted under is lost."""
    context = context_of(claimed.mail.id)
    text = store.vault.cipher.decrypt(claimed.sealed, context)
    return msgspec.json.decode(text, type=Letter)


def still_ours(store: Store, claimed: Claimed, lease: float = LEASE_SECONDS) -> bool:
    """Hold the mail for another lease; False if somebody else has it by now."""
    with store.writing() as transaction:
        return _change(transaction, claimed, until=transaction.now + lease)


def delivered(store: Store, claimed: Claimed) -> bool:
    """It is on its way; what it said is forgotten."""
    with store.writing() as transaction:
        return _change(
            transaction,
            claimed,
            state=step("sending", "deliver"),
            sent=transaction.now,
            letter=None,
            problem=None,
        )


def put_off(store: Store, claimed: Claimed, pause: float, problem: str) -> bool:
    """Try again in `pause` seconds."""
    with store.writing() as transaction:
        return _change(
            transaction,
            claimed,
            state=step("sending", "put_off"),
            due=transaction.now + pause,
            until=0.0,
            problem=problem,
        )


def give_up(store: Store, claimed: Claimed, problem: str) -> bool:
    """It will not be delivered; the list tells why."""
    with store.writing() as transaction:
        after = step("sending", "give_up")
        return _change(transaction, claimed, state=after, until=0.0, problem=problem)


def send_again(transaction: Transaction, number: int) -> None:
    """Try a mail again that was given up; Missing if there is none."""
    query = select(MAIL).where(_ROW.id == number, _ROW.state != "dropped")
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        raise Missing(f"There is no mail {number}.", target="mail")
    after = step(row.state, "again")
    again = update(MAIL).where(_ROW.id == number, _ROW.state == row.state)
    now = transaction.now
    # Its age counts from now on, or it would be given up at once.
    values = {"state": after, "due": now, "created": now, "problem": None}
    transaction.connection.execute(again.values(values))


def newest(
    transaction: Transaction, skip: int, top: int, *where: ColumnElement[bool]
) -> tuple[list[Mail], int]:
    """Some mails that fit, the newest first, and how many fit in all."""
    real = and_(_ROW.state != "dropped", *where)
    query = select(MAIL).where(real).order_by(_ROW.id.desc()).offset(skip).limit(top)
    rows = transaction.connection.execute(query)
    counted = select(func.count()).select_from(MAIL).where(real)
    total = transaction.connection.scalar(counted)
    return [_mail(row) for row in rows], int(total or 0)


def sweep(store: Store) -> int:
    """Forget mails to nobody at once, and old ones that are done with."""
    with store.writing() as transaction:
        done = and_(
            _ROW.state.in_(("sent", "failed")),
            _ROW.created < transaction.now - KEPT_SECONDS,
        )
        gone = delete(MAIL).where(or_(_ROW.state == "dropped", done))
        return transaction.connection.execute(gone).rowcount


def _due(now: float) -> Select[int]:
    # A lease that ends later than any lease lasts comes from a clock set back since.
    free = or_(_ROW.until <= now, _ROW.until > now + LEASE_SECONDS)
    waiting = and_(_ROW.state == "waiting", _ROW.due <= now)
    left = and_(_ROW.state == "sending", free)
    return select(_ROW.id).where(or_(waiting, left)).order_by(_ROW.due, _ROW.id)


def _change(transaction: Transaction, claimed: Claimed, **values: object) -> bool:
    mine: list[ColumnElement[bool]] = [
        _ROW.id == claimed.mail.id,
        _ROW.fence == claimed.fence,
        _ROW.state == "sending",
    ]
    changed = transaction.connection.execute(update(MAIL).where(*mine).values(values))
    return changed.rowcount == 1


def _row(transaction: Transaction, number: int) -> Row[tuple[object, ...]]:
    return transaction.connection.execute(select(MAIL).where(_ROW.id == number)).one()


def _mail(row: Row[tuple[object, ...]]) -> Mail:
    return Mail(**{name: getattr(row, name) for name in Mail.__struct_fields__})


def context_of(number: int) -> str:
    """What an encrypted letter is bound to."""
    return f"mail/{number}"
