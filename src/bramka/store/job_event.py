"""The log of a batch job: what happened to it, in order, in sentences."""

import msgspec
from sqlalchemy import Connection, Engine, insert, select

from bramka.domain.learning.job import Happening, JobEvent
from bramka.store.database import reading
from bramka.store.job_tables import JOB_EVENT, database_errors

MOST_SHOWN = 1000


def note(
    connection: Connection, job_id: str, at: float, text: str, told: Happening
) -> None:
    """Add a line, in the transaction of what it tells of."""
    content = msgspec.json.encode(told).decode()
    row = insert(JOB_EVENT).values(job=job_id, at=at, text=text, told=content)
    connection.execute(row)


def events_of(engine: Engine, job_id: str) -> list[JobEvent]:
    """The newest lines of a log, the oldest of them first."""
    query = (
        select(JOB_EVENT.c.at, JOB_EVENT.c.text, JOB_EVENT.c.told)
        .where(JOB_EVENT.c.job == job_id)
        .order_by(JOB_EVENT.c.id.desc())
        .limit(MOST_SHOWN)
    )
    with database_errors(), reading(engine) as connection:
        found = [
            JobEvent(at=at, text=text, told=told and _happening(told))
            for at, text, told in connection.execute(query)
        ]
    return found[::-1]


def _happening(told: str) -> Happening:
    return msgspec.json.decode(told, type=Happening)
