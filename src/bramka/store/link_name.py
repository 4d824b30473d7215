"""Names that callers gave to links between two things."""

from msgspec import Struct

from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction


class LinkName(Struct, frozen=True, rename="camel", kw_only=True):
    """The name of one link; `owner` is the path of the list it stands in."""

    owner: str
    id: str
    target: str


LINK_NAMES = Collection(LinkName, "link_name", wire=QUIET, key=("owner", "id"))


def name_of(transaction: Transaction, owner: str, target: str) -> str | None:
    """The name of the link to `target`; None if nobody gave it one."""
    column = LINK_NAMES.column
    found = LINK_NAMES.all(transaction, column.owner == owner, column.target == target)
    return found[0].noun.id if found else None
