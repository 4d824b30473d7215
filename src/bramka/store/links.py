"""Links: which nouns belong to which, as a table of pairs."""

from collections.abc import Iterable

from sqlalchemy import Column, ForeignKey, Table, delete, insert, select

from bramka.store.columns import TEXT
from bramka.store.database import METADATA
from bramka.store.transaction import Transaction


class Links:
    """Pairs of an owner and a member, such as a product and an API in it."""

    def __init__(self, owner: str, member: str) -> None:
        """Both are table names; the noun of each is kept under `id`."""
        self.table = Table(
            f"{owner}_{member}",
            METADATA,
            Column("owner", TEXT, ForeignKey(f"{owner}.id"), primary_key=True),
            Column(
                "member", TEXT, ForeignKey(f"{member}.id"), primary_key=True, index=True
            ),
        )
        self.owner: Column[str] = self.table.c.owner
        self.member: Column[str] = self.table.c.member

    def members(
        self, transaction: Transaction, owners: Iterable[str] | None = None
    ) -> dict[str, tuple[str, ...]]:
        """Owner → members in order, for the given owners or for all."""
        query = select(self.owner, self.member).order_by(self.owner, self.member)
        if owners is not None:
            query = query.where(self.owner.in_(list(owners)))
        found: dict[str, list[str]] = {}
        for owner, member in transaction.connection.execute(query):
            found.setdefault(owner, []).append(member)
        return {owner: tuple(members) for owner, members in found.items()}

    def owners(self, transaction: Transaction, member: str) -> list[str]:
        """Who has `member`."""
        query = select(self.owner).where(self.member == member).order_by(self.owner)
        return list(transaction.connection.scalars(query))

    def joined(self, transaction: Transaction, owner: str, member: str) -> bool:
        query = select(self.owner).where(self.owner == owner, self.member == member)
        return transaction.connection.scalar(query) is not None

    def join(self, transaction: Transaction, owner: str, member: str) -> bool:
        """Make the pair; False if it was there."""
        if self.joined(transaction, owner, member):
            return False
        pair = insert(self.table).values(owner=owner, member=member)
        transaction.connection.execute(pair)
        return True

    def exchange(
        self,
        transaction: Transaction,
        owner: str,
        before: Iterable[str],
        after: Iterable[str],
    ) -> None:
        """Have the owner linked with those of `after`, and with no others."""
        old, new = set(before), set(after)
        for member in sorted(new - old):
            self.join(transaction, owner, member)
        for member in sorted(old - new):
            self.part(transaction, owner, member)

    def part(self, transaction: Transaction, owner: str, member: str) -> bool:
        """Undo the pair; False if there was none."""
        pair = delete(self.table).where(self.owner == owner, self.member == member)
        return transaction.connection.execute(pair).rowcount > 0

    def forget(
        self, transaction: Transaction, *, owner: str = "", member: str = ""
    ) -> None:
        """Undo all pairs of an owner or of a member."""
        column, value = (self.owner, owner) if owner else (self.member, member)
        transaction.connection.execute(delete(self.table).where(column == value))
