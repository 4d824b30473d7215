"""Packages that endpoints had before: they stay, so that one can be served again."""

from msgspec import Struct
from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    delete,
    insert,
    select,
)

from bramka.domain.learning.endpoint import Endpoint
from bramka.store.database import METADATA
from bramka.store.transaction import Transaction

ENDPOINT_VERSION = Table(
    "endpoint_version",
    METADATA,
    Column("endpoint_id", ForeignKey("endpoint.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("package", String(128), nullable=False),
    Column("replaced", Float, nullable=False),
)


class EndpointVersion(Struct, frozen=True, kw_only=True):
    """One package of an endpoint."""

    number: int
    package: str
    replaced: float | None = None
    """When another one took its place; None for the one that serves."""


def keep_version(transaction: Transaction, endpoint: Endpoint) -> None:
    """Remember what an endpoint serves now, before it serves something else."""
    transaction.connection.execute(
        insert(ENDPOINT_VERSION).values(
            endpoint_id=endpoint.id,
            number=endpoint.version,
            package=endpoint.package,
            replaced=transaction.now,
        )
    )


def forget_versions(transaction: Transaction, endpoint_id: str) -> None:
    """For an endpoint that is taken away; its packages stay for running jobs."""
    transaction.connection.execute(
        delete(ENDPOINT_VERSION).where(ENDPOINT_VERSION.c.endpoint_id == endpoint_id)
    )


def list_versions(
    transaction: Transaction, endpoint: Endpoint
) -> list[EndpointVersion]:
    """What an endpoint serves and what it served before, the newest first."""
    columns = ENDPOINT_VERSION.c
    query = (
        select(columns.number, columns.package, columns.replaced)
        .where(columns.endpoint_id == endpoint.id)
        .order_by(columns.number.desc())
    )
    before = transaction.connection.execute(query).mappings()
    return [
        EndpointVersion(number=endpoint.version, package=endpoint.package),
        *(EndpointVersion(**row) for row in before),
    ]
