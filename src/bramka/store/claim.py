"""Claims on the queue of batch jobs: who takes a row raises its fence, in one UPDATE.

On PostgreSQL rows that another is just taking are passed over; on SQLite whoever
writes is alone.
"""

from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Connection,
    RowMapping,
    ScalarSelect,
    Select,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bramka.store.database import queue_writers
from bramka.store.job_tables import CHUNK, JOB, JOB_TURN
from bramka.store.turn import (
    active_jobs,
    active_jobs_of_caller,
    fairest,
    free_chunk,
    plannable,
    publishable,
    raised,
    with_free_chunk,
)

Kind = Literal["plan", "chunk", "publish"]
Claimed = tuple[Kind, RowMapping, RowMapping | None]
"""What is to be done, the job's row, and the chunk's if it is about one."""

CANDIDATES = 8


class Term(NamedTuple):
    """From when to when a claim holds, and for whom."""

    now: float
    until: float
    owner: str


def claim_publication(connection: Connection, term: Term) -> Claimed | None:
    """The oldest job whose chunks are all done."""
    chosen = publishable(term.now).order_by(JOB.c.started, JOB.c.id).limit(1)
    job = _take_job(connection, chosen, term, state="publishing")
    return None if job is None else ("publish", job, None)


def claim_planning(
    connection: Connection, term: Term, most_active: int, began: float
) -> Claimed | None:
    """The first queued job of the endpoint, and the caller, with the fewest at work."""
    waiting = plannable(term.now, most_active)
    if connection.execute(waiting.limit(1)).first() is None:
        return None
    # Two that count at once would both find room for the fortieth job.
    queue_writers(connection, "planning")
    fewest = (active_jobs(), active_jobs_of_caller(), JOB.c.started, JOB.c.id)
    chosen = waiting.order_by(*fewest).limit(1)
    began_once = func.coalesce(JOB.c.began, began)
    job = _take_job(connection, chosen, term, state="planning", began=began_once)
    return None if job is None else ("plan", job, None)


def claim_chunk(connection: Connection, term: Term, served: float) -> Claimed | None:
    """The fairest chunk; `served` is the moment to note for the next such question."""
    order = fairest(term.now)
    jobs = with_free_chunk(term.now).order_by(*order).limit(CANDIDATES)
    for job_id in connection.execute(jobs).scalars().all():
        chunk = _take_chunk(connection, job_id, term)
        if chunk is not None:
            found = connection.execute(select(JOB).where(JOB.c.id == job_id))
            job = found.mappings().one()
            _note_turn(connection, job, served)
            return "chunk", job, chunk
    return None


def _note_turn(connection: Connection, job: RowMapping, served: float) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(JOB_TURN).values(
        endpoint=job["endpoint"], subscription=job["subscription"], served=served
    )
    key = [JOB_TURN.c.endpoint, JOB_TURN.c.subscription]
    connection.execute(
        row.on_conflict_do_update(index_elements=key, set_={"served": served})
    )


def _take_job(
    connection: Connection, chosen: Select[Any], term: Term, **values: Any
) -> RowMapping | None:
    claim = (
        update(JOB)
        .where(JOB.c.id == _one(connection, chosen, JOB))
        .values(**values, **raised(JOB, *term))
        .returning(JOB)
    )
    return connection.execute(claim).mappings().one_or_none()


def _take_chunk(connection: Connection, job_id: str, term: Term) -> RowMapping | None:
    first = (
        select(CHUNK.c.number)
        .where(CHUNK.c.job == job_id, free_chunk(term.now))
        .order_by(CHUNK.c.number)
        .limit(1)
    )
    claim = (
        update(CHUNK)
        .where(CHUNK.c.job == job_id, CHUNK.c.number == _one(connection, first, CHUNK))
        .values(state="running", **raised(CHUNK, *term))
        .returning(CHUNK)
    )
    return connection.execute(claim).mappings().one_or_none()


def _one(connection: Connection, chosen: Select[Any], table: Any) -> ScalarSelect[Any]:
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True, of=table)
    return chosen.scalar_subquery()
