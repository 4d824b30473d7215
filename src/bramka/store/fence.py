"""The fence: a row changes only for who claimed it last.

What a holder brings back carries the number that the claim gave them; after somebody
else has claimed the row, it fits no more and nothing is changed.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Update,
    bindparam,
    exists,
    update,
)

from bramka.domain.learning.job import Lease
from bramka.store.job_tables import CHUNK, JOB


def change(connection: Connection, lease: Lease, **values: Any) -> bool:
    """Change a row if the lease on it still counts."""
    plain = {name for name, each in values.items() if not _computed(each)}
    changing = _changing(lease.number is None, frozenset(plain))
    rest = {name: each for name, each in values.items() if name not in plain}
    found = {"of_job": lease.job, "of_number": lease.number, "fenced": lease.fence}
    found |= {f"new_{name}": values[name] for name in plain}
    changing = changing.values(**rest) if rest else changing
    return connection.execute(changing, found).rowcount == 1


def _computed(value: object) -> bool:
    return isinstance(value, ColumnElement)


@cache
def _changing(job: bool, names: frozenset[str]) -> Update:
    """The change of these columns of a row whose lease still counts, built once."""
    values: dict[str, BindParameter[Any]] = {
        name: bindparam(f"new_{name}") for name in sorted(names)
    }
    of_job: BindParameter[Any] = bindparam("of_job")
    fenced: BindParameter[Any] = bindparam("fenced")
    if job:
        at_work = JOB.c.state.in_(("planning", "publishing"))
        changing = update(JOB).where(JOB.c.id == of_job, JOB.c.fence == fenced, at_work)
        return changing.values(values)
    running = exists().where(JOB.c.id == of_job, JOB.c.state == "running")
    mine = (CHUNK.c.job == of_job, CHUNK.c.number == bindparam("of_number"))
    return (
        update(CHUNK)
        .where(*mine, CHUNK.c.fence == fenced, CHUNK.c.state == "running", running)
        .values(values)
    )
