"""`/developer/subscriptions`: the reader's own, with their keys."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs
from sqlalchemy import case

from bramka.domain.errors import Conflict, Forbidden, Invalid, Missing
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import Subscription, dated, step
from bramka.portals.developer.call import Call, Created
from bramka.portals.developer.listing import Listing, Named, listed, moment
from bramka.portals.developer.products import reason_not_to
from bramka.portals.developer.visible import product_of
from bramka.store import notice, portal_rules, subscription
from bramka.store.api import APIS
from bramka.store.collection import Collection
from bramka.store.product import PRODUCTS
from bramka.store.subscribing import held, refuse_over_limit
from bramka.store.subscription import SUBSCRIPTIONS, Keys, draw_keys, keys_of

ID_BYTES = 12
Name = Annotated[str, Meta(min_length=1, max_length=100)]


class ShownSubscription(Struct, frozen=True, rename="camel", kw_only=True):
    """A subscription; its keys are only told when asked for by POST."""

    id: str
    name: str | None
    scope: str
    product: Named | None
    api: Named | None
    state: str
    created_date: str | None
    start_date: str | None
    expiration_date: str | None
    state_comment: str | None


class Wanted(Struct, frozen=True, rename="camel", kw_only=True):
    """What a reader subscribes to."""

    product_id: str
    name: Name | None = None
    terms_accepted: bool = False


class Renaming(Struct, frozen=True):
    """The new name of a subscription."""

    name: Name


class Renewal(Struct, frozen=True):
    """Which key is made anew."""

    key: Literal["primary", "secondary"]


def list_subscriptions(call: Call) -> Listing[ShownSubscription]:
    skip, top = call.page()
    column = SUBSCRIPTIONS.column
    own = column.owner_id == call.reader.user
    # Those with keys come first: what has ended is seldom looked for.
    alive = column.state.in_(("active", "submitted"))
    order = (case((alive, 0), else_=1), column.created_date.desc())
    page = SUBSCRIPTIONS.page(call.transaction, own, order=order, skip=skip, top=top)
    shown = _all_shown(call, [record.noun for record in page.records])
    return listed(call, shown, page.total, skip)


def show_subscription(call: Call) -> ShownSubscription:
    return _shown(call, own_subscription(call))


def subscribe(call: Call) -> Created:
    """A new subscription: active, or submitted where the product wants approval."""
    user, wanted = call.reader.user, call.read(Wanted)
    transaction = call.transaction
    product = product_of(transaction, call.reader, wanted.product_id)
    _refuse_subscribing(call, product, wanted)
    noun = Subscription(
        id=call.chance.hex(ID_BYTES),
        scope=f"/products/{product.id}",
        display_name=wanted.name or product.display_name[:100],
        owner_id=user,
        state="submitted" if product.approval_required else "active",
    )
    refuse_over_limit(transaction, noun, None)
    noun = dated(noun, None, transaction.now)
    subscription.put(transaction, noun, draw_keys(call.chance))
    notice.subscription_changed(transaction, call.portal, noun, None)
    return Created(_shown(call, noun))


def rename(call: Call) -> ShownSubscription:
    noun = own_subscription(call)
    changed = structs.replace(noun, display_name=call.read(Renaming).name)
    return _shown(call, SUBSCRIPTIONS.replace(call.transaction, changed).noun)


def cancel(call: Call) -> ShownSubscription:
    noun = own_subscription(call)
    cancelled = structs.replace(noun, state=step(noun.state, "cancel"))
    cancelled = dated(cancelled, noun, call.transaction.now)
    notice.subscription_changed(call.transaction, call.portal, cancelled, noun)
    return _shown(call, SUBSCRIPTIONS.replace(call.transaction, cancelled).noun)


def show_keys(call: Call) -> Keys:
    return keys_of(call.transaction, own_subscription(call).id)


def regenerate(call: Call) -> Keys:
    noun, wanted = own_subscription(call), call.read(Renewal)
    if noun.state == "cancelled":
        raise Conflict("A cancelled subscription gets no new keys; subscribe again.")
    subscription.regenerate(call.transaction, noun.id, wanted.key, call.chance)
    return keys_of(call.transaction, noun.id)


def own_subscription(call: Call) -> Subscription:
    """The reader's subscription; Missing for anybody else's."""
    user, wanted = call.reader.user, call.ids["subscription"]
    found = SUBSCRIPTIONS.find(call.transaction, wanted)
    if found is None or found.noun.owner_id != user:
        raise Missing(f"Subscription '{wanted}' not found.", target="subscriptionId")
    return found.noun


def _refuse_subscribing(call: Call, product: Product, wanted: Wanted) -> None:
    if portal_rules.read(call.transaction).delegation.subscriptions:
        raise Forbidden("Subscribing is done on another site; follow its link.")
    own = held(call.transaction, product.id, call.reader.user)
    reason = reason_not_to(product, call.reader.user, own)
    # The limit is refused where everybody's limits are.
    if reason and reason != "LimitReached":
        raise Conflict(
            f"Product '{product.id}' cannot be subscribed to: {reason}.",
            target="productId",
        )
    if product.terms and not wanted.terms_accepted:
        raise Invalid(
            "The product has terms of use; accept them with termsAccepted: true.",
            target="termsAccepted",
        )


def _named(call: Call, of: Collection[Any], ids: set[str | None]) -> dict[str, Named]:
    found = of.find_all(call.transaction, [(one,) for one in sorted(filter(None, ids))])
    return {one.noun.id: Named(one.noun.id, one.noun.display_name) for one in found}


def _shown(call: Call, noun: Subscription) -> ShownSubscription:
    (shown,) = _all_shown(call, [noun])
    return shown


def _all_shown(call: Call, nouns: list[Subscription]) -> list[ShownSubscription]:
    products = _named(call, PRODUCTS, {one.product_id for one in nouns})
    apis = _named(call, APIS, {one.api_id for one in nouns})
    return [
        _told(noun, products.get(noun.product_id or ""), apis.get(noun.api_id or ""))
        for noun in nouns
    ]


def _told(
    noun: Subscription, product: Named | None, api: Named | None
) -> ShownSubscription:
    return ShownSubscription(
        id=noun.id,
        name=noun.display_name,
        scope=noun.scope,
        product=product,
        api=api,
        state=noun.state,
        created_date=moment(noun.created_date),
        start_date=moment(noun.start_date),
        expiration_date=moment(noun.expiration_date),
        state_comment=noun.state_comment,
    )
