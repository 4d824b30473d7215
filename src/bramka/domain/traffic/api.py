"""An API: the face of a web service, published under a path of the gateway.

Fields and limits follow the management REST of API Management (API contract).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

DEFAULT_KEY_HEADER = "Ocp-Apim-Subscription-Key"
DEFAULT_KEY_QUERY = "subscription-key"

type_names = ("http", "soap", "websocket", "graphql", "odata", "grpc")
Protocol = Literal["http", "https", "ws", "wss"]
ApiType = Literal["http", "soap", "websocket", "graphql", "odata", "grpc"]


class KeyNames(Struct, frozen=True, rename="camel"):
    """Where a caller puts the subscription key."""

    header: str = DEFAULT_KEY_HEADER
    query: str = DEFAULT_KEY_QUERY


class Api(Struct, frozen=True, rename="camel", kw_only=True):
    """One API, or one revision of it (`id` then ends with `;rev=N`)."""

    id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=300)]
    path: Annotated[str, Meta(max_length=400)] = ""
    service_url: Annotated[str, Meta(max_length=2000)] | None = None
    protocols: tuple[Protocol, ...] = ("https",)
    type: ApiType = "http"
    description: str | None = None
    subscription_required: bool = True
    subscription_key_parameter_names: KeyNames = field(default_factory=KeyNames)
    # Azure passes the key on to the backend; we strip it unless this says otherwise.
    forward_subscription_key: bool = False
    api_revision: Annotated[str, Meta(min_length=1, max_length=100)] = "1"
    api_revision_description: Annotated[str, Meta(max_length=256)] | None = None
    is_current: bool = True
    api_version: Annotated[str, Meta(max_length=100)] | None = None
    api_version_description: Annotated[str, Meta(max_length=256)] | None = None
    api_version_set_id: str | None = None


class VersionSet(Struct, frozen=True, rename="camel", kw_only=True):
    """How callers name the version of an API they want."""

    id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=100)]
    versioning_scheme: Literal["Segment", "Query", "Header"]
    version_query_name: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    version_header_name: Annotated[str, Meta(min_length=1, max_length=100)] | None = (
        None
    )
    description: str | None = None
