"""The service instance of a database, and what a new one contains."""

import msgspec
from msgspec import Struct, structs

from bramka.domain.clock import Chance
from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.traffic.instance import ServiceInstance
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.product import STARTER_POLICY, Product
from bramka.domain.traffic.subscription import ALL_ACCESS, Subscription
from bramka.domain.traffic.user import Identity, User
from bramka.store import access_token, account, group, product, subscription, user
from bramka.store.change import queue_for_change
from bramka.store.collection import Collection, Record
from bramka.store.policy import POLICIES
from bramka.store.transaction import Transaction

INSTANCES = Collection(ServiceInstance, "instance", wire="instance", key=("name",))
ADMINISTRATOR = "1"
"""Id of the first administrator."""


class Created(Struct, frozen=True, kw_only=True):
    """What is told once, when an instance is made; its repr shows no secrets."""

    instance: ServiceInstance
    password: str
    """Of the administrator."""
    token: str
    """Opens the management REST to its owner."""

    def __repr__(self) -> str:
        return f"<Created: {self.instance.name}>"


def create(
    transaction: Transaction, chance: Chance, instance: ServiceInstance
) -> Created:
    """A new instance with its groups, products, administrator, token and `master`."""
    queue_for_change(transaction)
    old = find(transaction)
    if old is not None:
        raise Conflict(
            f"There is already an instance here: '{old.noun.name}'. Use another data "
            "folder or database for a second one.",
            target="name",
        )
    _check(instance)
    INSTANCES.insert(transaction, instance)
    group.create_system_groups(transaction)
    password = chance.hex(12)
    _create_administrator(transaction, instance, password)
    _create_products(transaction)
    _create_all_access(transaction, chance)
    token = access_token.issue(
        transaction, chance, role="owner", name="made with the instance"
    )
    return Created(instance=instance, password=password, token=token)


def find(transaction: Transaction) -> Record[ServiceInstance] | None:
    """The instance of this database, if it was made."""
    found = INSTANCES.all(transaction)
    return found[0] if found else None


def get(transaction: Transaction) -> Record[ServiceInstance]:
    """The instance of this database; Missing tells how to make one."""
    record = find(transaction)
    if record is None:
        raise Missing("There is no instance here yet; make one with `bramka init`.")
    return record


def delete(transaction: Transaction) -> None:
    """Serve nothing of it any more; all that is in it stays until it is restored."""
    own = get(transaction).noun
    INSTANCES.replace(transaction, structs.replace(own, deleted_at=transaction.now))


def refuse_deleted(transaction: Transaction) -> None:
    """Missing for what developers see of an instance that was deleted."""
    record = find(transaction)
    if record is not None and record.noun.deleted_at is not None:
        raise Missing(
            f"This instance, {record.noun.name}, was deleted; its administrators can "
            "bring it back.",
            target="serviceName",
        )


def _check(instance: ServiceInstance) -> None:
    try:
        msgspec.convert(msgspec.to_builtins(instance), ServiceInstance)
    except msgspec.ValidationError as error:
        raise Invalid(f"The instance cannot be made: {error}") from None


def _create_administrator(
    transaction: Transaction, instance: ServiceInstance, password: str
) -> None:
    administrator = User(
        id=ADMINISTRATOR,
        first_name="Administrator",
        last_name=instance.publisher_name,
        email=instance.publisher_email,
        identities=(Identity(provider="Basic", id=instance.publisher_email),),
        groups=("administrators", "developers"),
        registration_date=transaction.now,
    )
    user.put(transaction, administrator)
    user.set_password(transaction, ADMINISTRATOR, password)
    account.set_role(transaction, ADMINISTRATOR, "owner")


def _create_products(transaction: Transaction) -> None:
    starter = Product(
        id="starter",
        display_name="Starter",
        description=(
            "Subscribers will be able to run 5 calls/minute up to a maximum of "
            "100 calls/week."
        ),
        subscriptions_limit=1,
        state="published",
        groups=("administrators", "developers", "guests"),
    )
    unlimited = Product(
        id="unlimited",
        display_name="Unlimited",
        description=(
            "Subscribers have completely unlimited access to the API. "
            "Administrator approval is required."
        ),
        approval_required=True,
        subscriptions_limit=1,
        state="published",
        groups=("administrators", "developers", "guests"),
    )
    for one in (starter, unlimited):
        product.put(transaction, one)
    document = PolicyDocument(scope="products/starter", text=STARTER_POLICY)
    POLICIES.insert(transaction, document)


def _create_all_access(transaction: Transaction, chance: Chance) -> None:
    master = Subscription(
        id=ALL_ACCESS,
        scope="/",
        display_name="Built-in all-access subscription",
        allow_tracing=True,
        created_date=transaction.now,
    )
    subscription.put(transaction, master, subscription.draw_keys(chance))
