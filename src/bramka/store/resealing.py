"""Every encrypted column, and writing all of them anew under the newest key."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import RowMapping, Table, select, update

from bramka.store import connection
from bramka.store.collection import Collection
from bramka.store.job_tables import JOB, spec_context
from bramka.store.mail_queue import MAIL
from bramka.store.mail_queue import context_of as mail_context
from bramka.store.schema import ROOM
from bramka.store.sealed_document import reseal_documents
from bramka.store.service import ENDPOINT, key_place
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.transaction import Transaction
from bramka.store.workspace import WORKSPACE, token_place

KEYS = ("primary", "secondary")


@dataclass(frozen=True)
class Sealed:
    """A column of ciphertext, and what each of its records is bound to."""

    table: Table
    column: str
    context: Callable[[RowMapping], str]


def sealed_columns() -> Iterator[Sealed]:
    """All there are in the database of an instance."""
    for collection in _collections():
        for name in collection.sealed:
            context = partial(_in_collection, collection, name)
            yield Sealed(collection.table, name, context)
    places: tuple[tuple[Table, Callable[[str], str]], ...] = (
        (SUBSCRIPTIONS.table, lambda one: f"subscription/{one}"),
        (WORKSPACE, token_place),
        (ENDPOINT, key_place),
    )
    for table, place in places:
        for name in KEYS:
            yield Sealed(table, f"{name}_key", partial(_in_place, place, name))
    yield Sealed(JOB, "spec", lambda row: spec_context(row["id"]))
    yield Sealed(MAIL, "letter", lambda row: mail_context(row["id"]))
    yield Sealed(connection.CONNECTION, "tokens", _of_connection)


def reseal(transaction: Transaction) -> int:
    """Encrypt anew what stands under an older key; how many records it was."""
    count = sum(_reseal_column(transaction, one) for one in sealed_columns())
    return count + reseal_documents(transaction)


def _reseal_column(transaction: Transaction, sealed: Sealed) -> int:
    cipher, connection = transaction.vault.cipher, transaction.connection
    keys, column = list(sealed.table.primary_key), sealed.table.c[sealed.column]
    count = 0
    rows = connection.execute(select(*keys, column).where(column.is_not(None)))
    for row in rows.mappings().all():
        record = row[column]
        # A mail is queued empty for a moment, within one transaction.
        if not record or not cipher.needs_rotation(record):
            continue
        context = sealed.context(row)
        anew = cipher.encrypt(cipher.decrypt(record, context), context)
        which = (key == row[key] for key in keys)
        values = {column: anew}
        connection.execute(update(sealed.table).where(*which).values(values))
        count += 1
    return count


def _collections() -> Iterator[Collection[Any]]:
    package = importlib.import_module(ROOM)
    seen: set[str] = set()
    for module in pkgutil.iter_modules(package.__path__):
        for one in vars(importlib.import_module(f"{ROOM}.{module.name}")).values():
            if isinstance(one, Collection) and one.name not in seen:
                seen.add(one.name)
                yield one


def _in_collection(collection: Collection[Any], name: str, row: RowMapping) -> str:
    return collection.row.context(tuple(row[field] for field in collection.key), name)


def _of_connection(row: RowMapping) -> str:
    return connection.context_of(row["provider_id"], row["authorization_id"])


def _in_place(place: Callable[[str], str], name: str, row: RowMapping) -> str:
    return f"{place(row['id'])}/{name}"
