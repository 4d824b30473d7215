"""The credential manager's connections; what they prove themselves with is sealed."""

from bramka.domain.traffic.credential import (
    AccessPolicy,
    Authorization,
    AuthorizationProvider,
)
from bramka.store import connection
from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

AUTHORIZATION_PROVIDERS = Collection(
    AuthorizationProvider, "authorization_provider", wire=QUIET, sealed=("oauth2",)
)
AUTHORIZATIONS = Collection(
    Authorization,
    "authorization",
    wire=QUIET,
    key=("provider_id", "id"),
    sealed=("parameters",),
)
ACCESS_POLICIES = Collection(
    AccessPolicy,
    "access_policy",
    wire=QUIET,
    key=("provider_id", "authorization_id", "id"),
)


def delete_provider(transaction: Transaction, provider_id: str) -> None:
    """Delete a provider with its connections."""
    for collection in (ACCESS_POLICIES, AUTHORIZATIONS):
        column = collection.column
        collection.delete_all(transaction, column.provider_id == provider_id)
    AUTHORIZATION_PROVIDERS.delete(transaction, provider_id)
    connection.forget(transaction, provider_id)


def delete_authorization(transaction: Transaction, provider_id: str, one: str) -> None:
    """Delete a connection with what it allows."""
    column = ACCESS_POLICIES.column
    ACCESS_POLICIES.delete_all(
        transaction,
        column.provider_id == provider_id,
        column.authorization_id == one,
    )
    AUTHORIZATIONS.delete(transaction, provider_id, one)
    connection.forget(transaction, provider_id, one)
