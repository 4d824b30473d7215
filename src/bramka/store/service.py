"""Published web services and their endpoints."""

from msgspec import Struct
from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    false,
    insert,
    select,
    true,
    update,
)

from bramka.domain.clock import Chance
from bramka.domain.errors import Missing
from bramka.domain.learning.endpoint import Endpoint, Keys, WebService, draw_key
from bramka.store.database import METADATA
from bramka.store.endpoint_version import forget_versions, keep_version
from bramka.store.sealed_keys import digests_in, key_columns, open_keys, seal_keys
from bramka.store.service_change import raise_change_number
from bramka.store.transaction import Transaction
from bramka.store.workspace import WORKSPACE

WEB_SERVICE = Table(
    "web_service",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("workspace_id", ForeignKey(WORKSPACE.c.id), nullable=False),
    Column("name", String(256), nullable=False),
    Column("description", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("experiment_id", String(128)),
    Column("default_endpoint_name", String(24), nullable=False),
    UniqueConstraint("workspace_id", "experiment_id"),
)
ENDPOINT = Table(
    "endpoint",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("service_id", ForeignKey(WEB_SERVICE.c.id), nullable=False),
    Column("name", String(24), nullable=False),
    Column("description", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Column("package", String(128), nullable=False),
    *key_columns(),
    Column("max_concurrent_calls", Integer, nullable=False, server_default="20"),
    Column("trace_level", String(8), nullable=False, server_default="None"),
    Column("throttle_level", String(8), nullable=False, server_default="High"),
    Column("prevent_update", Boolean, nullable=False, server_default=false()),
    Column("sample_data_enabled", Boolean, nullable=False, server_default=true()),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("batching", String(8), nullable=False, server_default="Off"),
    Column("max_batch_rows", Integer, nullable=False, server_default="32"),
    Column("max_batch_wait", Float, nullable=False, server_default="0"),
    UniqueConstraint("service_id", "name"),
)


class Publication(Struct, frozen=True, kw_only=True):
    """What is to be published; a service from the same experiment is overwritten."""

    workspace_id: str
    name: str
    package: str
    """Folder name under `packages`."""
    description: str = ""
    experiment_id: str | None = None
    service_id: str | None = None
    """Wanted by clients that choose the id themselves; drawn when None."""


class Published(Struct, frozen=True, kw_only=True):
    """A published service, its default endpoint, and the keys to call it with."""

    service: WebService
    endpoint: Endpoint
    keys: Keys
    overwritten: bool
    """An older version was there; its ids and keys stay."""


def publish_service(
    transaction: Transaction, chance: Chance, publication: Publication
) -> Published:
    """Make a package live; calls reach it within a second."""
    before = _service_before(transaction, publication)
    if before is None:
        service_id = _insert(transaction, chance, publication)
    else:
        service_id = before.id
        _overwrite(transaction, before, publication)
    raise_change_number(transaction)
    service = service_by_id(transaction, service_id)
    endpoint = endpoint_by_name(transaction, service_id, service.default_endpoint_name)
    return Published(
        service=service,
        endpoint=endpoint,
        keys=endpoint_keys(transaction, endpoint.id),
        overwritten=before is not None,
    )


def service_by_id(transaction: Transaction, service_id: str) -> WebService:
    """One web service, or Missing."""
    query = select(WEB_SERVICE).where(WEB_SERVICE.c.id == service_id)
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Missing(f"There is no web service '{service_id}'.", target="service")
    return WebService(**row)


def list_services(transaction: Transaction, workspace_id: str) -> list[WebService]:
    """The web services of a workspace, oldest first."""
    query = (
        select(WEB_SERVICE)
        .where(WEB_SERVICE.c.workspace_id == workspace_id)
        .order_by(WEB_SERVICE.c.created, WEB_SERVICE.c.id)
    )
    return [
        WebService(**row) for row in transaction.connection.execute(query).mappings()
    ]


def delete_service(transaction: Transaction, service_id: str) -> None:
    """Take a service and its endpoints away; packages stay for running jobs."""
    for each in list_endpoints(transaction, service_id):
        forget_versions(transaction, each.id)
    transaction.connection.execute(
        delete(ENDPOINT).where(ENDPOINT.c.service_id == service_id)
    )
    gone = transaction.connection.execute(
        delete(WEB_SERVICE).where(WEB_SERVICE.c.id == service_id)
    )
    if not gone.rowcount:
        raise Missing(f"There is no web service '{service_id}'.", target="service")
    raise_change_number(transaction)


def endpoint_by_id(transaction: Transaction, endpoint_id: str) -> Endpoint:
    """One endpoint, or Missing."""
    query = _endpoints().where(ENDPOINT.c.id == endpoint_id)
    for row in transaction.connection.execute(query).mappings():
        return _endpoint(row)
    raise Missing(f"There is no endpoint '{endpoint_id}'.", target="endpoint")


def endpoint_by_name(transaction: Transaction, service_id: str, name: str) -> Endpoint:
    """One endpoint of a service, or Missing."""
    query = _endpoints().where(
        ENDPOINT.c.service_id == service_id, ENDPOINT.c.name == name
    )
    for row in transaction.connection.execute(query).mappings():
        return _endpoint(row)
    message = f"Web service '{service_id}' has no endpoint '{name}'."
    raise Missing(message, target="endpoint")


def list_endpoints(
    transaction: Transaction, service_id: str | None = None
) -> list[Endpoint]:
    """The endpoints of one service or of all, the default one first."""
    query = _endpoints()
    if service_id is not None:
        query = query.where(ENDPOINT.c.service_id == service_id)
    return [_endpoint(row) for row in transaction.connection.execute(query).mappings()]


def endpoint_keys(transaction: Transaction, endpoint_id: str) -> Keys:
    """The keys themselves, to be shown to the service's owner."""
    query = select(ENDPOINT).where(ENDPOINT.c.id == endpoint_id)
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Missing(f"There is no endpoint '{endpoint_id}'.", target="endpoint")
    return open_keys(transaction.vault, row, key_place(endpoint_id))


def _service_before(
    transaction: Transaction, publication: Publication
) -> WebService | None:
    query = select(WEB_SERVICE).where(
        WEB_SERVICE.c.workspace_id == publication.workspace_id
    )
    if publication.service_id is not None:
        query = query.where(WEB_SERVICE.c.id == publication.service_id)
    elif publication.experiment_id is not None:
        query = query.where(WEB_SERVICE.c.experiment_id == publication.experiment_id)
    else:
        return None
    row = transaction.connection.execute(query).mappings().one_or_none()
    return None if row is None else WebService(**row)


def _insert(transaction: Transaction, chance: Chance, publication: Publication) -> str:
    service_id = publication.service_id or chance.hex(16)
    transaction.connection.execute(
        insert(WEB_SERVICE).values(
            id=service_id,
            workspace_id=publication.workspace_id,
            name=publication.name,
            description=publication.description,
            created=transaction.now,
            experiment_id=publication.experiment_id,
            default_endpoint_name="default",
        )
    )
    endpoint_id = chance.hex(16)
    keys = Keys(primary=draw_key(chance), secondary=draw_key(chance))
    transaction.connection.execute(
        insert(ENDPOINT).values(
            id=endpoint_id,
            service_id=service_id,
            name="default",
            description=publication.description,
            created=transaction.now,
            updated=transaction.now,
            package=publication.package,
            **seal_keys(transaction.vault, keys, key_place(endpoint_id)),
        )
    )
    return service_id


def _overwrite(
    transaction: Transaction, before: WebService, publication: Publication
) -> None:
    name = before.default_endpoint_name
    keep_version(transaction, endpoint_by_name(transaction, before.id, name))
    transaction.connection.execute(
        update(WEB_SERVICE)
        .where(WEB_SERVICE.c.id == before.id)
        .values(name=publication.name, description=publication.description)
    )
    transaction.connection.execute(
        update(ENDPOINT)
        .where(
            ENDPOINT.c.service_id == before.id,
            ENDPOINT.c.name == name,
        )
        .values(
            package=publication.package,
            updated=transaction.now,
            version=ENDPOINT.c.version + 1,
        )
    )


def _endpoints() -> Select[tuple[object, ...]]:
    """Endpoints with what is known of them through their service; default first."""
    default = ENDPOINT.c.name == WEB_SERVICE.c.default_endpoint_name
    return (
        select(
            ENDPOINT,
            WEB_SERVICE.c.workspace_id,
            WEB_SERVICE.c.name.label("service_name"),
        )
        .join(WEB_SERVICE, WEB_SERVICE.c.id == ENDPOINT.c.service_id)
        .order_by(default.desc(), ENDPOINT.c.created, ENDPOINT.c.id)
    )


# What a row holds under the same name.
_PLAIN = [name for name in Endpoint.__struct_fields__ if name != "digests"]


def _endpoint(row: RowMapping) -> Endpoint:
    return Endpoint(**{name: row[name] for name in _PLAIN}, digests=digests_in(row))


def key_place(endpoint_id: str) -> str:
    """What the keys of an endpoint are sealed to."""
    return f"endpoint/{endpoint_id}"
