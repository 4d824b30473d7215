"""Gateways that are run apart; the keys that sign their tokens are encrypted."""

from bramka.domain.traffic.self_hosted import Authority, Hostname, SelfHosted
from bramka.store.api import APIS, GATEWAY_APIS
from bramka.store.change import QUIET
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

SELF_HOSTED = Collection(
    SelfHosted, "self_hosted", wire=QUIET, sealed=("primary_key", "secondary_key")
)
HOSTNAMES = Collection(Hostname, "hostname", wire=QUIET, key=("gateway_id", "id"))
AUTHORITIES = Collection(Authority, "authority", wire=QUIET, key=("gateway_id", "id"))


def add_api(transaction: Transaction, gateway_id: str, api_id: str) -> bool:
    """Let the gateway serve the API; False if it did before."""
    SELF_HOSTED.get(transaction, gateway_id)
    APIS.get(transaction, api_id)
    APIS.touch(transaction, api_id)
    return GATEWAY_APIS.join(transaction, gateway_id, api_id)


def remove_api(transaction: Transaction, gateway_id: str, api_id: str) -> bool:
    APIS.touch(transaction, api_id)
    return GATEWAY_APIS.part(transaction, gateway_id, api_id)


def authorities_of(transaction: Transaction, gateway_id: str) -> dict[str, bool]:
    """Certificate id → whether the gateway trusts it; nothing said of the others."""
    column = AUTHORITIES.column
    records = AUTHORITIES.all(transaction, column.gateway_id == gateway_id)
    return {one.noun.id: one.noun.is_trusted for one in records}


def delete(transaction: Transaction, gateway_id: str) -> None:
    """Delete a gateway with its names; its tokens are worthless from then on."""
    for collection in (HOSTNAMES, AUTHORITIES):
        column = collection.column
        collection.delete_all(transaction, column.gateway_id == gateway_id)
    GATEWAY_APIS.forget(transaction, owner=gateway_id)
    SELF_HOSTED.delete(transaction, gateway_id)
