"""All nouns of one kind: the small generic core that every file of a noun uses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Double,
    RowMapping,
    Table,
    UnaryExpression,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.schema import SchemaItem

from bramka.domain.errors import Conflict, Missing, Stale
from bramka.store.change import note_change, queue_for_change
from bramka.store.columns import columns_of
from bramka.store.database import METADATA
from bramka.store.links import Links
from bramka.store.noun_row import NounRow
from bramka.store.transaction import Transaction

NounT = TypeVar("NounT", bound=Struct)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""What lower() of both databases does: no other letters."""
Order = ColumnElement[Any] | UnaryExpression[Any]


@dataclass(frozen=True)
class Record(Generic[NounT]):
    """A stored noun, and what the store knows about it."""

    noun: NounT
    revision: int
    """The version of the configuration that it came with: never used twice."""
    created: float
    modified: float


@dataclass(frozen=True)
class Page(Generic[NounT]):
    """Some of the records asked for, and how many there are in all."""

    records: Sequence[Record[NounT]]
    total: int


class Collection(Generic[NounT]):
    """All nouns of one kind; keys are tuples of the fields named in `key`."""

    def __init__(
        self,
        noun: type[NounT],
        name: str,
        *,
        wire: str,
        key: tuple[str, ...] = ("id",),
        sealed: tuple[str, ...] = (),
        links: Mapping[str, Links] | None = None,
        extra: tuple[SchemaItem, ...] = (),
    ) -> None:
        """`sealed` fields are encrypted; `wire` names the table to gateways, or QUIET.

        `extra` columns are kept beside the noun and written by its own file.
        """
        self.noun, self.name, self.wire = noun, name, wire
        self.key, self.sealed, self.links = key, sealed, links or {}
        self.row = NounRow(
            noun, name, key=key, sealed=sealed, without=tuple(self.links)
        )
        self.table = Table(
            name,
            METADATA,
            *columns_of(noun, key=key, sealed=sealed, without=tuple(self.links)),
            *extra,
            Column("revision", BigInteger, nullable=False),
            Column("created", Double, nullable=False),
            Column("modified", Double, nullable=False),
        )
        self.column = self.table.c

    def __repr__(self) -> str:
        return f"<Collection: {self.name}>"

    def key_of(self, noun: NounT) -> tuple[str, ...]:
        return tuple(getattr(noun, field) for field in self.key)

    # --- reading ------------------------------------------------------------------

    def find(self, transaction: Transaction, *key: str) -> Record[NounT] | None:
        """The record, or None."""
        return next(iter(self.find_all(transaction, [key])), None)

    def get(self, transaction: Transaction, *key: str) -> Record[NounT]:
        """The record; Missing if there is none."""
        record = self.find(transaction, *key)
        if record is None:
            raise Missing(f"{self._title} '{'/'.join(key)}' not found.", target=key[-1])
        return record

    def find_all(
        self, transaction: Transaction, keys: Iterable[tuple[str, ...]]
    ) -> list[Record[NounT]]:
        """The records with these keys, as far as they exist."""
        wanted = [self._where(key) for key in keys]
        return self._read(transaction, (or_(*wanted),)) if wanted else []

    def spelling(self, transaction: Transaction, *key: str) -> str:
        """The last part of a key as it is kept; the case of letters is no matter.

        As it was given when there is nothing like it.
        """
        column, given = self.column[self.key[-1]], key[-1]
        pairs = zip(self.key[:-1], key[:-1], strict=True)
        query = select(column).where(
            *(self.column[field] == value for field, value in pairs)
        )
        ask = transaction.connection.scalar
        # Mostly it is given as it is kept, and found by its key.
        found = ask(query.where(column == given)) or ask(
            query.where(func.lower(column) == given.translate(_LOWER))
            .order_by(column)
            .limit(1)
        )
        return given if found is None else str(found)

    def all(
        self, transaction: Transaction, *where: ColumnElement[bool]
    ) -> list[Record[NounT]]:
        """The records that fit, in order of their making."""
        order = (self.column.created, self.column.revision)
        return self._read(transaction, where, order=order)

    def page(
        self,
        transaction: Transaction,
        *where: ColumnElement[bool],
        order: Sequence[Order] = (),
        skip: int = 0,
        top: int | None = None,
    ) -> Page[NounT]:
        """Some of the records that fit, in the order asked for and then by key."""
        total = self.count(transaction, *where)
        ordered = (*order, *(self.column[field] for field in self.key))
        records = self._read(transaction, where, order=ordered, skip=skip, top=top)
        return Page(records, total)

    def count(self, transaction: Transaction, *where: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(self.table).where(*where)
        return int(transaction.connection.scalar(query) or 0)

    # --- writing ------------------------------------------------------------------

    def insert(self, transaction: Transaction, noun: NounT) -> Record[NounT]:
        """Add a noun; Conflict if its key is taken."""
        key = self.key_of(noun)
        queue_for_change(transaction)
        if self.find(transaction, *key) is not None:
            taken = f"{self._title} '{'/'.join(key)}' already exists."
            raise Conflict(taken, target=key[-1])
        revision = note_change(transaction, self.wire, "/".join(key))
        now = transaction.now
        bookkeeping = {"revision": revision, "created": now, "modified": now}
        values = self.row.values(transaction, noun) | bookkeeping
        transaction.connection.execute(insert(self.table).values(values))
        self._set_links(transaction, noun, {})
        return Record(noun, revision, now, now)

    def replace(
        self, transaction: Transaction, noun: NounT, match: int | None = None
    ) -> Record[NounT]:
        """Put `noun` where its key is; Stale unless `match` is None or its revision."""
        key = self.key_of(noun)
        queue_for_change(transaction)
        old = self.get(transaction, *key)
        refuse_stale(old, match)
        revision = note_change(transaction, self.wire, "/".join(key))
        now = transaction.now
        values = self.row.values(transaction, noun)
        values |= {"revision": revision, "modified": now}
        transaction.connection.execute(
            update(self.table).where(self._where(key)).values(values)
        )
        before = {field: getattr(old.noun, field) for field in self.links}
        self._set_links(transaction, noun, before)
        return Record(noun, revision, old.created, now)

    def put(self, transaction: Transaction, noun: NounT) -> Record[NounT]:
        """Insert or replace."""
        queue_for_change(transaction)
        if self.find(transaction, *self.key_of(noun)) is None:
            return self.insert(transaction, noun)
        return self.replace(transaction, noun)

    def delete(
        self, transaction: Transaction, *key: str, match: int | None = None
    ) -> bool:
        """Delete the noun; False if there was none, Stale as for `replace`."""
        queue_for_change(transaction)
        old = self.find(transaction, *key)
        if old is None:
            return False
        refuse_stale(old, match)
        for links in self.links.values():
            links.forget(transaction, owner=key[0])
        transaction.connection.execute(delete(self.table).where(self._where(key)))
        note_change(transaction, self.wire, "/".join(key))
        return True

    def delete_all(self, transaction: Transaction, *where: ColumnElement[bool]) -> None:
        """Delete what fits."""
        for record in self.all(transaction, *where):
            self.delete(transaction, *self.key_of(record.noun))

    def touch(self, transaction: Transaction, *key: str) -> None:
        """Tell gateways that the noun changed, when a part kept elsewhere did."""
        note_change(transaction, self.wire, "/".join(key))

    # --- rows -----------------------------------------------------------------------

    @property
    def _title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    def _where(self, key: tuple[str, ...]) -> ColumnElement[bool]:
        pairs = zip(self.key, key, strict=True)
        return and_(*(self.column[field] == value for field, value in pairs))

    def _read(
        self,
        transaction: Transaction,
        where: Sequence[ColumnElement[bool]],
        *,
        order: Sequence[Order] = (),
        skip: int = 0,
        top: int | None = None,
    ) -> list[Record[NounT]]:
        query = select(self.table).order_by(*order)
        if skip:
            # Only keys are sorted: whole rows do not fit into the memory of a sort.
            keys = select(*(self.column[field] for field in self.key)).where(*where)
            span = keys.order_by(*order).offset(skip).limit(top).subquery()
            pairs = (self.column[field] == span.c[field] for field in self.key)
            query = query.join(span, and_(*pairs))
        else:
            query = query.where(*where).limit(top)
        rows = transaction.connection.execute(query).mappings().all()
        owners = [row[self.key[0]] for row in rows] if self.links else []
        linked = {
            field: links.members(transaction, owners if len(owners) < 500 else None)
            for field, links in self.links.items()
            if owners
        }
        return [self._record(transaction, row, linked) for row in rows]

    def _record(
        self,
        transaction: Transaction,
        columns: RowMapping,
        linked: Mapping[str, Mapping[str, tuple[str, ...]]],
    ) -> Record[NounT]:
        owner = columns[self.key[0]]
        members = {name: known.get(owner, ()) for name, known in linked.items()}
        noun = self.row.noun_of(transaction, columns, members)
        return Record(
            noun, columns["revision"], columns["created"], columns["modified"]
        )

    def _set_links(
        self,
        transaction: Transaction,
        noun: NounT,
        before: Mapping[str, tuple[str, ...]],
    ) -> None:
        owner = self.key_of(noun)[0]
        for field, links in self.links.items():
            members = getattr(noun, field)
            links.exchange(transaction, owner, before.get(field, ()), members)


def refuse_stale(record: Record[Any], match: int | None) -> None:
    """Stale when the caller saw another revision than there is."""
    if match is not None and match != record.revision:
        raise Stale(
            "The resource was changed by somebody else: If-Match names revision "
            f"{match}, but it is at {record.revision}. Read it again and repeat.",
            target="If-Match",
        )
