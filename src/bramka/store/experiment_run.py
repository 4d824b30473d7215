"""The runs that wait for a worker: leases on them, guarded by fences, and news.

As with batch jobs, a claim raises the fence of the row, and nothing of an older fence
is accepted; leases are timed by the monotonic clock on SQLite.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Update,
    and_,
    or_,
    select,
    text,
    update,
)

from bramka.domain.clock import Clock
from bramka.domain.learning.experiment import Verb, next_state
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.snapshot import NodeRun
from bramka.store.database import reading, writing
from bramka.store.experiment import node_in, node_row
from bramka.store.experiment_tables import EXPERIMENT, EXPERIMENT_NODE
from bramka.store.job_tables import database_errors

LEASE_SECONDS = 6.0
TOLERANCE = 5.0
MOST_ATTEMPTS = 5
"""So often a run is begun again whose worker died."""
_ROW, _NODE = EXPERIMENT.c, EXPERIMENT_NODE.c


class Held(Struct, frozen=True, kw_only=True):
    """A run that was claimed: what is to be run, and by which right.

    The secrets in the document are sealed; `sealed_document.opened` opens them.
    """

    id: str
    workspace_id: str
    fence: int
    document: Experiment
    nodes: tuple[NodeRun, ...]
    attempt: int


class RunLedger:
    """What workers take from the runs that wait, and tell of them."""

    def __init__(self, engine: Engine, clock: Clock, *, owner: str = "") -> None:
        self._engine, self._clock, self._owner = engine, clock, owner
        self._postgres = engine.dialect.name == "postgresql"

    def __repr__(self) -> str:
        return f"<RunLedger of {self._owner}>"

    def has_work(self) -> bool:
        """Whether a claim now would find something; reads only."""
        with database_errors(), reading(self._engine) as connection:
            query = select(_ROW.id).where(self._free(connection)).limit(1)
            return connection.execute(query).first() is not None

    def claim(self) -> Held | None:
        """The run that has waited longest."""
        if not self.has_work():
            return None
        with database_errors(), writing(self._engine) as connection:
            free = self._free(connection)
            oldest = select(_ROW.id).where(free).order_by(_ROW.started, _ROW.id)
            wanted = connection.execute(oldest.limit(1)).scalar()
            now = self._now(connection)
            taking = (
                update(EXPERIMENT)
                .where(_ROW.id == wanted, free)
                .values(
                    fence=_ROW.fence + 1,
                    owner=self._owner,
                    leased=now,
                    until=now + LEASE_SECONDS,
                    attempts=_ROW.attempts + 1,
                )
            )
            if wanted is None or connection.execute(taking).rowcount != 1:
                return None
            return self._held(connection, wanted)

    def hold(self, held: Held) -> bool:
        """Go on for a while; False when the run was cancelled or given to another."""
        with database_errors(), writing(self._engine) as connection:
            now = self._now(connection)
            extending = self._mine(held).values(leased=now, until=now + LEASE_SECONDS)
            if connection.execute(extending).rowcount != 1:
                return False
            query = select(_ROW.cancel).where(_ROW.id == held.id)
            return not connection.execute(query).scalar()

    def tell(self, held: Held, nodes: Mapping[str, NodeRun]) -> bool:
        """Note how some nodes are doing; False when the run is no longer ours."""
        with database_errors(), writing(self._engine) as connection:
            raising = self._mine(held).values(revision=_ROW.revision + 1)
            if connection.execute(raising).rowcount != 1:
                return False
            for node in nodes.values():
                _keep(connection, held.id, node)
            return True

    def end(self, held: Held, verb: Verb, detail: str = "") -> bool:
        """The run has finished, failed or was cancelled."""
        state = next_state("Running", verb)
        with database_errors(), writing(self._engine) as connection:
            moment = self._clock.now()
            ending = self._mine(held).values(
                state=state,
                detail=detail,
                ended=moment,
                changed=moment,
                until=0.0,
                revision=_ROW.revision + 1,
            )
            return connection.execute(ending).rowcount == 1

    def abandon(self) -> None:
        """Give back at once what this worker held."""
        with database_errors(), writing(self._engine) as connection:
            mine = and_(_ROW.owner == self._owner, _ROW.state == "Running")
            connection.execute(update(EXPERIMENT).where(mine).values(until=0.0))

    def _held(self, connection: Connection, wanted: str) -> Held:
        query = select(EXPERIMENT).where(_ROW.id == wanted)
        row = connection.execute(query).mappings().one()
        nodes = select(EXPERIMENT_NODE).where(_NODE.experiment_id == wanted)
        return Held(
            id=row["id"],
            workspace_id=row["workspace_id"],
            fence=row["fence"],
            document=msgspec.json.decode(row["document"], type=Experiment),
            nodes=tuple(node_in(each) for each in connection.execute(nodes).mappings()),
            attempt=row["attempts"],
        )

    def _free(self, connection: Connection) -> ColumnElement[bool]:
        now = self._now(connection)
        lapsed = or_(_ROW.until <= now, _ROW.leased > now + TOLERANCE)
        return and_(_ROW.state == "Running", lapsed)

    def _mine(self, held: Held) -> Update:
        return update(EXPERIMENT).where(
            _ROW.id == held.id, _ROW.fence == held.fence, _ROW.state == "Running"
        )

    def _now(self, connection: Connection) -> float:
        if self._postgres:
            clock = text("SELECT extract(epoch FROM clock_timestamp())::float8")
            return float(connection.execute(clock).scalar_one())
        return self._clock.monotonic()


def _keep(connection: Connection, experiment: str, node: NodeRun) -> None:
    place = and_(_NODE.experiment_id == experiment, _NODE.node_id == node.node_id)
    values = node_row(node)
    changing = update(EXPERIMENT_NODE).where(place).values(**values)
    if connection.execute(changing).rowcount != 1:
        adding = EXPERIMENT_NODE.insert().values(experiment_id=experiment, **values)
        connection.execute(adding)
