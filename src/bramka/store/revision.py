"""Revisions of APIs: the current one is kept under the API's own id.

Releasing another revision swaps what is kept under the two ids.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, structs

from bramka.domain.traffic.api import Api
from bramka.store.api import APIS, root_id
from bramka.store.body_schema import API_SCHEMAS
from bramka.store.collection import Collection
from bramka.store.diagnostic import DIAGNOSTICS
from bramka.store.operation import OPERATIONS
from bramka.store.policy import POLICIES
from bramka.store.resolver import RESOLVER_POLICIES, RESOLVERS
from bramka.store.tag import TAGGINGS
from bramka.store.transaction import Transaction

_PARTS: tuple[Collection[Any], ...] = (
    OPERATIONS,
    API_SCHEMAS,
    RESOLVERS,
    RESOLVER_POLICIES,
    DIAGNOSTICS,
)
"""What each revision has of its own, kept under the id of its API."""
Owned = tuple[Collection[Any], Struct]


def revisions(transaction: Transaction, api_id: str) -> list[Api]:
    """All revisions of an API, the current one first."""
    root, column = root_id(api_id), APIS.column.id
    rest = APIS.all(transaction, column.startswith(f"{root};rev=", autoescape=True))
    current = APIS.get(transaction, root).noun
    return [current, *(record.noun for record in rest)]


def of_number(transaction: Transaction, root: str, number: str) -> Api | None:
    """The revision with this number, wherever it is kept."""
    for one in (APIS.find(transaction, root), _kept_aside(transaction, root, number)):
        if one is not None and one.noun.api_revision == number:
            return one.noun
    return None


def _kept_aside(transaction: Transaction, root: str, number: str) -> Any:
    return APIS.find(transaction, f"{root};rev={number}")


def make_current(transaction: Transaction, root: str, number: str) -> None:
    """Let callers of the API reach this revision, which exists."""
    old = APIS.get(transaction, root).noun
    if old.api_revision == number:
        return
    new = APIS.get(transaction, f"{root};rev={number}").noun
    aside = f"{root};rev={old.api_revision}"
    olds = [*_parts(transaction, root)]
    news = [*_parts(transaction, new.id)]
    for collection, noun in (*olds, *news):
        collection.delete(transaction, *collection.key_of(noun))
    APIS.delete(transaction, new.id)
    APIS.insert(transaction, structs.replace(old, id=aside, is_current=False))
    APIS.replace(transaction, structs.replace(new, id=root, is_current=True))
    _insert(transaction, olds, root, aside)
    _insert(transaction, news, new.id, root)


def copy(transaction: Transaction, source: str, target: str) -> None:
    """Give one API the operations, policies and schemas of another."""
    _insert(transaction, [*_parts(transaction, source)], source, target)


def _parts(transaction: Transaction, api_id: str) -> Iterator[Owned]:
    for collection in _PARTS:
        below = collection.column.api_id == api_id
        for record in collection.all(transaction, below):
            yield collection, record.noun
    for scoped in (POLICIES, TAGGINGS):
        column, path = scoped.column.scope, f"apis/{api_id}"
        below = column.startswith(f"{path}/", autoescape=True)
        # The tags of an API are of all its revisions, those of operations are not.
        own = below if scoped is TAGGINGS else (column == path) | below
        for found in scoped.all(transaction, own):
            yield scoped, found.noun


def _insert(
    transaction: Transaction, parts: list[Owned], before: str, after: str
) -> None:
    for collection, noun in parts:
        moved: Any
        if hasattr(noun, "scope"):
            scope = noun.scope.replace(f"apis/{before}", f"apis/{after}", 1)
            moved = structs.replace(noun, scope=scope)
        else:
            moved = structs.replace(noun, api_id=after)
        collection.insert(transaction, moved)
