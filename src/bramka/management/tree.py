"""The tree of resources below a service instance: what stands under what."""

from bramka.management.api import Apis
from bramka.management.backend import Backends
from bramka.management.group import Groups, join, part
from bramka.management.instance import Instance
from bramka.management.members import Listing, Members, Pair, linked
from bramka.management.named_value import NamedValues
from bramka.management.operation import Operations
from bramka.management.policy import Policies
from bramka.management.product import Products
from bramka.management.report import Reports
from bramka.management.subscription import Subscriptions
from bramka.management.user import Users
from bramka.management.version_set import VersionSets
from bramka.store import product
from bramka.store.api import PRODUCT_APIS
from bramka.store.group import PRODUCT_GROUPS, USER_GROUPS
from bramka.store.links import Links
from bramka.store.subscription import SUBSCRIPTIONS


def tree() -> Instance:
    """The service instance with everything below it."""
    apis, products, groups, users = Apis(), Products(), Groups(), Users()
    subscriptions, row = Subscriptions(), SUBSCRIPTIONS.column
    return Instance(
        Apis(
            Operations(Policies("apis", "operations")),
            Policies("apis"),
            Listing(products, "apis", linked(products, _upwards(PRODUCT_APIS))),
        ),
        Products(
            Members(
                apis,
                "products",
                _downwards(PRODUCT_APIS),
                product.add_api,
                product.remove_api,
            ),
            Members(
                groups,
                "products",
                _downwards(PRODUCT_GROUPS),
                product.add_group,
                product.remove_group,
            ),
            Listing(
                subscriptions, "products", lambda name: row.scope == f"/products/{name}"
            ),
            Policies("products"),
        ),
        Groups(Members(users, "groups", _upwards(USER_GROUPS), join, part)),
        Users(
            Listing(groups, "users", linked(groups, _downwards(USER_GROUPS))),
            Listing(subscriptions, "users", lambda name: row.owner_id == name),
        ),
        subscriptions,
        NamedValues(),
        Backends(),
        VersionSets(),
        Policies(),
        Reports(),
    )


def _downwards(links: Links) -> Pair:
    return links.owner, links.member


def _upwards(links: Links) -> Pair:
    return links.member, links.owner
