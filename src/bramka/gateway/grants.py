"""What each subscription key opens, from plan to plan."""

from collections.abc import Generator, Iterable, Mapping

from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.subscription import Subscription
from bramka.gateway.access import Grant
from bramka.gateway.plan import Plan
from bramka.gateway.touched import Touched


def make_grants(
    configuration: Configuration, before: Plan | None, touched: Touched
) -> Generator[None, None, Mapping[bytes, Grant]]:
    names: Iterable[str] = touched.subscriptions
    grants: dict[bytes, Grant] = {}
    if before is None or (touched.table and touched.everything):
        names = configuration.subscriptions
    else:
        if not touched.subscriptions:
            return before.grants
        grants = dict(before.grants)
        for name in touched.subscriptions:
            old = before.configuration.subscriptions.get(name)
            for digest in () if old is None else _digests(old):
                grants.pop(digest, None)
    for number, name in enumerate(names):
        if number % 256 == 255:
            yield
        subscription = configuration.subscriptions.get(name)
        if subscription is not None:
            grant = _grant(subscription, configuration)
            grants.update(dict.fromkeys(_digests(subscription), grant))
    return grants


def _digests(subscription: Subscription) -> list[bytes]:
    both = (subscription.primary_digest, subscription.secondary_digest)
    return [digest for digest in both if digest]


def _grant(subscription: Subscription, configuration: Configuration) -> Grant:
    product = configuration.products.get(subscription.product_id or "")
    apis: frozenset[str] = frozenset()
    if product is not None:
        apis = frozenset(product.apis)
    elif subscription.api_id is not None:
        apis = frozenset({subscription.api_id})
    user = configuration.users.get(subscription.owner_id or "")
    return Grant(subscription, product, user, apis)
