"""An operation: one verb on one URL template of an API."""

import re
from typing import Annotated, Any

from msgspec import Meta, Struct

TEMPLATE_PARAMETER = re.compile(r"\{([^{}]*)\}")


class Parameter(Struct, frozen=True, rename="camel", kw_only=True):
    """A template, query or header parameter, or a form field."""

    name: str
    type: str
    description: str | None = None
    default_value: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()
    schema_id: str | None = None
    type_name: str | None = None
    examples: dict[str, Any] | None = None


class Representation(Struct, frozen=True, rename="camel", kw_only=True):
    """A body in one content type."""

    content_type: str
    schema_id: str | None = None
    type_name: str | None = None
    form_parameters: tuple[Parameter, ...] | None = None
    examples: dict[str, Any] | None = None


class RequestContract(Struct, frozen=True, rename="camel", kw_only=True):
    """What an operation expects."""

    description: str | None = None
    query_parameters: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    representations: tuple[Representation, ...] = ()


class ResponseContract(Struct, frozen=True, rename="camel", kw_only=True):
    """What an operation may answer."""

    status_code: Annotated[int, Meta(ge=100, le=599)]
    description: str | None = None
    headers: tuple[Parameter, ...] = ()
    representations: tuple[Representation, ...] = ()


HANDSHAKE = "onHandshake"
"""The one operation of a WebSocket API; its policies run on the handshake."""


class Operation(Struct, frozen=True, rename="camel", kw_only=True):
    """One operation; `api_id` names its API, `id` is unique inside that API."""

    id: str
    api_id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=300)]
    method: Annotated[str, Meta(min_length=1, pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
    url_template: Annotated[str, Meta(min_length=1, max_length=1000)]
    template_parameters: tuple[Parameter, ...] = ()
    description: Annotated[str, Meta(max_length=1000)] | None = None
    request: RequestContract | None = None
    responses: tuple[ResponseContract, ...] = ()


def parameters_in(template: str) -> list[str]:
    """The names of a URL template's parameters, as often as they stand there."""
    return [found.lstrip("*") for found in TEMPLATE_PARAMETER.findall(template)]


def repeated_in(template: str) -> str | None:
    """A parameter that stands twice in the template: which one would a call mean?"""
    used = parameters_in(template)
    return next((name for name in used if used.count(name) > 1), None)
