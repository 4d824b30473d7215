"""`/developer/apis/{api}/operations`: what an API does, with types and examples."""

from typing import Any

from msgspec import Struct
from sqlalchemy import select

from bramka.domain.traffic.body_type import BodyTypes, example_of
from bramka.domain.traffic.operation import Operation, Parameter, Representation
from bramka.portals.developer.call import Call
from bramka.portals.developer.listing import Listing, whole
from bramka.portals.developer.visible import api_of
from bramka.store import operation
from bramka.store.body_schema import API_SCHEMAS
from bramka.store.tag import TAGGINGS, TAGS
from bramka.store.transaction import Transaction


class ShownParameter(Struct, frozen=True, rename="camel", kw_only=True):
    """A parameter or header."""

    name: str
    type: str
    required: bool
    description: str | None
    default_value: str | None
    values: tuple[str, ...]


class ShownBody(Struct, frozen=True, rename="camel", kw_only=True):
    """A body in one content type."""

    content_type: str
    schema: dict[str, Any] | None
    example: Any


class ShownRequest(Struct, frozen=True, rename="camel", kw_only=True):
    """What an operation expects."""

    description: str | None = None
    query_parameters: list[ShownParameter] = []
    headers: list[ShownParameter] = []
    representations: list[ShownBody] = []


class ShownResponse(Struct, frozen=True, rename="camel", kw_only=True):
    """What an operation may answer."""

    status_code: int
    description: str | None
    headers: list[ShownParameter]
    representations: list[ShownBody]


class ShownOperation(Struct, frozen=True, rename="camel", kw_only=True):
    """One operation."""

    id: str
    name: str
    method: str
    url_template: str
    description: str | None
    tags: list[str]
    template_parameters: list[ShownParameter]
    request: ShownRequest
    responses: list[ShownResponse]


def list_operations(call: Call) -> Listing[ShownOperation]:
    api = api_of(call.transaction, call.reader, call.ids["api"])
    found = [one.noun for one in operation.of_api(call.transaction, api.id)]
    tags = _tags(call.transaction, api.id)
    if wanted := call.query.get("search", "").strip().lower():
        found = [one for one in found if _speaks_of(one, wanted)]
    if tag := call.query.get("tag"):
        found = [
            one for one in found if any(tag in pair for pair in tags.get(one.id, ()))
        ]
    types = BodyTypes(_schemas(call.transaction, api.id))
    return whole([_shown(one, types, tags.get(one.id, [])) for one in found])


def _schemas(transaction: Transaction, api_id: str) -> list[Any]:
    where = API_SCHEMAS.column.api_id == api_id
    return [record.noun for record in API_SCHEMAS.all(transaction, where)]


def _tags(transaction: Transaction, api_id: str) -> dict[str, list[tuple[str, str]]]:
    """Operation → id and name of each of its tags."""
    home = f"apis/{api_id}/operations/"
    tagging, tag = TAGGINGS.column, TAGS.column
    query = (
        select(tagging.scope, tag.id, tag.display_name)
        .join_from(TAGGINGS.table, TAGS.table, tag.id == tagging.tag_id)
        .where(tagging.scope.startswith(home, autoescape=True))
        .order_by(tag.display_name)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for scope, name, title in transaction.connection.execute(query):
        found.setdefault(scope.removeprefix(home), []).append((name, title))
    return found


def _speaks_of(noun: Operation, wanted: str) -> bool:
    texts = (noun.display_name, noun.url_template, noun.description or "", noun.method)
    return any(wanted in text.lower() for text in texts)


def _shown(
    noun: Operation, types: BodyTypes, tags: list[tuple[str, str]]
) -> ShownOperation:
    asked = noun.request
    request = ShownRequest()
    if asked is not None:
        request = ShownRequest(
            description=asked.description,
            query_parameters=_parameters(asked.query_parameters),
            headers=_parameters(asked.headers),
            representations=_bodies(asked.representations, types),
        )
    return ShownOperation(
        id=noun.id,
        name=noun.display_name,
        method=noun.method,
        url_template=noun.url_template,
        description=noun.description,
        tags=[title for _, title in tags],
        template_parameters=_parameters(noun.template_parameters),
        request=request,
        responses=[
            ShownResponse(
                status_code=one.status_code,
                description=one.description,
                headers=_parameters(one.headers),
                representations=_bodies(one.representations, types),
            )
            for one in noun.responses
        ],
    )


def _parameters(nouns: tuple[Parameter, ...]) -> list[ShownParameter]:
    return [
        ShownParameter(
            name=one.name,
            type=one.type,
            required=one.required,
            description=one.description,
            default_value=one.default_value,
            values=one.values,
        )
        for one in nouns
    ]


def _bodies(nouns: tuple[Representation, ...], types: BodyTypes) -> list[ShownBody]:
    return [_body(one, types) for one in nouns]


def _body(noun: Representation, types: BodyTypes) -> ShownBody:
    schema = types.resolved(noun.type_name) if noun.type_name else None
    if schema is None and noun.form_parameters:
        schema = _form(noun.form_parameters)
    example = _given(noun.examples)
    # Only of JSON is a made-up value sure to be written rightly.
    if example is None and (_is_json(noun.content_type) or noun.form_parameters):
        example = example_of(schema)
    return ShownBody(content_type=noun.content_type, schema=schema, example=example)


def _form(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for one in parameters:
        kept: dict[str, Any] = {"type": one.type}
        if one.description:
            kept["description"] = one.description
        if one.values:
            kept["enum"] = list(one.values)
        if one.default_value is not None:
            kept["default"] = one.default_value
        properties[one.name] = kept
    required = [one.name for one in parameters if one.required]
    return {"type": "object", "properties": properties, "required": required}


def _given(examples: dict[str, Any] | None) -> Any:
    """The first example that its author wrote."""
    for one in (examples or {}).values():
        if isinstance(one, dict) and one.get("value") is not None:
            return one["value"]
    return None


def _is_json(content_type: str) -> bool:
    plain = content_type.partition(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")
