"""Policy documents at their scopes, and the fragments they include."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.policy import Fragment, PolicyDocument, Restriction
from bramka.store.change import QUIET
from bramka.store.collection import Collection, Record
from bramka.store.transaction import Transaction

POLICIES = Collection(PolicyDocument, "policy", wire="policies", key=("scope",))
FRAGMENTS = Collection(Fragment, "fragment", wire="fragments")
RESTRICTIONS = Collection(Restriction, "policy_restriction", wire=QUIET)


def delete_below(transaction: Transaction, scope: str) -> None:
    """Delete the documents of a scope and of the scopes inside it."""
    inside = POLICIES.column.scope.startswith(f"{scope}/", autoescape=True)
    for record in POLICIES.all(transaction, (POLICIES.column.scope == scope) | inside):
        POLICIES.delete(transaction, record.noun.scope)


def including(transaction: Transaction, fragment: str) -> list[Record[PolicyDocument]]:
    """The documents that include a fragment."""
    marks = (f'fragment-id="{fragment}"', f"fragment-id='{fragment}'")
    named = POLICIES.column.text.contains(fragment, autoescape=True)
    return [
        record
        for record in POLICIES.all(transaction, named)
        if any(mark in "".join(record.noun.text.split(" ")) for mark in marks)
    ]


def delete_fragment(transaction: Transaction, fragment: str) -> None:
    """Delete a fragment; Conflict while a document includes it."""
    users = [
        record.noun.scope or "global" for record in including(transaction, fragment)
    ]
    if users:
        raise Conflict(
            f"Fragment '{fragment}' is included by: {', '.join(users[:5])}; take it "
            "out of there first.",
            target="id",
        )
    FRAGMENTS.delete(transaction, fragment)
