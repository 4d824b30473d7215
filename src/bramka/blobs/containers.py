"""Containers of a depot: create, read, change, delete, list."""

from collections.abc import Callable

from bramka.blobs.call import Place
from bramka.blobs.conditions import Standing
from bramka.blobs.depot import Depot
from bramka.blobs.fault import Fault
from bramka.blobs.listing import list_containers
from bramka.blobs.pieces import Piece
from bramka.blobs.rows import (
    Container,
    Metadata,
    Part,
    as_json,
    find_container,
    require_container,
)

Guard = Callable[[Standing | None], None]
"""Sees what stands inside the change's transaction, and refuses by raising."""


def create_container(depot: Depot, place: Place, metadata: Metadata) -> Container:
    with depot.changing() as change:
        if find_container(change.connection, place) is not None:
            raise Fault("ContainerAlreadyExists")
        change.connection.execute(
            "INSERT INTO container (account, name, etag, modified, metadata)"
            " VALUES (?, ?, ?, ?, ?)",
            (place.account, place.container, *depot.stamp(), as_json(metadata)),
        )
        return require_container(change.connection, place)


def read_container(depot: Depot, place: Place) -> Container:
    with depot.reading() as connection:
        return require_container(connection, place)


def change_container(
    depot: Depot, place: Place, metadata: Metadata, guard: Guard
) -> Container:
    with depot.changing() as change:
        container = require_container(change.connection, place)
        guard(container.standing)
        change.connection.execute(
            "UPDATE container SET etag = ?, modified = ?, metadata = ? WHERE id = ?",
            (*depot.stamp(), as_json(metadata), container.id),
        )
        return require_container(change.connection, place)


def delete_container(depot: Depot, place: Place, guard: Guard) -> None:
    with depot.changing() as change:
        container = require_container(change.connection, place)
        guard(container.standing)
        rows = change.connection.execute(
            "SELECT name, size FROM piece WHERE name IN"
            " (SELECT piece FROM part JOIN blob ON blob.id = part.blob"
            "  WHERE container = ?1"
            "  UNION SELECT piece FROM staged WHERE container = ?1)",
            (container.id,),
        )
        change.freed += [Part("", Piece(name, size)) for name, size in rows]
        change.connection.execute("DELETE FROM container WHERE id = ?", (container.id,))


def read_containers(
    depot: Depot, account: str, *, prefix: str, start: str, limit: int
) -> tuple[list[Container], str]:
    """A page of containers, and the name the next page begins with."""
    with depot.reading() as connection:
        return list_containers(
            connection, account, prefix=prefix, start=start, limit=limit
        )
