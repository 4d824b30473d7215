"""Ids as they are kept: ARM compares them without regard to case.

What was made as `Echo-API` is found as `/apis/echo-api` too, and keeps its spelling.
"""

from typing import Any

from bramka.store.api import APIS
from bramka.store.backend import BACKENDS
from bramka.store.certificate import CERTIFICATES
from bramka.store.collection import Collection
from bramka.store.diagnostic import LOGGERS
from bramka.store.documentation import DOCUMENTATIONS
from bramka.store.group import GROUPS
from bramka.store.operation import OPERATIONS
from bramka.store.product import PRODUCTS
from bramka.store.transaction import Transaction
from bramka.store.user import USERS
from bramka.store.version_set import VERSION_SETS

_KEPT: dict[str, Collection[Any]] = {
    "apis": APIS,
    "apiVersionSets": VERSION_SETS,
    "backends": BACKENDS,
    "certificates": CERTIFICATES,
    "documentations": DOCUMENTATIONS,
    "groups": GROUPS,
    "loggers": LOGGERS,
    "products": PRODUCTS,
    "users": USERS,
}
_SEGMENTS = {segment.lower(): segment for segment in (*_KEPT, "operations")}


def api_spelling(transaction: Transaction, name: str) -> str:
    """The id of an API; one of a revision may be of the current one."""
    root, mark, number = name.partition(";rev=")
    return APIS.spelling(transaction, root) + mark + number


def place_spelling(transaction: Transaction, place: str) -> str:
    """A short path, `/Products/Starter`, as what it names is kept."""
    parts = place.split("/")
    if len(parts) < 2 or parts[0]:
        return place
    parts[1] = _SEGMENTS.get(parts[1].lower(), parts[1])
    if len(parts) > 2 and parts[1] == "apis":
        parts[2] = api_spelling(transaction, parts[2])
    elif len(parts) > 2 and parts[1] in _KEPT:
        parts[2] = _KEPT[parts[1]].spelling(transaction, parts[2])
    if len(parts) > 4 and parts[3].lower() == "operations":
        parts[3] = "operations"
        parts[4] = OPERATIONS.spelling(transaction, parts[2], parts[4])
    return "/".join(parts)
