"""What a gateway that is run apart gets: its APIs, and what they need, no more."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, structs

from bramka.domain.traffic.backend import Backend
from bramka.domain.traffic.certificate import Certificate
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
    distrusted = tuple(name for name, trusted in authorities.items() if not trusted)
    own = structs.replace(whole.instance, gateway_id=gateway_id, distrusted=distrusted)
    of_apis = _of_apis(structs.replace(whole, instance=own), apis)
    with_callers = _with_callers(of_apis, apis)
    return _with_policies(with_callers, apis, authorities)


def _of_apis(whole: Configuration, apis: frozenset[str]) -> Configuration:
    """The APIs and what lies below them."""

    def below(api_id: str) -> bool:
        return root_id(api_id) in apis

    return structs.replace(
        whole,
        apis={name: one for name, one in whole.apis.items() if below(name)},
        operations={
            key: one for key, one in whole.operations.items() if below(one.api_id)
        },
        diagnostics={
            key: one
            for key, one in whole.diagnostics.items()
            if not one.api_id or below(one.api_id)
        },
        api_schemas={
            key: one for key, one in whole.api_schemas.items() if below(one.api_id)
        },
    )


def _with_callers(whole: Configuration, apis: frozenset[str]) -> Configuration:
    """Products that hold one of the APIs, who may call those, and who they are."""
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
    return structs.replace(
        whole,
        products=products,
        subscriptions=subscriptions,
        users={name: one for name, one in whole.users.items() if name in owners},
    )


def _with_policies(
    whole: Configuration, apis: frozenset[str], authorities: Mapping[str, bool]
) -> Configuration:
    """Policies that stand there, and what these name."""
    policies = {
        scope: one
        for scope, one in whole.policies.items()
        if _stands_there(scope, apis, whole.products)
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
    backends = _backends(whole, texts)
    return structs.replace(
        whole,
        policies=policies,
        fragments=fragments,
        named_values=values,
        backends=backends,
        certificates=_certificates(whole, authorities, backends, texts),
        schemas=_named(whole.schemas, texts),
        caches=whole.caches if "<cache-" in texts else {},
    )


def _backends(whole: Configuration, texts: str) -> dict[str, Backend]:
    """Those that the texts name, and the members of pools among them."""
    backends = _named(whole.backends, texts)
    members = {
        member.id
        for one in backends.values()
        for member in (one.pool.services if one.pool else ())
    }
    return backends | {
        name: whole.backends[name] for name in members if name in whole.backends
    }


def _certificates(
    whole: Configuration,
    authorities: Mapping[str, bool],
    backends: Mapping[str, Backend],
    texts: str,
) -> dict[str, Certificate]:
    """Those it trusts, and those it shows to backends or that the texts name."""
    proofs = {
        proof.rpartition("/")[2]
        for one in backends.values()
        for proof in (one.credentials.certificate_ids if one.credentials else ())
    }
    # To trust whoever holds it takes no key.
    trusted = {
        name: structs.replace(one, key=b"")
        for name, one in whole.certificates.items()
        if authorities.get(name)
    }
    shown = {
        name: one
        for name, one in whole.certificates.items()
        if name in proofs or name in texts or one.thumbprint in texts
    }
    return trusted | shown


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
