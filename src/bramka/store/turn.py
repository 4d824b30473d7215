"""Conditions on jobs and chunks: who is free, who is held, whose turn it is."""

from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    ScalarSelect,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)

from bramka.domain.learning.job import ACTIVE, Lease, Piece, Plan
from bramka.store.job import CHUNK, JOB

TOLERANCE = 5.0
"""Seconds by which a believable lease may seem to begin in the future."""
RELEASED = {"leased": 0.0, "until": 0.0, "attempts": 0}


def raised(table: Any, now: float, until: float) -> dict[str, Any]:
    """What a claim writes: whoever held the row before has lost it from now on."""
    return {
        "fence": table.c.fence + 1,
        "attempts": table.c.attempts + 1,
        "leased": now,
        "until": until,
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
    rest = {"job": lease.job, "state": "waiting", "fence": first_fence(lease.fence)}
    return [{**msgspec.structs.asdict(piece), **rest} for piece in plan.pieces]


def piece_of(chunk: RowMapping) -> Piece:
    return Piece(**{name: chunk[name] for name in Piece.__struct_fields__})


def held(table: Any, now: float) -> ColumnElement[bool]:
    return and_(table.c.leased <= now + TOLERANCE, table.c.until > now)


def free(table: Any, now: float) -> ColumnElement[bool]:
    return or_(table.c.leased > now + TOLERANCE, table.c.until <= now)


def free_chunk(now: float) -> ColumnElement[bool]:
    return and_(CHUNK.c.state.in_(("waiting", "running")), free(CHUNK, now))


def publishable(now: float) -> Select[Any]:
    """Jobs whose chunks are all done."""
    missing = exists().where(CHUNK.c.job == JOB.c.id, CHUNK.c.state != "done")
    complete = and_(JOB.c.state == "running", ~missing)
    taken_over = JOB.c.state == "publishing"
    return select(JOB.c.id).where(or_(complete, taken_over), free(JOB, now))


def plannable(now: float, most_active: int) -> Select[Any]:
    """Jobs to cut: planned by somebody who died, or queued where there is room."""
    room = active_jobs() < most_active
    queued = and_(JOB.c.state == "queued", room)
    return select(JOB.c.id).where(
        or_(queued, JOB.c.state == "planning"), free(JOB, now)
    )


def with_free_chunk(now: float) -> Select[Any]:
    free = exists().where(CHUNK.c.job == JOB.c.id, free_chunk(now))
    return select(JOB.c.id).where(JOB.c.state == "running", free)


_OTHER = JOB.alias("other")


def active_jobs() -> ScalarSelect[int]:
    """How many jobs of the same endpoint run."""
    return (
        select(func.count())
        .where(_OTHER.c.endpoint == JOB.c.endpoint, _OTHER.c.state.in_(ACTIVE))
        .correlate(JOB)
        .scalar_subquery()
    )


def chunks_at_work(now: float) -> ScalarSelect[int]:
    """How many chunks of the same endpoint somebody works on."""
    return (
        select(func.count())
        .select_from(CHUNK.join(_OTHER, CHUNK.c.job == _OTHER.c.id))
        .where(_OTHER.c.endpoint == JOB.c.endpoint, _OTHER.c.state == "running")
        .where(CHUNK.c.state == "running", held(CHUNK, now))
        .correlate(JOB)
        .scalar_subquery()
    )


def last_served() -> ScalarSelect[float]:
    """When a chunk of the same endpoint was claimed last."""
    return (
        select(func.max(_OTHER.c.served))
        .where(_OTHER.c.endpoint == JOB.c.endpoint, _OTHER.c.state == "running")
        .correlate(JOB)
        .scalar_subquery()
    )
