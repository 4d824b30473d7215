"""Accounts: what is kept of people who sign in, beside the user that gateways know."""

from typing import cast

from msgspec import Struct
from sqlalchemy import Column, Double, ForeignKey, Table, func, insert, select, update

from bramka.domain.errors import Conflict
from bramka.domain.traffic.account import LANGUAGES, Role
from bramka.store.columns import TEXT
from bramka.store.database import METADATA
from bramka.store.group import USER_GROUPS
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

ACCOUNT = Table(
    "account",
    METADATA,
    # Goes with the user: whoever gets the same id later must not inherit a role.
    Column(
        "user_id", TEXT, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("role", TEXT, index=True),
    Column("language", TEXT, nullable=False),
    Column("terms_accepted", Double),
)
_ROW = ACCOUNT.c
ADMINISTRATORS = "administrators"


class Account(Struct, frozen=True, kw_only=True):
    """What is kept of a user who signs in."""

    role: Role | None = None
    language: str = LANGUAGES[0]
    terms_accepted: float | None = None


def find(transaction: Transaction, user_id: str) -> Account:
    """The account of a user; one without anything in it if none was kept."""
    query = select(ACCOUNT).where(_ROW.user_id == user_id)
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        return Account()
    return Account(
        role=cast("Role | None", row.role),
        language=row.language,
        terms_accepted=row.terms_accepted,
    )


def put(transaction: Transaction, user_id: str, account: Account) -> None:
    """Keep everything but the role, which only `set_role` changes."""
    values: dict[str, object] = {
        "language": account.language,
        "terms_accepted": account.terms_accepted,
    }
    _write(transaction, user_id, values)


def set_role(transaction: Transaction, user_id: str, role: Role | None) -> None:
    """Let a user act on the management REST, or no longer; never the last owner."""
    USERS.get(transaction, user_id)
    if role != "owner" and owners(transaction) == [user_id]:
        raise Conflict(
            f"User '{user_id}' is the only owner; make somebody else one first.",
            target="role",
        )
    _write(transaction, user_id, {"role": role})
    joined = user_id in USER_GROUPS.owners(transaction, ADMINISTRATORS)
    if role in ("owner", "editor") and not joined:
        USER_GROUPS.join(transaction, user_id, ADMINISTRATORS)
        USERS.touch(transaction, user_id)
    elif role not in ("owner", "editor") and joined:
        USER_GROUPS.part(transaction, user_id, ADMINISTRATORS)
        USERS.touch(transaction, user_id)


def owners(transaction: Transaction) -> list[str]:
    """Ids of those who may do everything and are not blocked."""
    query = (
        select(_ROW.user_id)
        .join(USERS.table, USERS.column.id == _ROW.user_id)
        .where(_ROW.role == "owner", USERS.column.state == "active")
        .order_by(_ROW.user_id)
    )
    return list(transaction.connection.scalars(query))


def with_role(transaction: Transaction) -> dict[str, Role]:
    """Everybody who may act on the management REST."""
    query = select(_ROW.user_id, _ROW.role).where(_ROW.role.is_not(None))
    rows = transaction.connection.execute(query.order_by(_ROW.user_id))
    return {row.user_id: cast("Role", row.role) for row in rows}


def _write(transaction: Transaction, user_id: str, values: dict[str, object]) -> None:
    known = select(func.count()).where(_ROW.user_id == user_id)
    if transaction.connection.scalar(known):
        change = update(ACCOUNT).where(_ROW.user_id == user_id).values(values)
        transaction.connection.execute(change)
        return
    whole = {"user_id": user_id, "language": LANGUAGES[0]} | values
    transaction.connection.execute(insert(ACCOUNT).values(whole))
