"""Answer with an example of what the operation says it answers.

    <mock-response status-code="200" content-type="application/json" />

The operation's response with that status is looked at: its first example of the
content type is answered, else a sample made from its schema, else nothing. The backend
is not called.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Headers, Response
from bramka.domain.traffic.operation import Operation, Representation
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.schema import ApiSchema
from bramka.domain.traffic.site import ALL_SCOPES, Site
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import phrase
from bramka.policies._samples import sample_of

SECTIONS = frozenset({Section.INBOUND, Section.OUTBOUND, Section.ON_ERROR})
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<mock-response>`."""

    status_code: Annotated[
        int, Meta(ge=100, le=599, description="Status of the answer.")
    ] = 200
    content_type: Annotated[
        str | None, Meta(description="Which content type; the first if left out.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    known: dict[tuple[str, str], tuple[Operation, str | None, bytes]] = {}
    schemas = site.table("api_schemas")

    def run(exchange: Exchange) -> Response:
        operation = exchange.operation
        kind, content = settings.content_type, b""
        if operation is not None:
            key = (operation.api_id, operation.id)
            # Operations change while this step stays.
            if key not in known or known[key][0] is not operation:
                known[key] = operation, *mocked(operation, settings, schemas)
            _, kind, content = known[key]
        headers = Headers()
        if kind is not None:
            headers.set(b"Content-Type", kind.encode("latin-1", "replace"))
        status = settings.status_code
        return Response(status, phrase(status), headers, content)

    return Step(run)


def mocked(
    operation: Operation, settings: Settings, schemas: Mapping[str, ApiSchema]
) -> tuple[str | None, bytes]:
    """Content type and body for one operation."""
    found = _representation(operation, settings)
    if found is None:
        return settings.content_type, b""
    for example in (found.examples or {}).values():
        value = example
        if isinstance(example, dict) and "value" in example:
            value = example["value"]
        return found.content_type, _written(value)
    if found.schema_id and "json" in found.content_type:
        held = schemas.get(f"{operation.api_id}/{found.schema_id}")
        document = None if held is None else held.document
        if document is not None:
            sample = sample_of(document, found.type_name)
            return found.content_type, _written(sample)
    return found.content_type, b""


def _representation(operation: Operation, settings: Settings) -> Representation | None:
    wanted = settings.content_type
    for response in operation.responses:
        if response.status_code == settings.status_code:
            for one in response.representations:
                if wanted is None or one.content_type.lower() == wanted.lower():
                    return one
    return None


def _written(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
