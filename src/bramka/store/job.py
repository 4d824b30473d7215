"""Batch jobs as their callers see them: register, start, cancel, retry, show, list."""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    Update,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bramka.domain.clock import Clock
from bramka.domain.errors import IllegalStep, Missing
from bramka.domain.learning.job import (
    ACTIVE,
    ChunkFailure,
    EventKind,
    Happening,
    Job,
    JobEvent,
    JobSpec,
    JobState,
    JobVerb,
    jobs_that_can,
    step,
    why_uncut,
)
from bramka.store.database import reading, writing
from bramka.store.encryption import Cipher
from bramka.store.folding import holds
from bramka.store.job_event import events_of, note
from bramka.store.job_tables import CHUNK, JOB, database_errors, spec_context

MOST_LISTED = 1000
MOST_FAILURES = 20
_SHOWN = (
    *("id", "workspace", "endpoint", "package", "subscription", "state"),
    *("created", "started", "began", "ended", "details", "rows", "versions"),
)


class Sought(Struct, frozen=True, kw_only=True):
    """Which jobs are listed; `since` and `until` are about their creation."""

    endpoint: str | None = None
    states: tuple[JobState, ...] = ()
    subscription: str | None = None
    since: float | None = None
    until: float | None = None
    search: str = ""
    """A part of the id or of the details."""
    skip: int = 0
    limit: int = 100


ALL_JOBS = Sought()


class Jobs:
    """The batch jobs of an installation."""

    def __init__(self, engine: Engine, clock: Clock, cipher: Cipher) -> None:
        self.engine = engine
        self.clock = clock
        self.cipher = cipher

    def __repr__(self) -> str:
        return f"<Jobs: {self.engine.url.render_as_string(hide_password=True)}>"

    def register(
        self,
        job_id: str,
        *,
        workspace: str,
        endpoint: str,
        package: str,
        spec: JobSpec,
        subscription: str = "",
    ) -> None:
        """Write down a job that nobody works on until it is started."""
        row = insert(JOB).values(
            id=job_id,
            workspace=workspace,
            endpoint=endpoint,
            package=package,
            subscription=subscription,
            state="registered",
            spec=self._sealed(job_id, spec),
            created=self.clock.now(),
        )
        with database_errors(), writing(self.engine) as connection:
            connection.execute(row)
            self._note(connection, job_id, "registered", "submitted")

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
            self._note(connection, job_id, "started: queued", "queued")

    def cancel(self, job_id: str, *, endpoint: str | None = None) -> None:
        """Cancel a job; one that has ended stays as it ended."""
        with database_errors(), writing(self.engine) as connection:
            changed = connection.execute(
                _change(job_id, endpoint, "cancel").values(ended=self.clock.now())
            )
            if changed.rowcount != 1:
                self._found(connection, job_id, endpoint)
                return
            self._note(connection, job_id, "cancelled", "cancelled")

    def retry(
        self, job_id: str, *, endpoint: str | None = None, spec: JobSpec | None = None
    ) -> None:
        """Queue a failed job again, from its beginning; IllegalStep for any other."""
        with database_errors(), writing(self.engine) as connection:
            blank = dict.fromkeys(("details", "began", "ended", "rows", "reason"))
            zero = {"attempts": 0, "waits": 0, "leased": 0.0, "until": 0.0}
            anew = {} if spec is None else {"spec": self._sealed(job_id, spec)}
            changed = connection.execute(
                _change(job_id, endpoint, "retry").values(
                    **blank, **zero, **anew, swept=False
                )
            )
            if changed.rowcount != 1:
                step(self._found(connection, job_id, endpoint).state, "retry")
            connection.execute(delete(CHUNK).where(CHUNK.c.job == job_id))
            self._note(connection, job_id, "queued again after a failure", "again")

    def _note(
        self, connection: Connection, job_id: str, text: str, kind: EventKind
    ) -> None:
        note(connection, job_id, self.clock.now(), text, Happening(kind=kind))

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

    def log(self, job_id: str) -> list[JobEvent]:
        """What happened to a job, the oldest first."""
        return events_of(self.engine, job_id)

    def failures(self, job_id: str) -> list[ChunkFailure]:
        """The first chunks that were tried in vain or wait for a store."""
        names = ("number", "first_row", "rows", "attempts", "waits", "reason")
        query = (
            select(*(CHUNK.c[name] for name in names))
            .where(CHUNK.c.job == job_id, CHUNK.c.reason.is_not(None))
            .order_by(CHUNK.c.number)
            .limit(MOST_FAILURES)
        )
        with database_errors(), reading(self.engine) as connection:
            found = connection.execute(query).mappings().all()
        return [
            ChunkFailure(chunk=row["number"], **{n: row[n] for n in names[1:]})
            for row in found
        ]

    def newest(self, sought: Sought = ALL_JOBS) -> tuple[list[Job], int]:
        """Some of the jobs that fit, the newest first, and how many fit."""
        fitting = _fitting(sought)
        query = _shown().where(*fitting).order_by(JOB.c.created.desc(), JOB.c.id)
        query = query.offset(sought.skip).limit(min(sought.limit, MOST_LISTED))
        count = select(func.count()).select_from(JOB).where(*fitting)
        with database_errors(), reading(self.engine) as connection:
            jobs = [_job(row) for row in connection.execute(query).mappings()]
            return jobs, int(connection.scalar(count) or 0)

    def _sealed(self, job_id: str, spec: JobSpec) -> bytes:
        """As it is kept: references hold credentials."""
        return self.cipher.encrypt(msgspec.json.encode(spec), spec_context(job_id))

    def _found(self, connection: Connection, job_id: str, endpoint: str | None) -> Job:
        query = _shown().where(*_this(job_id, endpoint))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise Missing(f"There is no job {job_id}.", target="job")
        return _job(row)


def _fitting(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.states:
        found.append(JOB.c.state.in_(sought.states))
    if sought.endpoint is not None:
        found.append(JOB.c.endpoint == sought.endpoint)
    if sought.subscription is not None:
        found.append(JOB.c.subscription == sought.subscription)
    if sought.since is not None:
        found.append(JOB.c.created >= sought.since)
    if sought.until is not None:
        found.append(JOB.c.created < sought.until)
    if sought.search:
        told = (JOB.c.id, JOB.c.details)
        parts = (holds(each, sought.search) for each in told)
        found.append(or_(*parts))
    return found


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
    # PostgreSQL adds up integers to decimals.
    total = cast(func.coalesce(func.sum(CHUNK.c.rows), 0), BigInteger)
    aside = cast(func.coalesce(func.sum(CHUNK.c.set_aside), 0), BigInteger)
    stuck = select(func.min(CHUNK.c.reason)).where(mine, CHUNK.c.state == "waiting")
    return select(
        *(JOB.c[name] for name in _SHOWN),
        count.scalar_subquery().label("chunks"),
        exists().where(mine, CHUNK.c.stop.is_(None)).label("whole"),
        count.where(done).scalar_subquery().label("chunks_done"),
        select(total).where(mine, done).scalar_subquery().label("rows_done"),
        select(aside).where(mine, done).scalar_subquery().label("rows_set_aside"),
        case(
            (
                JOB.c.state.in_(ACTIVE),
                func.coalesce(JOB.c.reason, stuck.scalar_subquery()),
            )
        ).label("waiting"),
    )


def _job(row: RowMapping) -> Job:
    values = {str(name): value for name, value in row.items()}
    inputs = len(msgspec.json.decode(values.pop("versions")))
    uncut = why_uncut(inputs) if values.pop("whole") else None
    return Job(**values, uncut=uncut)
