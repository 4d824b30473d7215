"""Who may hold how many subscriptions: what a subscription and its product decide."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.subscription import Subscription
from bramka.store import product, subscription
from bramka.store.transaction import Transaction


def held(transaction: Transaction, product_id: str, owner_id: str) -> int:
    """How many subscriptions to a product somebody has that have not ended."""
    scope = f"/products/{product_id}"
    return subscription.count_for_scope(transaction, scope, owner_id)


def refuse_over_limit(
    transaction: Transaction, noun: Subscription, old: Subscription | None
) -> None:
    """Conflict when the owner would have more of a product than it allows."""
    if noun.product_id is None or noun.owner_id is None:
        return
    if old is not None and (old.owner_id, old.scope) == (noun.owner_id, noun.scope):
        return
    wanted = product.PRODUCTS.get(transaction, noun.product_id).noun
    limit = wanted.subscriptions_limit
    has = held(transaction, wanted.id, noun.owner_id)
    if limit is not None and has >= limit:
        raise Conflict(
            f"User '{noun.owner_id}' has {has} of {limit} possible subscriptions to "
            f"product '{wanted.id}'.",
            target="ownerId",
        )
