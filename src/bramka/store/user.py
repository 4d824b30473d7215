"""Users, the groups they are in, and how they prove who they are."""

from sqlalchemy import Column, ColumnElement, Index, literal, select, update

from bramka.domain.errors import Conflict
from bramka.domain.traffic.user import User
from bramka.store import password, subscription
from bramka.store.change import queue_for_change
from bramka.store.collection import Collection, Record, refuse_stale
from bramka.store.columns import TEXT
from bramka.store.folding import folded
from bramka.store.group import GROUPS, USER_GROUPS
from bramka.store.transaction import Transaction

USERS = Collection(
    User,
    "user",
    wire="users",
    links={"groups": USER_GROUPS},
    extra=(Column("password_hash", TEXT), Index(None, "email")),
)


def put(transaction: Transaction, user: User, match: int | None = None) -> Record[User]:
    """Add or replace; Conflict if somebody else has the mail address."""
    queue_for_change(transaction)
    other = by_email(transaction, user.email)
    if other is not None and other.noun.id != user.id:
        raise Conflict(
            f"User '{other.noun.id}' already has this email address.", target="email"
        )
    if USERS.find(transaction, user.id) is None:
        return USERS.insert(transaction, user)
    return USERS.replace(transaction, user, match)


def by_email(transaction: Transaction, email: str) -> Record[User] | None:
    """The user with this mail address, upper or lower case."""
    same = folded(USERS.column.email) == folded(literal(email))
    found = USERS.all(transaction, same)
    return found[0] if found else None


def set_password(transaction: Transaction, user_id: str, plain: str) -> None:
    """Replace the password; takes tens of milliseconds on purpose."""
    row = update(USERS.table).where(USERS.column.id == user_id)
    transaction.connection.execute(row.values(password_hash=password.digest(plain)))


def password_fits(transaction: Transaction, user_id: str, plain: str) -> bool:
    """Whether this is the user's password; as slow for users that do not exist."""
    query = select(USERS.column.password_hash).where(USERS.column.id == user_id)
    return password.fits(transaction.connection.scalar(query), plain)


def password_hash(transaction: Transaction, user_id: str) -> str | None:
    """What the password was digested to, to compare outside of the transaction."""
    query = select(USERS.column.password_hash).where(USERS.column.id == user_id)
    return transaction.connection.scalar(query)


def set_password_hash(
    transaction: Transaction, user_id: str, digested: str | None
) -> None:
    """Replace the password by one digested before; None: there is none."""
    row = update(USERS.table).where(USERS.column.id == user_id)
    transaction.connection.execute(row.values(password_hash=digested))


def add_to_group(transaction: Transaction, group_id: str, user_id: str) -> bool:
    """Let the user join; False if they were in."""
    GROUPS.get(transaction, group_id)
    USERS.get(transaction, user_id)
    USERS.touch(transaction, user_id)
    return USER_GROUPS.join(transaction, user_id, group_id)


def remove_from_group(transaction: Transaction, group_id: str, user_id: str) -> bool:
    USERS.touch(transaction, user_id)
    return USER_GROUPS.part(transaction, user_id, group_id)


def delete(
    transaction: Transaction,
    user_id: str,
    *,
    delete_subscriptions: bool = False,
    match: int | None = None,
) -> bool:
    """Delete; Conflict while they own subscriptions, unless those may go as well."""
    record = USERS.find(transaction, user_id)
    if record is None:
        return False
    refuse_stale(record, match)
    held = subscription.of_owner(transaction, user_id)
    if held and not delete_subscriptions:
        raise Conflict(
            f"User '{user_id}' owns {len(held)} subscription(s); delete them first "
            "or pass deleteSubscriptions=true.",
            target="userId",
        )
    for each in held:
        subscription.SUBSCRIPTIONS.delete(transaction, each.noun.id)
    return USERS.delete(transaction, user_id)


def of_user(owner: ColumnElement[str], value: ColumnElement[str]) -> ColumnElement[str]:
    """A column of the user whose id another table keeps, for conditions."""
    return select(value).where(USERS.column.id == owner).scalar_subquery()
