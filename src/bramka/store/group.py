"""Groups; the three built-in ones stay as they are."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.group import SYSTEM_GROUPS, Group
from bramka.store.change import note_change
from bramka.store.collection import Collection
from bramka.store.links import Links
from bramka.store.transaction import Transaction

GROUPS = Collection(Group, "group", wire="groups")
PRODUCT_GROUPS = Links("product", "group")
USER_GROUPS = Links("user", "group")


def create_system_groups(transaction: Transaction) -> None:
    for name, (title, description) in SYSTEM_GROUPS.items():
        group = Group(
            id=name, display_name=title, description=description, type="system"
        )
        GROUPS.insert(transaction, group)


def refuse_built_in(group: Group) -> None:
    """Conflict when `group` is one of the three that nobody changes."""
    if group.built_in:
        raise Conflict(
            f"Group '{group.id}' is built in; it cannot be changed or deleted.",
            target="groupId",
        )


def delete(transaction: Transaction, group_id: str, match: int | None = None) -> bool:
    """Delete a group; products and users leave it."""
    record = GROUPS.find(transaction, group_id)
    if record is None:
        return False
    refuse_built_in(record.noun)
    for links, wire in ((PRODUCT_GROUPS, "products"), (USER_GROUPS, "users")):
        for owner in links.owners(transaction, group_id):
            links.part(transaction, owner, group_id)
            note_change(transaction, wire, owner)
    return GROUPS.delete(transaction, group_id, match=match)
