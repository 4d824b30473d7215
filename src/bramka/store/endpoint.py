"""Endpoints beside the default one: their own keys, limits and packages."""

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, insert, select, update

from bramka.domain.clock import Chance
from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.learning.endpoint import (
    MOST_BATCH_ROWS,
    MOST_BATCH_WAIT,
    MOST_CONCURRENCY,
    Batching,
    Endpoint,
    Keys,
    ThrottleLevel,
    TraceLevel,
    draw_key,
)
from bramka.store.endpoint_version import (
    forget_versions,
    keep_version,
    list_versions,
)
from bramka.store.sealed_keys import seal_keys
from bramka.store.service import (
    ENDPOINT,
    endpoint_by_id,
    endpoint_by_name,
    endpoint_keys,
    key_place,
    service_by_id,
)
from bramka.store.service_change import raise_change_number
from bramka.store.transaction import Transaction

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?")
LOW_CONCURRENCY = 4
"""What an endpoint at throttle level Low may have."""


class Change(Struct, frozen=True, kw_only=True):
    """What is to be another; None leaves a field as it is."""

    description: str | None = None
    package: str | None = None
    max_concurrent_calls: int | None = None
    trace_level: TraceLevel | None = None
    throttle_level: ThrottleLevel | None = None
    prevent_update: bool | None = None
    sample_data_enabled: bool | None = None
    batching: Batching | None = None
    max_batch_rows: int | None = None
    max_batch_wait: float | None = None


def add_endpoint(
    transaction: Transaction, chance: Chance, service_id: str, name: str, change: Change
) -> Endpoint:
    """Another endpoint, locked to the package that the default one has now."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            f"'{name[:40]}' cannot be the name of an endpoint: it has 1 to 24 "
            "lower-case letters, digits and hyphens, and no hyphen at its ends.",
            target="name",
        )
    service = service_by_id(transaction, service_id)
    taken = select(ENDPOINT.c.id).where(
        ENDPOINT.c.service_id == service_id, ENDPOINT.c.name == name
    )
    if transaction.connection.execute(taken).first() is not None:
        message = f"Web service '{service_id}' has an endpoint '{name}' already."
        raise Conflict(message, target="name")
    default = endpoint_by_name(transaction, service_id, service.default_endpoint_name)
    endpoint_id = chance.hex(16)
    transaction.connection.execute(
        insert(ENDPOINT).values(
            id=endpoint_id,
            service_id=service_id,
            name=name,
            description="",
            created=transaction.now,
            updated=transaction.now,
            package=default.package,
            **seal_keys(transaction.vault, _draw(chance), key_place(endpoint_id)),
        )
    )
    return change_endpoint(transaction, endpoint_id, change)


def change_endpoint(
    transaction: Transaction, endpoint_id: str, change: Change
) -> Endpoint:
    """Make some things another; calls in progress end as they began."""
    before = endpoint_by_id(transaction, endpoint_id)
    values = {
        name: value
        for name in Change.__struct_fields__
        if (value := getattr(change, name)) is not None
    }
    throttle = change.throttle_level or before.throttle_level
    calls = change.max_concurrent_calls
    if calls is None:
        most = LOW_CONCURRENCY if throttle == "Low" else MOST_CONCURRENCY
        calls = values["max_concurrent_calls"] = min(before.max_concurrent_calls, most)
    _check_concurrency(throttle, calls)
    _check_batches(change)
    if change.package not in (None, before.package):
        keep_version(transaction, before)
        values["version"] = before.version + 1
    transaction.connection.execute(
        update(ENDPOINT)
        .where(ENDPOINT.c.id == endpoint_id)
        .values(updated=transaction.now, **values)
    )
    raise_change_number(transaction)
    return endpoint_by_id(transaction, endpoint_id)


def restore_version(
    transaction: Transaction, endpoint_id: str, number: int
) -> Endpoint:
    """Serve an earlier package again, as a new version; Missing if there is none."""
    endpoint = endpoint_by_id(transaction, endpoint_id)
    known = {each.number: each for each in list_versions(transaction, endpoint)}
    if number not in known:
        there = ", ".join(map(str, sorted(known)))
        raise Missing(
            f"Endpoint '{endpoint.name}' has no version {number}; it has {there}.",
            target="version",
        )
    change = Change(package=known[number].package)
    return change_endpoint(transaction, endpoint_id, change)


def delete_endpoint(transaction: Transaction, endpoint_id: str) -> None:
    """Take an endpoint away; the default one goes with its service."""
    endpoint = endpoint_by_id(transaction, endpoint_id)
    service = service_by_id(transaction, endpoint.service_id)
    if endpoint.name == service.default_endpoint_name:
        raise Conflict(
            f"'{endpoint.name}' is the default endpoint of '{service.name}'; delete "
            "the web service to take it away.",
            target="endpoint",
        )
    forget_versions(transaction, endpoint_id)
    transaction.connection.execute(delete(ENDPOINT).where(ENDPOINT.c.id == endpoint_id))
    raise_change_number(transaction)


def replace_endpoint_key(
    transaction: Transaction,
    chance: Chance,
    endpoint_id: str,
    which: Literal["primary", "secondary"],
) -> Keys:
    """A new key in place of one; the old one opens no more within a second."""
    keys = endpoint_keys(transaction, endpoint_id)
    keys = replace(keys, **{which: draw_key(chance)})
    transaction.connection.execute(
        update(ENDPOINT)
        .where(ENDPOINT.c.id == endpoint_id)
        .values(**seal_keys(transaction.vault, keys, key_place(endpoint_id)))
    )
    raise_change_number(transaction)
    return keys


def _check_concurrency(throttle: ThrottleLevel, calls: int) -> None:
    most = LOW_CONCURRENCY if throttle == "Low" else MOST_CONCURRENCY
    if not 1 <= calls <= most:
        raise Invalid(
            f"An endpoint at throttle level {throttle} takes 1 to {most} calls at "
            f"once, not {calls}.",
            target="max_concurrent_calls",
        )


def _check_batches(change: Change) -> None:
    rows, wait = change.max_batch_rows, change.max_batch_wait
    if rows is not None and not 2 <= rows <= MOST_BATCH_ROWS:
        raise Invalid(
            f"A batch of calls has 2 to {MOST_BATCH_ROWS} rows at most, not {rows}.",
            target="max_batch_rows",
        )
    if wait is not None and not 0 <= wait <= MOST_BATCH_WAIT:
        raise Invalid(
            f"A call waits 0 to {MOST_BATCH_WAIT:g} ms for others, not {wait:g}.",
            target="max_batch_wait",
        )


def _draw(chance: Chance) -> Keys:
    return Keys(primary=draw_key(chance), secondary=draw_key(chance))
