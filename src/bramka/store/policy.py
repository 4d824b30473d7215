"""Policy documents at their scopes, and the fragments they include."""

from bramka.domain.traffic.policy import Fragment, PolicyDocument
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

POLICIES = Collection(PolicyDocument, "policy", wire="policies", key=("scope",))
FRAGMENTS = Collection(Fragment, "fragment", wire="fragments")


def delete_below(transaction: Transaction, scope: str) -> None:
    """Delete the documents of a scope and of the scopes inside it."""
    inside = POLICIES.column.scope.startswith(f"{scope}/", autoescape=True)
    for record in POLICIES.all(transaction, (POLICIES.column.scope == scope) | inside):
        POLICIES.delete(transaction, record.noun.scope)
