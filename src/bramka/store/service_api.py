"""The API in front of a web service: made or renewed with all that belongs to it."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.errors import Conflict, Missing
from bramka.domain.learning import service_api
from bramka.domain.learning.endpoint import Endpoint, gateway_proof
from bramka.domain.learning.service import Definition
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.policy import PolicyDocument
from bramka.store import api, body_schema, named_value, operation, policy, product
from bramka.store.service import endpoint_keys
from bramka.store.transaction import Transaction


class Front(Struct, frozen=True, kw_only=True):
    """What is to stand in front of a service."""

    id: str
    path: str
    display_name: str
    service_url: str
    """Where the gateway reaches the services."""
    products: Sequence[str]
    adds_key: bool = False
    """Whether callers need no key of the service."""


def put_in_front(
    transaction: Transaction, front: Front, endpoint: Endpoint, definition: Definition
) -> list[str]:
    """Make the API, operations, policy and places in products; the named values made.

    Done again it renews them; Conflict if the API stands before something else.
    """
    _refuse_another(transaction, front, endpoint)
    api.put(
        transaction,
        Api(
            id=front.id,
            display_name=front.display_name,
            path=front.path,
            service_url=front.service_url,
            protocols=("http", "https"),
            description=definition.description or None,
        ),
    )
    body_schema.API_SCHEMAS.put(transaction, service_api.schema(front.id, definition))
    made = service_api.operations(front.id, endpoint, definition)
    operation.put_all(transaction, front.id, made)
    for each in front.products:
        product.add_api(transaction, each, front.id)
    return _put_policy(transaction, front, endpoint)


def follow_key(transaction: Transaction, endpoint_id: str) -> None:
    """Let the gateway add the key that the endpoint has now, if it adds one."""
    name = _key_name(endpoint_id)
    if named_value.NAMED_VALUES.find(transaction, name) is not None:
        key = endpoint_keys(transaction, endpoint_id).primary
        _put_secret(transaction, name, key)


def follow_definition(
    transaction: Transaction, endpoint: Endpoint, read: Callable[[], Definition]
) -> None:
    """Tell in the APIs before an endpoint, if there are any, what it takes now."""
    if named_value.NAMED_VALUES.find(transaction, _proof_name(endpoint.id)) is None:
        return
    schemas = body_schema.API_SCHEMAS
    for record in schemas.all(transaction, schemas.column.id == service_api.SCHEMA):
        name = record.noun.api_id
        if _stands_before(transaction, name) == {endpoint.id}:
            _tell(transaction, name, endpoint, read())


def _tell(
    transaction: Transaction, name: str, endpoint: Endpoint, definition: Definition
) -> None:
    body_schema.API_SCHEMAS.put(transaction, service_api.schema(name, definition))
    made = {
        each.id: each for each in service_api.operations(name, endpoint, definition)
    }
    # What people have written of the operations themselves stays.
    told = [
        replace(each, request=made[each.id].request, responses=made[each.id].responses)
        for each in (record.noun for record in operation.of_api(transaction, name))
        if each.id in made
    ]
    operation.put_all(transaction, name, told)


def _refuse_another(transaction: Transaction, front: Front, endpoint: Endpoint) -> None:
    if api.APIS.find(transaction, front.id) is None:
        return
    if _stands_before(transaction, front.id) != {endpoint.id}:
        raise Conflict(
            f"API '{front.id}' is there already and is not this service's; choose "
            "another apiPath.",
            target="apiPath",
        )


def _stands_before(transaction: Transaction, name: str) -> set[str | None]:
    """The endpoints that an API's operations name."""
    return {
        parameter.default_value
        for record in operation.of_api(transaction, name)
        for parameter in record.noun.template_parameters
        if parameter.name == "service"
    }


def _put_policy(
    transaction: Transaction, front: Front, endpoint: Endpoint
) -> list[str]:
    proof, key = _proof_name(endpoint.id), _key_name(endpoint.id)
    pepper = transaction.vault.pepper
    _put_secret(transaction, proof, gateway_proof(pepper, endpoint.id))
    if front.adds_key:
        primary = endpoint_keys(transaction, endpoint.id).primary
        _put_secret(transaction, key, primary)
    text = service_api.policy_text(proof, key if front.adds_key else None)
    policy.POLICIES.put(
        transaction, PolicyDocument(scope=f"apis/{front.id}", text=text)
    )
    if not front.adds_key:
        _drop(transaction, key)
    return [proof, *([key] if front.adds_key else [])]


def _drop(transaction: Transaction, name: str) -> None:
    try:
        named_value.delete(transaction, name)
    except (Conflict, Missing):
        return  # Another policy uses it; it stays.


def _put_secret(transaction: Transaction, name: str, value: str) -> None:
    secret = NamedValue(id=name, display_name=name, value=value, secret=True)
    named_value.put(transaction, secret)


def _key_name(endpoint_id: str) -> str:
    return f"service-key-{endpoint_id}"


def _proof_name(endpoint_id: str) -> str:
    return f"service-proof-{endpoint_id}"
