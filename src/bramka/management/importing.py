"""Importing: an API and its operations from a document."""

from collections.abc import Iterable, Sequence

from msgspec import structs

from bramka.domain.errors import Unsupported
from bramka.domain.traffic.imported import ImportedApi
from bramka.domain.traffic.openapi_read import read_openapi
from bramka.domain.traffic.openapi_types import SCHEMA_ID
from bramka.domain.traffic.operation import Operation, repeated_in
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.schema import ApiSchema
from bramka.domain.traffic.soap_read import read_wadl, read_wsdl
from bramka.management.call import Properties
from bramka.management.document_text import read_document
from bramka.management.shape import is_address, wrong
from bramka.store import operation
from bramka.store.body_schema import API_SCHEMAS
from bramka.store.operation import OPERATIONS, shape_of
from bramka.store.policy import POLICIES
from bramka.store.transaction import Transaction

_OPENAPI = ("openapi", "openapi+json", "swagger-json")
FORMATS = (*_OPENAPI, "wadl-xml", "wsdl")
_ELSEWHERE = ("graphql-link", "odata", "odata-link", "grpc", "grpc-link")


def read_import(given: Properties, api_id: str) -> ImportedApi | None:
    """The API in the body of a PUT; None if none is imported."""
    form, text = given.get("format"), given.get("value")
    if form is None and text is None:
        return None
    if form in _ELSEWHERE:
        raise Unsupported(
            f"The format '{form}' is not read by this version; it reads "
            f"{', '.join(FORMATS)} and their links.",
            target="format",
        )
    if form not in FORMATS:
        raise wrong("format", f"'{form}' is not one of {', '.join(FORMATS)}")
    if not isinstance(text, str) or not text.strip():
        raise wrong("value", "'value' is required: the text of the document")
    if form == "wadl-xml":
        return read_wadl(text, api_id)
    if form == "wsdl":
        return read_wsdl(text, api_id, _selector(given))
    translate = given.get("translateRequiredQueryParameters", "template")
    if translate not in ("template", "query"):
        raise wrong(
            "translateRequiredQueryParameters",
            f"'{translate}' is not template or query",
        )
    return read_openapi(
        read_document(text), api_id, query_in_template=translate == "template"
    )


def _selector(given: Properties) -> tuple[str | None, str | None]:
    wanted = given.get("wsdlSelector")
    if not isinstance(wanted, dict):
        return None, None
    return wanted.get("wsdlServiceName"), wanted.get("wsdlEndpointName")


def properties_of(found: ImportedApi) -> Properties:
    """What the document says of the API, as if the caller had written it."""
    told: Properties = {"displayName": found.title, **found.extra}
    if found.description:
        told["description"] = found.description
    # A document may name its server by a path alone: that leads nowhere from here.
    if found.service_url and is_address(found.service_url, "http", "https"):
        told["serviceUrl"] = found.service_url
    if found.protocols:
        told["protocols"] = found.protocols
    return told


def keep_import(transaction: Transaction, api_id: str, found: ImportedApi) -> None:
    """Make the operations of the API those of the document; policies stay."""
    _refuse_alike(found.operations)
    old = {one.noun.id: one.noun for one in operation.of_api(transaction, api_id)}
    policies = _policies_by_shape(transaction, api_id, old.values(), found)
    new = {one.id for one in found.operations}
    for gone in old.keys() - new:
        operation.delete(transaction, api_id, gone)
    for one in found.operations:
        if one.id not in old:
            OPERATIONS.insert(transaction, one)
        elif old[one.id] != one:
            OPERATIONS.replace(transaction, one)
    for document in policies:
        POLICIES.put(transaction, document)
    _keep_schemas(transaction, api_id, found)


def _keep_schemas(transaction: Transaction, api_id: str, found: ImportedApi) -> None:
    if found.schema_type:
        schema = ApiSchema(
            api_id=api_id,
            id=SCHEMA_ID,
            content_type=found.schema_type,
            document=dict(found.schemas),
        )
        API_SCHEMAS.put(transaction, schema)
    else:
        API_SCHEMAS.delete(transaction, api_id, SCHEMA_ID)


def _refuse_alike(operations: Sequence[Operation]) -> None:
    """What a call could not be told apart for is refused: operations, parameters."""
    seen: dict[object, str] = {}
    for one in operations:
        if twice := repeated_in(one.url_template):
            raise wrong(
                "value",
                f"{{{twice}}} stands twice in {one.url_template} of the operation "
                f"'{one.id}'; give each its own name",
            )
        other = seen.setdefault(shape_of(one), one.id)
        if other != one.id:
            raise wrong(
                "value",
                f"the operations '{other}' and '{one.id}' both answer {one.method} "
                f"{one.url_template}",
            )


def _policies_by_shape(
    transaction: Transaction,
    api_id: str,
    old: Iterable[Operation],
    found: ImportedApi,
) -> list[PolicyDocument]:
    """Documents of operations that only got another id, at their new scope."""
    by_shape = {shape_of(one): one.id for one in old}
    moved = []
    for one in found.operations:
        before = by_shape.get(shape_of(one))
        if before is None or before == one.id:
            continue
        scope = f"apis/{api_id}/operations/"
        document = POLICIES.find(transaction, scope + before)
        if document is not None:
            moved.append(structs.replace(document.noun, scope=scope + one.id))
    return moved
