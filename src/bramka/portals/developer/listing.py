"""Lists: a page of them, how many there are, and where the rest is."""

from datetime import UTC, datetime
from typing import Generic, TypeVar
from urllib.parse import urlencode

from msgspec import UNSET, Struct, UnsetType

from bramka.portals.developer.call import Call

Item = TypeVar("Item")


class Listing(Struct, Generic[Item], frozen=True, rename="camel", kw_only=True):
    """Some of the items, and how many there are in all."""

    value: list[Item]
    count: int
    next_link: str | UnsetType = UNSET


class Named(Struct, frozen=True):
    """Something by its id and what people call it."""

    id: str
    name: str


def listed(call: Call, items: list[Item], total: int, skip: int) -> Listing[Item]:
    """A page that was read, with a link to the next one if there is more."""
    if not items or skip + len(items) >= total:
        return Listing(value=items, count=total)
    query = urlencode({**call.query, "skip": str(skip + len(items))})
    return Listing(value=items, count=total, next_link=f"{call.url}?{query}")


def whole(items: list[Item]) -> Listing[Item]:
    """A list that is short enough to be told at once."""
    return Listing(value=items, count=len(items))


def moment(seconds: float | None) -> str | None:
    """A time as the REST writes it."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
