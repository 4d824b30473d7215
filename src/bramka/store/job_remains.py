"""What is left of ended jobs: parts to sweep, rows and own outputs to forget."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import (
    Connection,
    Engine,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from bramka.domain.blob import BlobReference
from bramka.domain.clock import Clock
from bramka.domain.errors import Unavailable
from bramka.domain.learning.job import ENDED, JobSpec
from bramka.store.database import reading, writing
from bramka.store.encryption import Cipher
from bramka.store.job_tables import CHUNK, JOB, JOB_EVENT, database_errors, spec_context
from bramka.store.turn import first_fence, held

AT_ONCE = 100


class Remains:
    """Jobs of which nothing is to be done any more but cleaning up."""

    def __init__(self, engine: Engine, clock: Clock, cipher: Cipher) -> None:
        self.engine = engine
        self.clock = clock
        self.cipher = cipher
        self._postgres = engine.dialect.name == "postgresql"

    def unswept(self) -> list[tuple[str, int]]:
        """Ended jobs whose parts below this fence may go: nobody works on them."""
        working = exists().where(CHUNK.c.job == JOB.c.id, CHUNK.c.state == "running")
        query = select(JOB.c.id, JOB.c.fence)
        query = query.where(JOB.c.state.in_(ENDED), ~JOB.c.swept)
        with database_errors(), reading(self.engine) as connection:
            now = self._now(connection)
            query = query.where(~working.where(held(CHUNK, now))).limit(100)
            found = connection.execute(query)
            return [(job, first_fence(fence + 1)) for job, fence in found]

    def set_swept(self, job_id: str) -> None:
        """Note that nothing of an ended job lies about any more."""
        done = update(JOB).where(JOB.c.id == job_id, JOB.c.state.in_(ENDED))
        with database_errors(), writing(self.engine) as connection:
            connection.execute(done.values(swept=True))

    def unfinished(self, job_ids: Sequence[str]) -> set[str]:
        """Those of the jobs whose parts are still needed."""
        query = select(JOB.c.id).where(JOB.c.id.in_(job_ids), JOB.c.state.not_in(ENDED))
        with database_errors(), reading(self.engine) as connection:
            return set(connection.execute(query).scalars())

    def expired(self, before: float) -> list[tuple[str, list[BlobReference]]]:
        """Jobs that ended, or were never started, before a moment; what is ours."""
        old = func.coalesce(JOB.c.ended, JOB.c.created) < before
        state = or_(JOB.c.state == "registered", JOB.c.state.in_(ENDED) & JOB.c.swept)
        query = select(JOB.c.id, JOB.c.spec).where(old, state).limit(AT_ONCE)
        with database_errors(), reading(self.engine) as connection:
            found = connection.execute(query).all()
        return [(job, self._own(job, spec)) for job, spec in found]

    def forget(self, job_id: str) -> None:
        """Delete the rows of a job that ended or was never started."""
        gone = JOB.c.state.in_((*ENDED, "registered"))
        with database_errors(), writing(self.engine) as connection:
            # A job that is started or tried again at this moment stays.
            kept = exists().where(JOB.c.id == job_id, ~gone)
            if connection.execute(select(kept)).scalar_one():
                return
            for table in (CHUNK, JOB_EVENT):
                connection.execute(delete(table).where(table.c.job == job_id))
            connection.execute(delete(JOB).where(JOB.c.id == job_id, gone))

    def _own(self, job_id: str, record: bytes) -> list[BlobReference]:
        try:
            plain = self.cipher.decrypt(record, spec_context(job_id))
        except Unavailable:
            return []  # Its key is gone, and with it the knowledge of its outputs.
        spec = msgspec.json.decode(plain, type=JobSpec)
        own = [spec.outputs[name] for name in spec.own]
        return own if spec.set_aside is None else [*own, spec.set_aside]

    def _now(self, connection: Connection) -> float:
        if self._postgres:
            clock = text("SELECT extract(epoch FROM clock_timestamp())::float8")
            return float(connection.execute(clock).scalar_one())
        return self.clock.monotonic()
