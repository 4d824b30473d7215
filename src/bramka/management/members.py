"""Resources below another one: what it is linked with, and what refers to it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import Column, ColumnElement, select

from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Ids, Resource
from bramka.store.collection import Record
from bramka.store.transaction import Transaction

NounT = TypeVar("NounT", bound=Struct)
Change = Callable[[Transaction, str, str], bool]
Pair = tuple[Column[str], Column[str]]


def linked(of: Resource[NounT], pair: Pair) -> Callable[[str], ColumnElement[bool]]:
    """The condition that one of these is paired with the one above."""
    above, below = pair
    return lambda name: of.collection.column.id.in_(select(below).where(above == name))


class Listing(Resource[NounT]):
    """The nouns of another resource that refer to the one above them in the path."""

    verbs = "LG"

    def __init__(
        self,
        of: Resource[NounT],
        owner: str,
        refers: Callable[[str], ColumnElement[bool]],
    ) -> None:
        """`of` shows them; `owner` is the segment of what `refers` compares with."""
        super().__init__()
        self.of, self.refers = of, refers
        self.segment, self.type = of.segment, f"{owner}/{of.segment}"
        self.collection, self.shape = of.collection, of.shape
        self.identifier = of.identifier

    @property
    def filters(self) -> dict[str, Field]:
        return dict(self.of.filters)

    def find(self, call: Call, ids: Ids) -> Record[NounT] | None:
        owner, name = ids
        refers = (self.refers(owner), self.collection.column.id == name)
        found = self.collection.all(call.transaction, *refers)
        return found[0] if found else None

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        del call
        return [self.refers(ids[-1])]

    def show(self, call: Call, noun: NounT) -> Properties:
        return self.of.show(call, noun)


class Joins(Resource[NounT]):
    """Things that are joined and parted: a PUT says nothing but that they belong."""

    tagged = False

    def put(self, call: Call, ids: Ids) -> tuple[Record[NounT], bool]:
        """Link; the member, and whether it is new there."""
        raise NotImplementedError

    def take_out(self, call: Call, ids: Ids) -> bool:
        """Unlink; False if it was not there."""
        raise NotImplementedError


class Members(Listing[NounT], Joins[NounT]):
    """The nouns linked to an owner: listed, asked for, joined and parted."""

    verbs = "LHPD"

    def __init__(
        self,
        of: Resource[NounT],
        owner: str,
        pair: Pair,
        join: Change,
        part: Change,
        *,
        tagged: bool = False,
    ) -> None:
        """`pair`: the columns of the one above and of the one below.

        `join` and `part` take the id of the one above and of the one below.
        """
        super().__init__(of, owner, linked(of, pair))
        self.join, self.part = join, part
        self.tagged = tagged

    def put(self, call: Call, ids: Ids) -> tuple[Record[NounT], bool]:
        owner, member = ids
        joined = self.join(call.transaction, owner, member)
        return self.collection.get(call.transaction, member), joined

    def take_out(self, call: Call, ids: Ids) -> bool:
        owner, member = ids
        return self.part(call.transaction, owner, member)
