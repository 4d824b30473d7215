"""Products: what they bundle, who sees them, who may subscribe."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.product import Product
from bramka.store import documentation, policy, subscription, tag
from bramka.store.api import APIS, PRODUCT_APIS
from bramka.store.collection import Collection, Record, refuse_stale
from bramka.store.group import GROUPS, PRODUCT_GROUPS
from bramka.store.transaction import Transaction

PRODUCTS = Collection(
    Product,
    "product",
    wire="products",
    links={"apis": PRODUCT_APIS, "groups": PRODUCT_GROUPS},
)


def put(
    transaction: Transaction, product: Product, match: int | None = None
) -> Record[Product]:
    """Add or replace; Conflict if an API would be in two open products."""
    for api_id in product.apis:
        _refuse_second_open(transaction, product, api_id)
    if PRODUCTS.find(transaction, product.id) is None:
        return PRODUCTS.insert(transaction, product)
    return PRODUCTS.replace(transaction, product, match)


def add_api(transaction: Transaction, product_id: str, api_id: str) -> bool:
    """Bundle the API; False if it was there. Missing when either does not exist."""
    product = PRODUCTS.get(transaction, product_id).noun
    APIS.get(transaction, api_id)
    _refuse_second_open(transaction, product, api_id)
    PRODUCTS.touch(transaction, product_id)
    return PRODUCT_APIS.join(transaction, product_id, api_id)


def remove_api(transaction: Transaction, product_id: str, api_id: str) -> bool:
    PRODUCTS.touch(transaction, product_id)
    return PRODUCT_APIS.part(transaction, product_id, api_id)


def add_group(transaction: Transaction, product_id: str, group_id: str) -> bool:
    """Show the product to the group; False if it saw it before."""
    PRODUCTS.get(transaction, product_id)
    GROUPS.get(transaction, group_id)
    PRODUCTS.touch(transaction, product_id)
    return PRODUCT_GROUPS.join(transaction, product_id, group_id)


def remove_group(transaction: Transaction, product_id: str, group_id: str) -> bool:
    PRODUCTS.touch(transaction, product_id)
    return PRODUCT_GROUPS.part(transaction, product_id, group_id)


def delete(
    transaction: Transaction,
    product_id: str,
    *,
    delete_subscriptions: bool = False,
    match: int | None = None,
) -> bool:
    """Delete; Conflict while there are subscriptions, unless they may go as well."""
    record = PRODUCTS.find(transaction, product_id)
    if record is None:
        return False
    refuse_stale(record, match)
    scope = f"/products/{product_id}"
    held = subscription.count_for_scope(transaction, scope)
    if held and not delete_subscriptions:
        raise Conflict(
            f"Product '{product_id}' has {held} subscription(s); delete them first "
            "or pass deleteSubscriptions=true.",
            target="productId",
        )
    subscription.delete_for_scope(transaction, scope)
    policy.delete_below(transaction, f"products/{product_id}")
    tag.untag(transaction, f"products/{product_id}")
    documentation.WIKIS.delete(transaction, f"products/{product_id}")
    return PRODUCTS.delete(transaction, product_id)


def _refuse_second_open(
    transaction: Transaction, product: Product, api_id: str
) -> None:
    """A call without a key must find one product, so an API is in one open one."""
    if product.subscription_required:
        return
    owners = PRODUCT_APIS.owners(transaction, api_id)
    for record in PRODUCTS.find_all(transaction, [(owner,) for owner in owners]):
        other = record.noun
        if other.id != product.id and not other.subscription_required:
            raise Conflict(
                f"API '{api_id}' is already in the open product '{other.id}'; an API "
                "can be in one product that needs no subscription.",
                target="apiId",
            )
