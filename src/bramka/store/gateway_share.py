"""What a gateway that is run apart gets: its APIs, and what they need, no more."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, structs

from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.named_value import references
from bramka.domain.traffic.subscription import Subscription
from bramka.store.api import GATEWAY_APIS, root_id
from bramka.store.configuration import read_configuration
from bramka.store.debug_recall import epoch_of
from bramka.store.self_hosted import authorities_of
from bramka.store.transaction import Transaction

NounT = TypeVar("NounT", bound=Struct)


def configuration_of(transaction: Transaction, gateway_id: str) -> Configuration:
    """The configuration of one gateway."""
    apis = GATEWAY_APIS.members(transaction, [gateway_id]).get(gateway_id, ())
    authorities = authorities_of(transaction, gateway_id)
    whole = read_configuration(transaction)
    own = structs.replace(whole.instance, debug_epoch=epoch_of(transaction, gateway_id))
    whole = structs.replace(whole, instance=own)
    return share(whole, gateway_id, frozenset(apis), authorities)


def share(
    whole: Configuration,
    gateway_id: str,
    apis: frozenset[str],
    authorities: Mapping[str, bool],
) -> Configuration:
    """What of `whole` a gateway needs that serves these APIs.

    `authorities` says of certificates whether it trusts callers who show them.
    """
    products = {
        name: structs.replace(one, apis=tuple(api for api in one.apis if api in apis))
        for name, one in whole.products.items()
        if apis.intersection(one.apis)
    }
    subscriptions = {
        name: one
        for name, one in whole.subscriptions.items()
        if _concerns(one, apis, products)
    }
    owners = {one.owner_id for one in subscriptions.values()}
    policies = {
        scope: one
        for scope, one in whole.policies.items()
        if _stands_there(scope, apis, products)
    }
    texts = "\n".join(one.text for one in policies.values())
    fragments = _named(whole.fragments, texts)
    texts = "\n".join((texts, *(one.text for one in fragments.values())))
    values = {
        name: one
        for name, one in whole.named_values.items()
        if one.display_name in references(texts)
    }
    # A value may name a backend or a certificate as well.
    texts = "\n".join((texts, *(one.value for one in values.values())))
    backends = _named(whole.backends, texts)
    members = {
        member.id
        for one in backends.values()
        for member in (one.pool.services if one.pool else ())
    }
    backends |= {
        name: whole.backends[name] for name in members if name in whole.backends
    }
    proofs = {
        proof.rpartition("/")[2]
        for one in backends.values()
        for proof in (one.credentials.certificate_ids if one.credentials else ())
    }
    return structs.replace(
        whole,
        instance=structs.replace(
            whole.instance,
            gateway_id=gateway_id,
            distrusted=tuple(name for name, yes in authorities.items() if not yes),
        ),
        apis={name: one for name, one in whole.apis.items() if root_id(name) in apis},
        operations={
            key: one
            for key, one in whole.operations.items()
            if root_id(one.api_id) in apis
        },
        products=products,
        subscriptions=subscriptions,
        users={name: one for name, one in whole.users.items() if name in owners},
        policies=policies,
        fragments=fragments,
        named_values=values,
        backends=backends,
        certificates={
            # To trust whoever holds it takes no key.
            name: structs.replace(one, key=b"")
            for name, one in whole.certificates.items()
            if authorities.get(name)
        }
        | {
            name: one
            for name, one in whole.certificates.items()
            if name in proofs or name in texts or one.thumbprint in texts
        },
        schemas=_named(whole.schemas, texts),
        caches=whole.caches if "<cache-" in texts else {},
        diagnostics={
            key: one
            for key, one in whole.diagnostics.items()
            if not one.api_id or root_id(one.api_id) in apis
        },
        api_schemas={
            key: one
            for key, one in whole.api_schemas.items()
            if root_id(one.api_id) in apis
        },
    )


def _named(table: Mapping[str, NounT], texts: str) -> dict[str, NounT]:
    """Those whose id stands somewhere in the texts."""
    return {name: one for name, one in table.items() if name in texts}


def _concerns(one: Subscription, apis: frozenset[str], products: Iterable[str]) -> bool:
    if one.scope in ("/", "/apis"):
        return True
    kind, _, name = one.scope.strip("/").partition("/")
    return name in (products if kind == "products" else apis)


def _stands_there(scope: str, apis: frozenset[str], products: Iterable[str]) -> bool:
    if not scope:
        return True
    kind, _, rest = scope.partition("/")
    name = rest.partition("/")[0]
    return root_id(name) in apis if kind == "apis" else name in products
