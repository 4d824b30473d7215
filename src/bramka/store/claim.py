"""Claims on the queue of batch jobs: who takes a row raises its fence, in one UPDATE.

On PostgreSQL rows that another is just taking are passed over; on SQLite whoever
writes is alone.
"""

from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, ScalarSelect, Select, select, update

from bramka.store.database import queue_writers
from bramka.store.job import CHUNK, JOB
from bramka.store.turn import (
    active_jobs,
    chunks_at_work,
    free_chunk,
    last_served,
    plannable,
    publishable,
    raised,
    with_free_chunk,
)

Kind = Literal["plan", "chunk", "publish"]
Claimed = tuple[Kind, RowMapping, RowMapping | None]
"""What is to be done, the job's row, and the chunk's if it is about one."""

CANDIDATES = 8


def claim_publication(
    connection: Connection, now: float, until: float
) -> Claimed | None:
    """The oldest job whose chunks are all done."""
    chosen = publishable(now).order_by(JOB.c.started, JOB.c.id).limit(1)
    job = _take_job(connection, chosen, "publishing", raised(JOB, now, until))
    return None if job is None else ("publish", job, None)


def claim_planning(
    connection: Connection, now: float, until: float, most_active: int
) -> Claimed | None:
    """The first queued job of the endpoint that has the fewest at work."""
    waiting = plannable(now, most_active)
    if connection.execute(waiting.limit(1)).first() is None:
        return None
    # Two that count at once would both find room for the fortieth job.
    queue_writers(connection, "planning")
    chosen = waiting.order_by(active_jobs(), JOB.c.started, JOB.c.id).limit(1)
    job = _take_job(connection, chosen, "planning", raised(JOB, now, until))
    return None if job is None else ("plan", job, None)


def claim_chunk(
    connection: Connection, now: float, until: float, served: float
) -> Claimed | None:
    """A chunk of the endpoint that is worked on least, or else was served longest ago.

    `served` is the moment to note for the next such question.
    """
    fairest = (
        with_free_chunk(now)
        .order_by(chunks_at_work(now), last_served(), JOB.c.started, JOB.c.id)
        .limit(CANDIDATES)
    )
    for job_id in connection.execute(fairest).scalars().all():
        chunk = _take_chunk(connection, job_id, now, until)
        if chunk is not None:
            note = update(JOB).where(JOB.c.id == job_id).values(served=served)
            job = connection.execute(note.returning(JOB)).mappings().one()
            return "chunk", job, chunk
    return None


def _take_job(
    connection: Connection, chosen: Select[Any], state: str, values: dict[str, Any]
) -> RowMapping | None:
    claim = (
        update(JOB)
        .where(JOB.c.id == _one(connection, chosen, JOB))
        .values(state=state, **values)
        .returning(JOB)
    )
    return connection.execute(claim).mappings().one_or_none()


def _take_chunk(
    connection: Connection, job_id: str, now: float, until: float
) -> RowMapping | None:
    first = (
        select(CHUNK.c.number)
        .where(CHUNK.c.job == job_id, free_chunk(now))
        .order_by(CHUNK.c.number)
        .limit(1)
    )
    claim = (
        update(CHUNK)
        .where(CHUNK.c.job == job_id, CHUNK.c.number == _one(connection, first, CHUNK))
        .values(state="running", **raised(CHUNK, now, until))
        .returning(CHUNK)
    )
    return connection.execute(claim).mappings().one_or_none()


def _one(connection: Connection, chosen: Select[Any], table: Any) -> ScalarSelect[Any]:
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True, of=table)
    return chosen.scalar_subquery()
