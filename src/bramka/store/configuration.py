"""The configuration as gateways get it: the whole of it, or what changed."""

from typing import Any

from msgspec import structs

from bramka.domain.traffic.configuration import (
    TABLES,
    Change,
    Configuration,
    Instance,
    Update,
)
from bramka.domain.traffic.self_hosted import MANAGED
from bramka.store import change, instance
from bramka.store.api import APIS
from bramka.store.backend import BACKENDS
from bramka.store.body_schema import API_SCHEMAS, SCHEMAS
from bramka.store.cache import CACHES
from bramka.store.certificate import CERTIFICATES
from bramka.store.collection import Collection
from bramka.store.debug_recall import epoch_of
from bramka.store.diagnostic import DIAGNOSTICS, LOGGERS
from bramka.store.group import GROUPS
from bramka.store.named_value import NAMED_VALUES
from bramka.store.operation import OPERATIONS
from bramka.store.policy import FRAGMENTS, POLICIES
from bramka.store.product import PRODUCTS
from bramka.store.quota_setting import QUOTA_SETTINGS
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.transaction import Transaction
from bramka.store.user import USERS
from bramka.store.version_set import VERSION_SETS

_COLLECTIONS: dict[str, Collection[Any]] = {
    collection.wire: collection
    for collection in (
        APIS,
        OPERATIONS,
        VERSION_SETS,
        PRODUCTS,
        GROUPS,
        USERS,
        SUBSCRIPTIONS,
        BACKENDS,
        CERTIFICATES,
        SCHEMAS,
        API_SCHEMAS,
        LOGGERS,
        DIAGNOSTICS,
        CACHES,
        NAMED_VALUES,
        FRAGMENTS,
        POLICIES,
        QUOTA_SETTINGS,
    )
}
assert _COLLECTIONS.keys() <= TABLES.keys(), "gateways know every noun they are sent"

MOST_CHANGES = 500
"""More than these are not sent one by one: the whole is smaller work."""


def update_since(transaction: Transaction, version: int | None) -> Update:
    """What a gateway at `version` lacks; everything if it has nothing or is far off."""
    newest = change.newest_version(transaction)
    changed = None if version is None else change.changes_since(transaction, version)
    if changed is not None:
        changed = [one for one in changed if one.table != change.QUIET]
    if (
        changed is None
        # Nothing of a deleted instance is served, whatever changes in it.
        or (changed and instance.get(transaction).noun.deleted_at is not None)
        or len(changed) > MOST_CHANGES
        or any(one.table not in _COLLECTIONS for one in changed)
    ):
        return Update(version=newest, whole=read_configuration(transaction))
    keys: dict[str, list[str]] = {}
    for one in changed:
        keys.setdefault(one.table, []).append(one.key)
    changes: list[Change] = []
    for table, wanted in keys.items():
        changes += _changes(transaction, table, wanted)
    return Update(version=newest, changes=tuple(changes))


def read_surroundings(transaction: Transaction) -> Configuration:
    """What documents name: all but what there may be thousands of."""
    return read_configuration(transaction, without=_MANY)


def read_configuration(
    transaction: Transaction, without: frozenset[str] = frozenset()
) -> Configuration:
    """All of it, in the order in which things were made, but for some fields."""
    own = instance.get(transaction).noun
    deleted = own.deleted_at is not None
    tables = {
        structs_name: {
            _key(collection, record.noun): record.noun
            for record in collection.all(transaction)
        }
        for structs_name, collection in _FIELDS.items()
        if structs_name not in without and not deleted
    }
    return structs.replace(
        Configuration(
            version=change.newest_version(transaction),
            instance=Instance(
                name=own.name,
                region=own.location,
                pepper=transaction.vault.pepper,
                deleted=deleted,
                debug_epoch=epoch_of(transaction, MANAGED),
            ),
        ),
        **tables,
    )


_FIELDS = {
    field.name: _COLLECTIONS[field.encode_name]
    for field in structs.fields(Configuration)
    if field.encode_name in _COLLECTIONS
}

_MANY = frozenset(
    {"apis", "operations", "subscriptions", "users", "policies", "quota_settings"}
)
assert _FIELDS.keys() >= _MANY, "these fields are left out where nobody reads them"


def _changes(transaction: Transaction, table: str, keys: list[str]) -> list[Change]:
    collection = _COLLECTIONS[table]
    found = {
        _key(collection, record.noun): record.noun
        for record in collection.find_all(
            transaction, [_parts(collection, key) for key in keys]
        )
    }
    return [Change(table=table, key=key, noun=found.get(key)) for key in keys]


def _key(collection: Collection[Any], noun: Any) -> str:
    return "/".join(collection.key_of(noun))


def _parts(collection: Collection[Any], key: str) -> tuple[str, ...]:
    # Identifiers hold no slash; a policy's scope does, but is a key of one part.
    return (key,) if len(collection.key) == 1 else tuple(key.split("/"))
