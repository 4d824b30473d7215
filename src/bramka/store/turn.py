"""Conditions on jobs and chunks: who is free, who is held, whose turn it is.

Moments are parameters (`NOW` and others), so that each statement is built only once:
building one costs more than asking it.
"""

from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    RowMapping,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from bramka.domain.learning.job import ACTIVE, Lease, Piece, Plan
from bramka.store.job_tables import CHUNK, JOB, JOB_TURN

TOLERANCE = 5.0
"""Seconds by which a believable lease may seem to begin in the future."""
NOW = bindparam("at_now", type_=Float)
UNTIL = bindparam("at_until", type_=Float)
OWNER: BindParameter[Any] = bindparam("by_owner")
MOST: BindParameter[Any] = bindparam("most_active")
Moment = float | ColumnElement[Any]
RELEASED: dict[str, Any] = {
    "leased": 0.0,
    "until": 0.0,
    "attempts": 0,
    "waits": 0,
    "reason": None,
}


def raised(table: Any) -> dict[str, Any]:
    """What a claim writes: whoever held the row before has lost it from now on."""
    # Who finds a lease of their own that ran out was cut off, not killed by the work.
    again = and_(table.c.owner == OWNER, table.c.owner != "", table.c.attempts > 0)
    return {
        "fence": table.c.fence + 1,
        "attempts": case((again, table.c.attempts), else_=table.c.attempts + 1),
        "owner": OWNER,
        "leased": NOW,
        "until": UNTIL,
    }


def chunk_of(lease: Lease) -> list[ColumnElement[bool]]:
    return [
        CHUNK.c.job == lease.job,
        CHUNK.c.number == lease.number,
        CHUNK.c.fence == lease.fence,
    ]


def first_fence(plan_fence: int) -> int:
    """Below the fences of all chunks of this plan, above those of any plan before."""
    return plan_fence * 1000


def chunk_rows(lease: Lease, plan: Plan) -> list[dict[str, Any]]:
    """The rows of a plan's chunks, which wait; CHUNK takes them as they are."""
    rest = {"job": lease.job, "state": "waiting", "fence": first_fence(lease.fence)}
    return [{**msgspec.structs.asdict(piece), **rest} for piece in plan.pieces]


def piece_of(chunk: RowMapping) -> Piece:
    return Piece(**{name: chunk[name] for name in Piece.__struct_fields__})


def held(table: Any, now: Moment) -> ColumnElement[bool]:
    """Rows that somebody works on: leased by a clock like ours, and not over."""
    return and_(table.c.leased <= now + TOLERANCE, table.c.until > now)


def free(table: Any, now: Moment = NOW) -> ColumnElement[bool]:
    """The others: whoever comes first may lease them."""
    return or_(table.c.leased > now + TOLERANCE, table.c.until <= now)


def free_chunk() -> ColumnElement[bool]:
    return and_(CHUNK.c.state.in_(("waiting", "running")), free(CHUNK))


def publishable() -> Select[Any]:
    """Jobs whose chunks are all done."""
    # Named one by one: "not done" would read every chunk that is.
    unfinished = CHUNK.c.state.in_(("waiting", "running", "failed"))
    missing = exists().where(CHUNK.c.job == JOB.c.id, unfinished)
    complete = and_(JOB.c.state == "running", ~missing)
    taken_over = JOB.c.state == "publishing"
    return select(JOB.c.id).where(or_(complete, taken_over), free(JOB))


def plannable() -> Select[Any]:
    """Jobs to cut: planned by somebody who died, or queued where there is room."""
    # Found once for all queued jobs, not for each of a thousand.
    full = (
        select(_OTHER.c.endpoint)
        .where(_OTHER.c.state.in_(ACTIVE))
        .group_by(_OTHER.c.endpoint)
        .having(func.count() >= MOST)
    )
    queued = and_(JOB.c.state == "queued", JOB.c.endpoint.not_in(full))
    return select(JOB.c.id).where(or_(queued, JOB.c.state == "planning"), free(JOB))


def with_free_chunk() -> Select[Any]:
    some = exists().where(CHUNK.c.job == JOB.c.id, free_chunk())
    return select(JOB.c.id).where(JOB.c.state == "running", some)


_OTHER = JOB.alias("other")


def fewest_first(query: Select[Any]) -> Select[Any]:
    """Jobs of the endpoint, and of it the subscription, of which the fewest run."""
    # Counted once for each, not for each of a thousand queued jobs.
    endpoints = _active_by("endpoint")
    callers = _active_by("endpoint", "subscription")
    same = JOB.c.endpoint == endpoints.c.endpoint
    mine = and_(
        JOB.c.endpoint == callers.c.endpoint,
        JOB.c.subscription == callers.c.subscription,
    )
    counts = [func.coalesce(each.c.active, 0) for each in (endpoints, callers)]
    return query.select_from(
        JOB.outerjoin(endpoints, same).outerjoin(callers, mine)
    ).order_by(*counts, JOB.c.started, JOB.c.id)


def _active_by(*names: str) -> Subquery:
    columns = [_OTHER.c[name] for name in names]
    return (
        select(*columns, func.count().label("active"))
        .where(_OTHER.c.state.in_(ACTIVE))
        .group_by(*columns)
        .subquery()
    )


def _at_work() -> Select[int]:
    return (
        select(func.count())
        .select_from(CHUNK.join(_OTHER, CHUNK.c.job == _OTHER.c.id))
        .where(_OTHER.c.endpoint == JOB.c.endpoint, _OTHER.c.state == "running")
        .where(CHUNK.c.state == "running", held(CHUNK, NOW))
        .correlate(JOB)
    )


def fairest() -> list[Any]:
    """The order in which jobs get their next chunk.

    First the endpoint that is worked on least, or else was served longest ago; of its
    jobs those of the subscription for which the same is true; of those the oldest.
    """
    same = JOB_TURN.c.endpoint == JOB.c.endpoint
    served = select(func.coalesce(func.max(JOB_TURN.c.served), 0)).where(same)
    of_caller = JOB_TURN.c.subscription == JOB.c.subscription
    caller = _OTHER.c.subscription == JOB.c.subscription
    return [
        _at_work().scalar_subquery(),
        served.correlate(JOB).scalar_subquery(),
        _at_work().where(caller).scalar_subquery(),
        served.where(of_caller).correlate(JOB).scalar_subquery(),
        JOB.c.started,
        JOB.c.id,
    ]
