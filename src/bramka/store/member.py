"""The people of a workspace, and who is invited into it."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    String,
    Table,
    delete,
    insert,
    literal,
    select,
)

from bramka.store.database import METADATA, queue_writers
from bramka.store.folding import folded
from bramka.store.transaction import Transaction
from bramka.store.workspace import (
    WORKSPACE,
    Workspace,
    list_workspaces,
    workspace_by_id,
)

MemberRole = Literal["Owner", "User"]

MEMBER = Table(
    "member",
    METADATA,
    Column("workspace_id", ForeignKey(WORKSPACE.c.id), primary_key=True),
    Column("email", String(320), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("invited", Double, nullable=False),
)


class Member(Struct, frozen=True, kw_only=True):
    """Somebody who may work in a workspace."""

    workspace_id: str
    email: str
    role: MemberRole
    invited: float = 0.0


def list_members(transaction: Transaction, workspace: str) -> list[Member]:
    """The owner first, then those who were invited, in order."""
    known = workspace_by_id(transaction, workspace)
    owner = Member(
        workspace_id=known.id, email=known.owner, role="Owner", invited=known.created
    )
    query = (
        select(MEMBER)
        .where(MEMBER.c.workspace_id == workspace, MEMBER.c.email != known.owner)
        .order_by(MEMBER.c.invited, MEMBER.c.email)
    )
    rows = transaction.connection.execute(query).mappings()
    return [owner, *(Member(**row) for row in rows)]


def role_of(transaction: Transaction, workspace: str, email: str) -> MemberRole | None:
    """What somebody may do in a workspace; None if they are not in."""
    wanted = email.lower()
    for member in list_members(transaction, workspace):
        if wanted and member.email.lower() == wanted:
            return member.role
    return None


def workspaces_of(transaction: Transaction, email: str) -> list[Workspace]:
    """Those that somebody is in."""
    return [
        each
        for each in list_workspaces(transaction)
        if role_of(transaction, each.id, email) is not None
    ]


def invite(
    transaction: Transaction, workspace: str, emails: Sequence[str], role: MemberRole
) -> list[Member]:
    """Let these people in; who is in already gets the role."""
    queue_writers(transaction.connection, f"members {workspace}")
    made = []
    for email in {each.lower(): each for each in emails}.values():
        member = Member(
            workspace_id=workspace, email=email, role=role, invited=transaction.now
        )
        remove_member(transaction, workspace, email)
        values = msgspec.structs.asdict(member)
        transaction.connection.execute(insert(MEMBER).values(**values))
        made.append(member)
    return made


def remove_member(transaction: Transaction, workspace: str, email: str) -> bool:
    """Take somebody out, however the address is spelled; False if they were not in."""
    gone = delete(MEMBER).where(
        MEMBER.c.workspace_id == workspace,
        folded(MEMBER.c.email) == folded(literal(email)),
    )
    return transaction.connection.execute(gone).rowcount > 0
