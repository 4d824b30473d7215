"""APIs; with one go its operations, policies, subscriptions and places in products."""

from sqlalchemy import func, literal

from bramka.domain.errors import Conflict
from bramka.domain.traffic.api import Api
from bramka.store import (
    body_schema,
    diagnostic,
    documentation,
    issue,
    operation,
    policy,
    release,
    resolver,
    subscription,
    tag,
)
from bramka.store.change import note_change
from bramka.store.collection import Collection, Record, refuse_stale
from bramka.store.folding import folded
from bramka.store.links import Links
from bramka.store.transaction import Transaction

APIS = Collection(Api, "api", wire="apis")
PRODUCT_APIS = Links("product", "api")
GATEWAY_APIS = Links("self_hosted", "api")

_BELONGINGS = (
    body_schema.API_SCHEMAS,
    diagnostic.DIAGNOSTICS,
    tag.TAG_DESCRIPTIONS,
    resolver.RESOLVER_POLICIES,
    resolver.RESOLVERS,
    issue.COMMENTS,
    issue.ATTACHMENTS,
    issue.ISSUES,
)
"""What is kept under the id of its API."""


def root_id(api_id: str) -> str:
    """`api_id` without its revision."""
    return api_id.partition(";rev=")[0]


def put(transaction: Transaction, api: Api, match: int | None = None) -> Record[Api]:
    """Add or replace; Conflict if another API answers on the same path and version."""
    # Gateways look at neither the case of a path nor the slashes around it.
    same_place = (
        folded(func.trim(APIS.column.path, "/"))
        == folded(literal(api.path.strip("/"))),
        APIS.column.api_version.is_not_distinct_from(api.api_version),
        APIS.column.api_version_set_id.is_not_distinct_from(api.api_version_set_id),
    )
    for record in APIS.all(transaction, *same_place):
        if root_id(record.noun.id) != root_id(api.id):
            raise Conflict(
                f"API '{record.noun.id}' is already served at path '{api.path}'"
                f"{_version(api)}; choose another path or version.",
                target="path",
            )
    if APIS.find(transaction, api.id) is None:
        return APIS.insert(transaction, api)
    return APIS.replace(transaction, api, match)


def _version(api: Api) -> str:
    return f" in version '{api.api_version}'" if api.api_version else ""


def delete(transaction: Transaction, api_id: str, match: int | None = None) -> bool:
    """Delete the API and all that is only there for it; False if there was none."""
    record = APIS.find(transaction, api_id)
    if record is None:
        return False
    refuse_stale(record, match)
    for each in operation.of_api(transaction, api_id):
        operation.delete(transaction, api_id, each.noun.id)
    policy.delete_below(transaction, f"apis/{api_id}")
    subscription.delete_for_scope(transaction, f"/apis/{api_id}")
    for owner in PRODUCT_APIS.owners(transaction, api_id):
        PRODUCT_APIS.part(transaction, owner, api_id)
        note_change(transaction, "products", owner)
    GATEWAY_APIS.forget(transaction, member=api_id)
    _delete_belongings(transaction, api_id)
    return APIS.delete(transaction, api_id)


def _delete_belongings(transaction: Transaction, api_id: str) -> None:
    for collection in _BELONGINGS:
        column = collection.column
        collection.delete_all(transaction, column.api_id == api_id)
    releases = release.RELEASES
    releases.delete_all(transaction, releases.column.owner == api_id)
    documentation.WIKIS.delete(transaction, f"apis/{api_id}")
    tag.untag(transaction, f"apis/{api_id}")
