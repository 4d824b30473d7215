"""Named values; one that policies use cannot be deleted."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.named_value import NamedValue, references
from bramka.store.collection import Collection, Record
from bramka.store.policy import FRAGMENTS, POLICIES
from bramka.store.transaction import Transaction

NAMED_VALUES = Collection(
    NamedValue, "named_value", wire="namedValues", sealed=("value",)
)


def put(
    transaction: Transaction, value: NamedValue, match: int | None = None
) -> Record[NamedValue]:
    """Add or replace; Conflict if the name inside `{{…}}` is taken."""
    same = NAMED_VALUES.column.display_name == value.display_name
    for record in NAMED_VALUES.all(transaction, same):
        if record.noun.id != value.id:
            raise Conflict(
                f"Named value '{record.noun.id}' already has the display name "
                f"'{value.display_name}'.",
                target="displayName",
            )
    if NAMED_VALUES.find(transaction, value.id) is None:
        return NAMED_VALUES.insert(transaction, value)
    return NAMED_VALUES.replace(transaction, value, match)


def delete(transaction: Transaction, value_id: str, match: int | None = None) -> bool:
    """Delete; Conflict while a policy or a fragment uses it."""
    record = NAMED_VALUES.find(transaction, value_id)
    if record is None:
        return False
    name = record.noun.display_name
    users = [
        each.noun.scope or "global"
        for each in POLICIES.all(transaction)
        if name in references(each.noun.text)
    ]
    users += [
        f"fragment {each.noun.id}"
        for each in FRAGMENTS.all(transaction)
        if name in references(each.noun.text)
    ]
    if users:
        raise Conflict(
            f"Named value '{value_id}' is used by policies: {', '.join(users[:5])}; "
            "take {{" + name + "}} out of them first.",
            target="namedValueId",
        )
    return NAMED_VALUES.delete(transaction, value_id, match=match)
