"""Products."""

from collections.abc import Sequence

from msgspec.structs import replace
from sqlalchemy import ColumnElement, literal

from bramka.domain.traffic.product import Product
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Identifier, Ids, Resource, Sent
from bramka.management.resources.group import expanded_groups, linked_texts
from bramka.management.resources.tagging import carrying
from bramka.management.shape import Shape, wrong
from bramka.store import product
from bramka.store.collection import Record
from bramka.store.group import PRODUCT_GROUPS

_OF_SUBSCRIPTIONS = ("approvalRequired", "subscriptionsLimit")


class Products(Resource[Product]):
    """Bundles of APIs that developers subscribe to."""

    segment = "products"
    type = "products"
    collection = product.PRODUCTS
    identifier = Identifier(256)
    shape = Shape(noun=Product, hidden=frozenset(("id", "apis", "groups")))

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "displayName": Field(column.display_name),
            "description": Field(column.description),
            "terms": Field(column.terms),
            "state": Field(column.state, "word"),
            "groups": linked_texts(PRODUCT_GROUPS, column.id),
        }

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        tagged = carrying(call, literal("products/") + self.collection.column.id)
        return [*super().within(call, ids), *tagged]

    def show(self, call: Call, noun: Product) -> Properties:
        return super().show(call, noun) | expanded_groups(call, noun.groups)

    def accept(self, call: Call, sent: Sent[Product]) -> Product:
        noun = super().accept(call, sent)
        if noun.subscription_required:
            return noun
        for name in _OF_SUBSCRIPTIONS:
            if sent.given.get(name) not in (None, False):
                raise wrong(
                    name,
                    "can be present only if subscriptionRequired property is present "
                    "and has a value of true",
                )
        # What was said while it took subscriptions means nothing now.
        return replace(noun, approval_required=False, subscriptions_limit=None)

    def save(self, call: Call, noun: Product, sent: Sent[Product]) -> Record[Product]:
        record = product.put(call.transaction, noun)
        if sent.found is None:
            # Administrators see every product from its first moment.
            product.add_group(call.transaction, noun.id, "administrators")
        return record

    def remove(self, call: Call, record: Record[Product]) -> None:
        product.delete(
            call.transaction,
            record.noun.id,
            delete_subscriptions=call.flag("deleteSubscriptions"),
        )
