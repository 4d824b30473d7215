"""Groups."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from bramka.domain.traffic.group import Group
from bramka.management.call import Call, Properties
from bramka.management.filter import Field, Several
from bramka.management.resource import Identifier, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store import group, user
from bramka.store.collection import Record
from bramka.store.links import Links
from bramka.store.transaction import Transaction


class Groups(Resource[Group]):
    """Who sees which products."""

    segment = "groups"
    type = "groups"
    collection = group.GROUPS
    identifier = Identifier(256)
    shape = Shape(
        noun=Group, hidden=frozenset(("id",)), read_only=frozenset(("builtIn",))
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "displayName": Field(column.display_name),
            "description": Field(column.description),
            "externalId": Field(column.external_id, "word"),
        }

    def show(self, call: Call, noun: Group) -> Properties:
        return super().show(call, noun) | {"builtIn": noun.built_in}

    def accept(self, call: Call, sent: Sent[Group]) -> Group:
        if sent.old is not None:
            group.refuse_built_in(sent.old)
        noun = super().accept(call, sent)
        if noun.built_in:
            raise wrong("type", "'system' groups are built in; use 'custom'")
        if (noun.type == "external") != (noun.external_id is not None):
            raise wrong(
                "externalId", "belongs to groups of type 'external', and to all"
            )
        return noun

    def remove(self, call: Call, record: Record[Group]) -> None:
        group.delete(call.transaction, record.noun.id)


def linked_texts(links: Links, owner: ColumnElement[str]) -> Several:
    """The ids of the groups of a product or a user, for $filter."""
    rows = select(links.member).where(links.owner == owner)
    return Several(links.member, "id", rows=rows)


def expanded_groups(call: Call, names: Sequence[str]) -> Properties:
    """What `expandGroups=true` adds to a product or a user."""
    if not call.flag("expandGroups"):
        return {}
    groups = Groups()
    found = group.GROUPS.find_all(call.transaction, [(name,) for name in names])
    return {"groups": [groups.show(call, record.noun) for record in found]}


def join(transaction: Transaction, group_id: str, user_id: str) -> bool:
    """Let a user into a custom group."""
    group.refuse_built_in(group.GROUPS.get(transaction, group_id).noun)
    return user.add_to_group(transaction, group_id, user_id)


def part(transaction: Transaction, group_id: str, user_id: str) -> bool:
    """Take a user out of a custom group."""
    group.refuse_built_in(group.GROUPS.get(transaction, group_id).noun)
    return user.remove_from_group(transaction, group_id, user_id)
