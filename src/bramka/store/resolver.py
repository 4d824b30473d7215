"""Resolvers of GraphQL APIs, and their policies."""

from bramka.domain.traffic.resolver import Resolver, ResolverPolicy
from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

RESOLVERS = Collection(Resolver, "resolver", wire=QUIET, key=("api_id", "id"))
RESOLVER_POLICIES = Collection(
    ResolverPolicy,
    "resolver_policy",
    wire=QUIET,
    key=("api_id", "resolver_id", "id"),
)


def delete(transaction: Transaction, api_id: str, resolver_id: str) -> None:
    """Delete a resolver with its policy."""
    RESOLVER_POLICIES.delete(transaction, api_id, resolver_id, "policy")
    RESOLVERS.delete(transaction, api_id, resolver_id)
