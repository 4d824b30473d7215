"""What the studio did on request, kept so that old clients can ask how it went."""

from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import insert, select

from bramka.domain.clock import Chance
from bramka.domain.errors import Missing
from bramka.store.experiment_tables import STUDIO_ACTIVITY
from bramka.store.transaction import Transaction

ActivityKind = Literal["deploy", "pack", "unpack"]


class Activity(Struct, frozen=True, kw_only=True):
    """One thing that was done."""

    id: str
    workspace_id: str
    kind: ActivityKind
    status: str
    body: dict[str, str]
    created: float


def note_activity(
    transaction: Transaction,
    chance: Chance,
    workspace: str,
    kind: ActivityKind,
    status: str,
    body: dict[str, str],
) -> Activity:
    """Keep what was done."""
    made = Activity(
        id=chance.hex(16),
        workspace_id=workspace,
        kind=kind,
        status=status,
        body=body,
        created=transaction.now,
    )
    values = msgspec.structs.asdict(made)
    values["body"] = msgspec.json.encode(body).decode()
    transaction.connection.execute(insert(STUDIO_ACTIVITY).values(**values))
    return made


def activity_by_id(
    transaction: Transaction, activity: str, kind: ActivityKind
) -> Activity:
    """One thing that was done, or Missing; who asks checks the workspace."""
    row = STUDIO_ACTIVITY.c
    query = select(STUDIO_ACTIVITY).where(row.id == activity, row.kind == kind)
    found = transaction.connection.execute(query).mappings().one_or_none()
    if found is None:
        raise Missing(f"There is no activity '{activity[:128]}'.", target="activityId")
    body = msgspec.json.decode(found["body"], type=dict[str, str])
    return Activity(**{**found, "body": body})
