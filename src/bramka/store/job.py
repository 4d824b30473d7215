"""Batch jobs as their callers see them: register, start, cancel, show, list."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    Update,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import InterfaceError, OperationalError

from bramka.domain.clock import Clock
from bramka.domain.errors import IllegalStep, Missing, Unavailable
from bramka.domain.learning.job import (
    Job,
    JobSpec,
    JobState,
    JobVerb,
    jobs_that_can,
    step,
)
from bramka.store.database import METADATA, reading, writing
from bramka.store.encryption import Cipher

JOB = Table(
    "job",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("endpoint", String(32), nullable=False),
    Column("package", String(128), nullable=False),
    Column("state", String(12), nullable=False),
    Column("spec", LargeBinary, nullable=False),
    Column("created", Float(53), nullable=False),
    Column("started", Float(53)),
    Column("ended", Float(53)),
    Column("details", Text),
    Column("header", LargeBinary, nullable=False, default=b""),
    Column("rows", BigInteger),
    # The lease on planning and on publishing, see bramka.store.lease.
    Column("fence", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("leased", Float(53), nullable=False, default=0.0),
    Column("until", Float(53), nullable=False, default=0.0),
    Column("served", Float(53), nullable=False, default=0.0),
    Column("swept", Boolean, nullable=False, default=False),
    Index(None, "state", "endpoint"),
    Index(None, "endpoint", "created"),
)
CHUNK = Table(
    "chunk",
    METADATA,
    Column("job", ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("stop", BigInteger),
    Column("first_row", BigInteger, nullable=False),
    Column("rows", BigInteger),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("leased", Float(53), nullable=False, default=0.0),
    Column("until", Float(53), nullable=False, default=0.0),
    Index(None, "job", "state"),
)

MOST_LISTED = 1000
_SHOWN = (
    *("id", "workspace", "endpoint", "package", "state"),
    *("created", "started", "ended", "details", "rows"),
)


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn the loss of the database into Unavailable, without its address."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable("the database does not answer; try again later") from error


def spec_context(job_id: str) -> str:
    """What the encrypted description of a job is bound to."""
    return f"job/{job_id}/spec"


class Jobs:
    """The batch jobs of an installation."""

    def __init__(self, engine: Engine, clock: Clock, cipher: Cipher) -> None:
        self.engine = engine
        self.clock = clock
        self.cipher = cipher

    def __repr__(self) -> str:
        return f"<Jobs: {self.engine.url.render_as_string(hide_password=True)}>"

    def register(
        self, job_id: str, *, workspace: str, endpoint: str, package: str, spec: JobSpec
    ) -> None:
        """Write down a job that nobody works on until it is started."""
        secret = self.cipher.encrypt(msgspec.json.encode(spec), spec_context(job_id))
        row = insert(JOB).values(
            id=job_id,
            workspace=workspace,
            endpoint=endpoint,
            package=package,
            state="registered",
            spec=secret,
            created=self.clock.now(),
        )
        with database_errors(), writing(self.engine) as connection:
            connection.execute(row)

    def start(self, job_id: str, *, endpoint: str | None = None) -> None:
        """Queue a job; IllegalStep with its state as target if it cannot start."""
        with database_errors(), writing(self.engine) as connection:
            changed = connection.execute(
                _change(job_id, endpoint, "start").values(started=self.clock.now())
            )
            if changed.rowcount != 1:
                job = self._found(connection, job_id, endpoint)
                state = "Queued" if job.state == "queued" else job.status
                message = f"The job {job_id} is {state}, so it cannot be started."
                raise IllegalStep(message, target=state)

    def cancel(self, job_id: str, *, endpoint: str | None = None) -> None:
        """Cancel a job; one that has ended stays as it ended."""
        with database_errors(), writing(self.engine) as connection:
            changed = connection.execute(
                _change(job_id, endpoint, "cancel").values(ended=self.clock.now())
            )
            if changed.rowcount != 1:
                self._found(connection, job_id, endpoint)

    def retry(self, job_id: str) -> None:
        """Queue a failed job again, from its beginning."""
        with database_errors(), writing(self.engine) as connection:
            values = {"details": None, "ended": None, "rows": None, "attempts": 0}
            changed = connection.execute(
                _change(job_id, None, "retry").values(
                    **values, leased=0.0, until=0.0, swept=False
                )
            )
            if changed.rowcount != 1:
                step(self._found(connection, job_id, None).state, "retry")
            connection.execute(delete(CHUNK).where(CHUNK.c.job == job_id))

    def find(self, job_id: str, *, endpoint: str | None = None) -> Job:
        """One job; Missing if the endpoint has no such job."""
        with database_errors(), reading(self.engine) as connection:
            return self._found(connection, job_id, endpoint)

    def spec(self, job_id: str) -> JobSpec:
        """What the job was asked to do, secrets included."""
        query = select(JOB.c.spec).where(JOB.c.id == job_id)
        with database_errors(), reading(self.engine) as connection:
            record = connection.execute(query).scalar_one()
        plain = self.cipher.decrypt(record, spec_context(job_id))
        return msgspec.json.decode(plain, type=JobSpec)

    def newest(
        self,
        *,
        endpoint: str | None = None,
        states: tuple[JobState, ...] = (),
        limit: int = 100,
    ) -> list[Job]:
        """The newest jobs first."""
        query = _shown().order_by(JOB.c.created.desc(), JOB.c.id)
        if endpoint is not None:
            query = query.where(JOB.c.endpoint == endpoint)
        if states:
            query = query.where(JOB.c.state.in_(states))
        query = query.limit(min(limit, MOST_LISTED))
        with database_errors(), reading(self.engine) as connection:
            return [_job(row) for row in connection.execute(query).mappings()]

    def _found(self, connection: Connection, job_id: str, endpoint: str | None) -> Job:
        query = _shown().where(*_this(job_id, endpoint))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise Missing(f"There is no job {job_id}.", target="job")
        return _job(row)


def _this(job_id: str, endpoint: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [JOB.c.id == job_id]
    if endpoint is not None:
        conditions.append(JOB.c.endpoint == endpoint)
    return conditions


def _change(job_id: str, endpoint: str | None, verb: JobVerb) -> Update:
    """An UPDATE that takes the step from wherever the life of a job allows it."""
    able = jobs_that_can(verb)
    return (
        update(JOB)
        .where(*_this(job_id, endpoint), JOB.c.state.in_(able))
        .values(state=step(able[0], verb))
    )


def _shown() -> Select[Any]:
    done = CHUNK.c.state == "done"
    mine = CHUNK.c.job == JOB.c.id
    count = select(func.count()).where(mine)
    rows = select(func.coalesce(func.sum(CHUNK.c.rows), 0)).where(mine, done)
    return select(
        *(JOB.c[name] for name in _SHOWN),
        count.scalar_subquery().label("chunks"),
        count.where(done).scalar_subquery().label("chunks_done"),
        rows.scalar_subquery().label("rows_done"),
    )


def _job(row: RowMapping) -> Job:
    return Job(**{str(name): value for name, value in row.items()})
