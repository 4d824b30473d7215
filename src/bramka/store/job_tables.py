"""The tables of batch jobs: jobs, their chunks, their logs, and who was served when."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)
from sqlalchemy.exc import InterfaceError, OperationalError

from bramka.domain.errors import Unavailable
from bramka.store.database import METADATA

LONGEST_NAME = 256

JOB = Table(
    "job",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("endpoint", String(32), nullable=False),
    Column("subscription", String(LONGEST_NAME), nullable=False, server_default=""),
    Column("package", String(128), nullable=False),
    Column("state", String(12), nullable=False),
    Column("spec", LargeBinary, nullable=False),
    Column("created", Float(53), nullable=False),
    Column("started", Float(53)),
    Column("began", Float(53)),
    Column("ended", Float(53)),
    Column("details", Text),
    Column("header", LargeBinary, nullable=False, default=b""),
    Column("versions", Text, nullable=False, server_default="{}"),
    Column("rows", BigInteger),
    # The lease on planning and on publishing, see bramka.store.lease.
    Column("fence", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("waits", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("owner", String(32), nullable=False, server_default=""),
    Column("leased", Float(53), nullable=False, default=0.0),
    Column("until", Float(53), nullable=False, default=0.0),
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
    Column("set_aside", BigInteger, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("waits", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("owner", String(32), nullable=False, server_default=""),
    Column("leased", Float(53), nullable=False, default=0.0),
    Column("until", Float(53), nullable=False, default=0.0),
    Index(None, "job", "state", "number"),
)
JOB_EVENT = Table(
    "job_event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("job", ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("at", Float(53), nullable=False),
    Column("text", Text, nullable=False),
    Column("told", Text),
    Index(None, "job", "id"),
)
JOB_TURN = Table(
    "job_turn",
    METADATA,
    Column("endpoint", String(32), primary_key=True),
    Column("subscription", String(LONGEST_NAME), primary_key=True),
    Column("served", Float(53), nullable=False),
)
TABLES = (JOB, CHUNK, JOB_EVENT, JOB_TURN)


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
