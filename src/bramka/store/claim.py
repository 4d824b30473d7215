"""Claims on the queue of batch jobs: who takes a row raises its fence, in one UPDATE.

On PostgreSQL rows that another is just taking are passed over; on SQLite whoever
writes is alone.
"""

from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Connection,
    RowMapping,
    ScalarSelect,
    Select,
    Update,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bramka.store.database import queue_writers
from bramka.store.job_tables import CHUNK, JOB, JOB_TURN
from bramka.store.turn import (
    fairest,
    fewest_first,
    free,
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

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the statements below."""
        return {"at_now": self.now, "at_until": self.until, "by_owner": self.owner}


def has_work(connection: Connection, now: float, most_active: int) -> bool:
    """Whether a claim would find something."""
    values = {"at_now": now, "most_active": most_active}
    return bool(connection.execute(_anything(), values).scalar_one())


def claim_publication(connection: Connection, term: Term) -> Claimed | None:
    """The oldest job whose chunks are all done."""
    taking = _taking_publication(connection.dialect.name)
    job = connection.execute(taking, term.values).mappings().one_or_none()
    return None if job is None else ("publish", job, None)


def claim_planning(
    connection: Connection, term: Term, most_active: int, began: float
) -> Claimed | None:
    """The first queued job of the endpoint, and the caller, with the fewest at work."""
    values = {**term.values, "most_active": most_active, "began_at": began}
    if connection.execute(_first_of_each()[1], values).first() is None:
        return None
    # Two that count at once would both find room for the fortieth job.
    queue_writers(connection, "planning")
    taking = _taking_plan(connection.dialect.name)
    job = connection.execute(taking, values).mappings().one_or_none()
    return None if job is None else ("plan", job, None)


def claim_chunk(connection: Connection, term: Term, served: float) -> Claimed | None:
    """The fairest chunk; `served` is the moment to note for the next such question."""
    dialect = connection.dialect.name
    for job_id in connection.execute(_candidates(), term.values).scalars().all():
        values = {**term.values, "of_job": job_id}
        chunk = _take_chunk(connection, dialect, values)
        if chunk is not None:
            found = connection.execute(_the_job(), {"of_job": job_id})
            job = found.mappings().one()
            turn = {name: job[name] for name in ("endpoint", "subscription")}
            connection.execute(_noting_turn(dialect), {**turn, "served": served})
            return "chunk", job, chunk
    return None


@cache
def _anything() -> Select[Any]:
    # One question: each look of each worker asks it.
    return select(or_(*(query.exists() for query in _first_of_each())))


@cache
def _first_of_each() -> tuple[Select[Any], Select[Any], Select[Any]]:
    return (
        publishable().limit(1),
        plannable().limit(1),
        with_free_chunk().limit(1),
    )


@cache
def _taking_publication(dialect: str) -> Update:
    chosen = publishable().order_by(JOB.c.started, JOB.c.id).limit(1)
    return _taking_job(dialect, chosen, state="publishing")


@cache
def _taking_plan(dialect: str) -> Update:
    chosen = fewest_first(plannable()).limit(1)
    began_once = func.coalesce(JOB.c.began, bindparam("began_at"))
    return _taking_job(dialect, chosen, state="planning", began=began_once)


@cache
def _candidates() -> Select[Any]:
    return with_free_chunk().order_by(*fairest()).limit(CANDIDATES)


@cache
def _the_job() -> Select[Any]:
    return select(JOB).where(JOB.c.id == bindparam("of_job"))


def _take_chunk(
    connection: Connection, dialect: str, values: dict[str, Any]
) -> RowMapping | None:
    """A chunk that waits, or else one whose holder has fallen silent."""
    # One state at a time can be read in order; both together would be sorted.
    for state in ("waiting", "running"):
        taking = connection.execute(_taking_chunk(dialect, state), values)
        chunk = taking.mappings().one_or_none()
        if chunk is not None:
            return chunk
    return None


@cache
def _taking_chunk(dialect: str, state: str) -> Update:
    mine = CHUNK.c.job == bindparam("of_job")
    first = (
        select(CHUNK.c.number)
        .where(mine, CHUNK.c.state == state, free(CHUNK))
        .order_by(CHUNK.c.number)
        .limit(1)
    )
    return (
        update(CHUNK)
        .where(mine, CHUNK.c.number == _one(dialect, first, CHUNK))
        .values(state="running", **raised(CHUNK))
        .returning(CHUNK)
    )


@cache
def _noting_turn(dialect: str) -> Any:
    row = (postgresql if dialect == "postgresql" else sqlite).insert(JOB_TURN)
    key = [JOB_TURN.c.endpoint, JOB_TURN.c.subscription]
    return row.on_conflict_do_update(
        index_elements=key, set_={"served": row.excluded.served}
    )


def _taking_job(dialect: str, chosen: Select[Any], **values: Any) -> Update:
    return (
        update(JOB)
        .where(JOB.c.id == _one(dialect, chosen, JOB))
        .values(**values, **raised(JOB))
        .returning(JOB)
    )


def _one(dialect: str, chosen: Select[Any], table: Any) -> ScalarSelect[Any]:
    if dialect == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True, of=table)
    return chosen.scalar_subquery()
