"""`/developer/products`: what a reader can subscribe to."""

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import func

from bramka.domain.traffic.product import Product
from bramka.portals.developer.call import Call
from bramka.portals.developer.listing import Listing, listed
from bramka.portals.developer.visible import product_of, sees_product
from bramka.store.api import APIS
from bramka.store.product import PRODUCTS
from bramka.store.subscribing import held


class Offered(Struct, frozen=True):
    """An API of a product."""

    id: str
    name: str
    description: str | None


class ShownProduct(Struct, frozen=True, rename="camel", kw_only=True):
    """A product, and whether the reader may subscribe to it."""

    id: str
    name: str
    description: str | None
    terms: str | None
    approval_required: bool
    subscriptions_limit: int | None
    subscription_required: bool
    state: str
    apis: list[Offered]
    subscriptions: int
    can_subscribe: bool
    reason: str | UnsetType = UNSET
    """Why not: NoSubscriptionNeeded, SignInFirst, NotPublished or LimitReached."""


def list_products(call: Call) -> Listing[ShownProduct]:
    skip, top = call.page()
    column = PRODUCTS.column
    page = PRODUCTS.page(
        call.transaction,
        sees_product(call.reader),
        order=(func.lower(column.display_name),),
        skip=skip,
        top=top,
    )
    products = [show(call, record.noun) for record in page.records]
    return listed(call, products, page.total, skip)


def show_product(call: Call) -> ShownProduct:
    noun = product_of(call.transaction, call.reader, call.ids["product"])
    return show(call, noun)


def show(call: Call, noun: Product) -> ShownProduct:
    user = call.reader.user_id
    own = 0 if user is None else held(call.transaction, noun.id, user)
    reason = reason_not_to(noun, user, own)
    apis = APIS.find_all(call.transaction, [(one,) for one in noun.apis])
    nouns = sorted((one.noun for one in apis), key=lambda api: api.display_name.lower())
    return ShownProduct(
        id=noun.id,
        name=noun.display_name,
        description=noun.description,
        terms=noun.terms,
        approval_required=noun.approval_required,
        subscriptions_limit=noun.subscriptions_limit,
        subscription_required=noun.subscription_required,
        state=noun.state,
        apis=[Offered(one.id, one.display_name, one.description) for one in nouns],
        subscriptions=own,
        can_subscribe=not reason,
        reason=reason or UNSET,
    )


def reason_not_to(noun: Product, user_id: str | None, own: int) -> str:
    """Why somebody cannot subscribe; "" when they can."""
    if not noun.subscription_required:
        return "NoSubscriptionNeeded"
    if user_id is None:
        return "SignInFirst"
    if noun.state != "published":
        return "NotPublished"
    limit = noun.subscriptions_limit
    return "LimitReached" if limit is not None and own >= limit else ""
