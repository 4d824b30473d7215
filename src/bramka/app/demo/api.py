"""The article's API in front of the demo's web service, its products and developer."""

from msgspec import Struct, structs

from bramka.domain.clock import Chance
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.service import Definition
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import Identity, User
from bramka.store import api, subscription, user
from bramka.store.service_api import Front, put_in_front
from bramka.store.transaction import Transaction

API = "azureml-demo"
DEVELOPER = "developer"
DEVELOPER_EMAIL = "developer@demoazureml.example"
PRODUCTS = ("starter", "unlimited")


class Keys(Struct, frozen=True):
    """The developer's subscription keys."""

    starter: str
    unlimited: str


def set_up_api(
    transaction: Transaction,
    endpoint: Endpoint,
    definition: Definition,
    services_url: str,
    services_url_before: str | None,
) -> None:
    """Make the API if there is none; else let it follow the services' address.

    Whatever else was changed since is left as it is, and so is an address that
    somebody chose; without an address from before, that cannot be told.
    """
    record = api.APIS.find(transaction, API)
    if record is None:
        front = Front(
            id=API,
            path=API,
            display_name="AzureML Demo API",
            service_url=services_url,
            products=PRODUCTS,
        )
        put_in_front(transaction, front, endpoint, definition)
    elif services_url_before in (None, record.noun.service_url):
        moved = structs.replace(record.noun, service_url=services_url)
        api.put(transaction, moved)


def set_up_developer(transaction: Transaction, password: str | None) -> None:
    """Make the developer if there is none; `password` replaces the one they had."""
    if user.USERS.find(transaction, DEVELOPER) is None:
        developer = User(
            id=DEVELOPER,
            first_name="Dana",
            last_name="Developer",
            email=DEVELOPER_EMAIL,
            identities=(Identity(provider="Basic", id=DEVELOPER_EMAIL),),
            groups=("developers",),
            registration_date=transaction.now,
        )
        user.put(transaction, developer)
    if password is not None:
        user.set_password(transaction, DEVELOPER, password)


def set_up_subscriptions(transaction: Transaction, chance: Chance) -> Keys:
    """The developer's keys for both products; subscribes where that is not done."""
    keys = {}
    for product_id in PRODUCTS:
        name = f"demo-{product_id}"
        if subscription.SUBSCRIPTIONS.find(transaction, name) is None:
            one = Subscription(
                id=name,
                scope=f"/products/{product_id}",
                display_name=f"Demo of {product_id.capitalize()}",
                owner_id=DEVELOPER,
                created_date=transaction.now,
                start_date=transaction.now,
            )
            subscription.put(transaction, one, subscription.draw_keys(chance))
        keys[product_id] = subscription.keys_of(transaction, name).primary_key
    return Keys(**keys)
