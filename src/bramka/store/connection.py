"""What the credential manager's connections hold: tokens, sealed, and open log-ins."""

import hashlib
import hmac
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Double,
    LargeBinary,
    Row,
    Table,
    delete,
    insert,
    select,
    update,
)

from bramka.domain.clock import Chance
from bramka.domain.errors import BramkaError
from bramka.domain.traffic.credential_grant import Tokens
from bramka.store.columns import TEXT
from bramka.store.database import METADATA, queue_writers
from bramka.store.transaction import Transaction

CONNECTION = Table(
    "authorization_tokens",
    METADATA,
    Column("provider_id", TEXT, primary_key=True),
    Column("authorization_id", TEXT, primary_key=True),
    Column("tokens", LargeBinary),
    Column("busy_until", Double, nullable=False),
    Column("code", TEXT, nullable=False),
    Column("message", TEXT, nullable=False),
)
LOGIN = Table(
    "authorization_login",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("provider_id", TEXT, nullable=False),
    Column("authorization_id", TEXT, nullable=False),
    Column("then", TEXT, nullable=False),
    Column("expires", Double, nullable=False),
    Column("consent", LargeBinary, nullable=False),
)
_HELD, _OPEN = CONNECTION.c, LOGIN.c
LOGIN_SECONDS = 600.0
CODE_BYTES, NONCE_BYTES = 8, 4


class Connected(Struct, frozen=True, kw_only=True):
    """How a connection stands."""

    tokens: Tokens | None = None
    code: str = ""
    message: str = ""
    """What went wrong when it was last renewed; empty when nothing did."""


class Login(Struct, frozen=True, kw_only=True):
    """A log-in that was asked for and has not been done."""

    provider_id: str
    authorization_id: str
    then: str
    """Where the browser goes in the end; empty: nowhere."""
    consent: bytes
    """Digest of the code that who asked for it has told; empty: none yet."""


# --- tokens ---------------------------------------------------------------------------


def find(transaction: Transaction, provider: str, one: str) -> Connected:
    """How it stands; of one that never got a token there is nothing to tell."""
    query = select(CONNECTION).where(*_of(_HELD, provider, one))
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        return Connected()
    tokens = None
    if row.tokens is not None:
        context = context_of(provider, one)
        text = transaction.vault.cipher.decrypt(row.tokens, context)
        tokens = msgspec.json.decode(text, type=Tokens)
    return Connected(tokens=tokens, code=row.code, message=row.message)


def claim(transaction: Transaction, provider: str, one: str, seconds: float) -> bool:
    """Take the turn of renewing it; False while another has it, or failed just now."""
    queue_writers(transaction.connection, "connections")
    now = transaction.now
    taken = (
        update(CONNECTION)
        .where(*_of(_HELD, provider, one), _HELD.busy_until <= now)
        .values(busy_until=now + seconds)
    )
    if transaction.connection.execute(taken).rowcount:
        return True
    known = select(_HELD.busy_until).where(*_of(_HELD, provider, one))
    if transaction.connection.execute(known).first() is not None:
        return False
    _put(transaction, provider, one, busy_until=now + seconds)
    return True


def keep(transaction: Transaction, provider: str, one: str, tokens: Tokens) -> None:
    """Have these tokens from now on."""
    context = context_of(provider, one)
    text = msgspec.json.encode(tokens)
    sealed = transaction.vault.cipher.encrypt(text, context)
    _put(transaction, provider, one, tokens=sealed, busy_until=0.0)


def note_failure(
    transaction: Transaction, provider: str, one: str, error: BramkaError, pause: float
) -> None:
    """Note why it could not be renewed; nobody tries again within the `pause`."""
    told = {"code": error.code, "message": error.message}
    _put(transaction, provider, one, busy_until=transaction.now + pause, **told)


def forget(transaction: Transaction, provider: str, one: str | None = None) -> None:
    """Let go of what one connection holds, or all of a provider."""
    for table in (CONNECTION, LOGIN):
        rows = _of(table.c, provider, one)
        transaction.connection.execute(delete(table).where(*rows))


def context_of(provider: str, one: str) -> str:
    """What encrypted tokens are bound to."""
    return f"authorization_tokens/{provider}/{one}"


def _put(transaction: Transaction, provider: str, one: str, **values: object) -> None:
    told = {"code": "", "message": "", **values}
    row = update(CONNECTION).where(*_of(_HELD, provider, one)).values(told)
    if not transaction.connection.execute(row).rowcount:
        key = {"provider_id": provider, "authorization_id": one}
        transaction.connection.execute(insert(CONNECTION).values({**key, **told}))


# --- log-ins --------------------------------------------------------------------------


def begin_login(
    transaction: Transaction, chance: Chance, provider: str, one: str, then: str
) -> str:
    """The ticket of a new log-in; those that are over are forgotten."""
    over = delete(LOGIN).where(_OPEN.expires <= transaction.now)
    transaction.connection.execute(over)
    ticket = chance.hex(32)
    transaction.connection.execute(
        insert(LOGIN).values(
            digest=_digest(transaction, ticket),
            provider_id=provider,
            authorization_id=one,
            then=then,
            expires=transaction.now + LOGIN_SECONDS,
            consent=b"",
        )
    )
    return ticket


def consent_code(transaction: Transaction, chance: Chance, ticket: str) -> str:
    """What the page of a log-in shows in one browser; in the next it is another."""
    return _code(transaction, _digest(transaction, ticket), chance.hex(NONCE_BYTES))


def _code(transaction: Transaction, login: bytes, nonce: str) -> str:
    mark = _digest(transaction, f"consent:{login.hex()}:{nonce}")
    return nonce + mark[:CODE_BYTES].hex()


def is_confirmed(transaction: Transaction, login: Login, code: str) -> bool:
    """Whether it was this code that came back."""
    return hmac.compare_digest(login.consent, _digest(transaction, code))


def find_login(transaction: Transaction, ticket: str) -> Login | None:
    """The log-in of a ticket; None when it is done, or took too long."""
    fits = _OPEN.digest == _digest(transaction, ticket)
    query = select(LOGIN).where(fits, _OPEN.expires > transaction.now)
    row: Row[Any] | None = transaction.connection.execute(query).one_or_none()
    if row is None:
        return None
    return Login(
        provider_id=row.provider_id,
        authorization_id=row.authorization_id,
        then=row.then,
        consent=row.consent,
    )


def end_login(transaction: Transaction, ticket: str) -> bool:
    """Use the ticket up; False when another did."""
    row = delete(LOGIN).where(_OPEN.digest == _digest(transaction, ticket))
    return transaction.connection.execute(row).rowcount == 1


def confirm_login(transaction: Transaction, provider: str, one: str, code: str) -> bool:
    """Note that the code of a log-in's page came back; False when there is none."""
    mine = [*_of(_OPEN, provider, one), _OPEN.expires > transaction.now]
    nonce = code[: 2 * NONCE_BYTES]
    for digest in transaction.connection.scalars(select(_OPEN.digest).where(*mine)):
        shown = _code(transaction, digest, nonce)
        if hmac.compare_digest(code.encode(), shown.encode()):
            told = {"consent": _digest(transaction, code)}
            row = update(LOGIN).where(_OPEN.digest == digest).values(told)
            transaction.connection.execute(row)
            return True
    return False


def _of(column: Any, provider: str, one: str | None) -> list[Any]:
    rows = [column.provider_id == provider]
    return rows if one is None else [*rows, column.authorization_id == one]


def _digest(transaction: Transaction, text: str) -> bytes:
    # Looked up by digest, so that timing tells nothing about the ticket.
    pepper = transaction.vault.pepper
    return hashlib.blake2b(
        text.encode(), digest_size=32, key=pepper, person=b"login"
    ).digest()
