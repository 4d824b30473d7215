"""The queue that workers share: leases on jobs and chunks, guarded by fences.

A claim is one UPDATE that raises the fence of the row. Whatever its holder does later
carries that fence: after somebody else has claimed the row, nothing of it is accepted.

Leases are timed by the clock of the database on PostgreSQL, and on SQLite, where all
workers share a machine, by the monotonic clock, which nobody can set. A lease that
seems to begin in the future (the machine was started anew, the database moved) is not
believed, so nothing can be held for ever.
"""

from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    delete,
    func,
    insert,
    select,
    update,
)

from bramka.domain.clock import Clock
from bramka.domain.errors import Unavailable
from bramka.domain.learning.job import (
    CHUNK_LIFE,
    JOB_LIFE,
    Happening,
    JobSpec,
    Lease,
    Plan,
    Task,
    jobs_that_can,
)
from bramka.store.claim import (
    Term,
    claim_chunk,
    claim_planning,
    claim_publication,
    has_work,
)
from bramka.store.database import reading, writing
from bramka.store.encryption import Cipher
from bramka.store.fence import change
from bramka.store.job_event import note
from bramka.store.job_remains import Remains
from bramka.store.job_tables import CHUNK, JOB, database_errors, spec_context
from bramka.store.turn import (
    RELEASED,
    chunk_of,
    chunk_rows,
    piece_of,
)

MOST_ACTIVE = 40
"""Jobs of one endpoint that run at the same time; the rest waits in order."""


class Ledger(Remains):
    """What workers take from the queue and bring back to it."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        cipher: Cipher,
        *,
        lease: float = 5.0,
        most_active: int = MOST_ACTIVE,
        owner: str = "",
    ) -> None:
        super().__init__(engine, clock, cipher)
        self.lease = lease
        """Seconds after which the work of somebody silent is given to another."""
        self.most_active = most_active
        self.owner = owner
        """Who claims; whoever started them can give back what they held."""

    def __repr__(self) -> str:
        return f"<Ledger: {self.engine.url.render_as_string(hide_password=True)}>"

    def has_work(self) -> bool:
        """Whether a claim now would find something; reads only, so it is cheap."""
        with database_errors(), reading(self.engine) as connection:
            now = self._now(connection)
            return has_work(connection, now, self.most_active)

    def claim(self) -> Task | None:
        """The next thing to do: first publish, then plan, then the fairest chunk."""
        # Who finds nothing must not queue for the right to write.
        if not self.has_work():
            return None
        with database_errors(), writing(self.engine) as connection:
            now = self._now(connection)
            term = Term(now, now + self.lease, self.owner)
            moment = self.clock.now()
            claimed = (
                claim_publication(connection, term)
                or claim_planning(connection, term, self.most_active, moment)
                or claim_chunk(connection, term, moment)
            )
            return None if claimed is None else self._task(connection, *claimed)

    def hold(self, lease: Lease) -> bool:
        """Extend a lease; False when it is lost or the job was cancelled."""
        with database_errors(), writing(self.engine) as connection:
            now = self._now(connection)
            return change(connection, lease, leased=now, until=now + self.lease)

    def release(
        self, lease: Lease, pause: float, reason: str, *, away: bool = False
    ) -> None:
        """Give the work back; it can be claimed again after `pause` seconds.

        `away` says that a store was away: that is a wait, not an attempt.
        """
        table = JOB if lease.number is None else CHUNK
        counts: dict[str, Any] = (
            {"waits": table.c.waits + 1, "attempts": table.c.attempts - 1}
            if away
            else {}
        )
        if lease.number is not None:
            counts["state"] = CHUNK_LIFE["running"]["release"]
        with database_errors(), writing(self.engine) as connection:
            now = self._now(connection)
            kept = change(
                connection,
                lease,
                reason=reason,
                owner="",
                leased=now,
                until=now + pause,
                **counts,
            )
            if kept:
                text = f"{_part(lease)} waits for {pause:g} s: {reason}"
                told = Happening(
                    kind="waits", chunk=lease.number, seconds=pause, reason=reason
                )
                note(connection, lease.job, self.clock.now(), text, told)

    def abandon(self, owner: str) -> int:
        """Give back at once what somebody held who is dead; how much it was."""
        mine = [(JOB, ("planning", "publishing")), (CHUNK, ("running",))]
        with database_errors(), writing(self.engine) as connection:
            now = self._now(connection)
            return sum(
                connection.execute(
                    update(table)
                    .where(table.c.state.in_(states), table.c.owner == owner)
                    .values(until=now)
                ).rowcount
                for table, states in mine
            )

    def set_plan(self, lease: Lease, plan: Plan) -> bool:
        """Note how the job is cut; False when the lease is lost."""
        rows = [piece.rows for piece in plan.pieces]
        known = [count for count in rows if count is not None]
        with database_errors(), writing(self.engine) as connection:
            kept = change(
                connection,
                lease,
                state=JOB_LIFE["planning"]["cut"],
                header=plan.header,
                versions=msgspec.json.encode(plan.versions).decode(),
                rows=sum(known) if len(known) == len(rows) else None,
                **RELEASED,
            )
            if kept:
                connection.execute(delete(CHUNK).where(CHUNK.c.job == lease.job))
                connection.execute(insert(CHUNK), chunk_rows(lease, plan))
                text = plan.uncut or f"{len(plan.pieces)} chunks"
                told = Happening(
                    kind="uncut" if plan.uncut else "cut",
                    chunks=len(plan.pieces),
                    reason=plan.uncut,
                )
                moment = self.clock.now()
                note(connection, lease.job, moment, f"planned: {text}", told)
            return kept

    def finish_chunk(self, lease: Lease, rows: int, set_aside: int = 0) -> bool:
        """Accept a part; False when it must be deleted because the lease is lost.

        Asking again after an answer that was lost gives the same answer.
        """
        with database_errors(), writing(self.engine) as connection:
            done = {"state": CHUNK_LIFE["running"]["finish"], "reason": None}
            if change(connection, lease, **done, rows=rows, set_aside=set_aside):
                return True
            accepted = select(CHUNK.c.number).where(
                *chunk_of(lease), CHUNK.c.state == "done"
            )
            return connection.execute(accepted).first() is not None

    def parts(self, job_id: str) -> list[tuple[int, int]]:
        """Number and fence of each accepted part, in order."""
        query = (
            select(CHUNK.c.number, CHUNK.c.fence)
            .where(CHUNK.c.job == job_id, CHUNK.c.state == "done")
            .order_by(CHUNK.c.number)
        )
        with database_errors(), reading(self.engine) as connection:
            return [(number, fence) for number, fence in connection.execute(query)]

    def set_aside(self, job_id: str) -> int:
        """How many rows of a job were set aside."""
        count = select(func.coalesce(func.sum(CHUNK.c.set_aside), 0))
        query = count.where(CHUNK.c.job == job_id, CHUNK.c.state == "done")
        with database_errors(), reading(self.engine) as connection:
            return int(connection.execute(query).scalar_one())

    def finish_job(self, lease: Lease) -> bool:
        """The outputs are published; False when the lease is lost."""
        state = JOB_LIFE["publishing"]["finish"]
        with database_errors(), writing(self.engine) as connection:
            ended = self.clock.now()
            kept = change(connection, lease, state=state, ended=ended, reason=None)
            if kept:
                told = Happening(kind="published")
                note(connection, lease.job, ended, "published: finished", told)
            return kept

    def fail(self, lease: Lease, details: str) -> bool:
        """End the job with this text; False when the lease is lost."""
        with database_errors(), writing(self.engine) as connection:
            failed = {"state": CHUNK_LIFE["running"]["fail"], "reason": details}
            if lease.number is not None and not change(connection, lease, **failed):
                return False
            failing = update(JOB).where(
                JOB.c.id == lease.job, JOB.c.state.in_(jobs_that_can("fail"))
            )
            if lease.number is None:
                failing = failing.where(JOB.c.fence == lease.fence)
            values = {"details": details, "ended": self.clock.now(), **RELEASED}
            ending = failing.values(state="failed", **values)
            if connection.execute(ending).rowcount != 1:
                return False
            told = Happening(kind="failed", reason=details)
            note(connection, lease.job, self.clock.now(), f"failed: {details}", told)
            return True

    def _task(
        self,
        connection: Connection,
        kind: Any,
        job: RowMapping,
        chunk: RowMapping | None,
    ) -> Task | None:
        try:
            plain = self.cipher.decrypt(job["spec"], spec_context(job["id"]))
        except Unavailable as error:
            # The key of this one job is gone: the others must not wait behind it.
            values = {"details": error.message, "ended": self.clock.now()}
            lost = update(JOB).where(JOB.c.id == job["id"])
            connection.execute(lost.values(state="failed", **values, **RELEASED))
            return None
        spec = msgspec.json.decode(plain, type=JobSpec)
        held = job if chunk is None else chunk
        number = None if chunk is None else chunk["number"]
        return Task(
            kind=kind,
            lease=Lease(job["id"], number, held["fence"]),
            package=job["package"],
            spec=spec,
            attempt=held["attempts"],
            wait=held["waits"],
            header=job["header"],
            versions=msgspec.json.decode(job["versions"]),
            piece=None if chunk is None else piece_of(chunk),
        )


def _part(lease: Lease) -> str:
    return "the job" if lease.number is None else f"chunk {lease.number}"
