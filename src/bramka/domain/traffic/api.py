"""An API: the face of a web service, published under a path of the gateway.

Fields and limits follow the management REST of API Management (API contract).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

DEFAULT_KEY_HEADER = "Ocp-Apim-Subscription-Key"
DEFAULT_KEY_QUERY = "subscription-key"

Protocol = Literal["http", "https", "ws", "wss"]
ApiType = Literal["http", "soap", "websocket", "graphql", "odata", "grpc"]


class KeyNames(Struct, frozen=True, rename="camel"):
    """Where a caller puts the subscription key."""

    header: str = DEFAULT_KEY_HEADER
    query: str = DEFAULT_KEY_QUERY


class Contact(Struct, frozen=True, rename="camel", kw_only=True):
    """Whom callers may ask."""

    name: str | None = None
    url: str | None = None
    email: str | None = None


class License(Struct, frozen=True, rename="camel", kw_only=True):
    """The terms of an API's licence."""

    name: str | None = None
    url: str | None = None


class OAuth2Setting(Struct, frozen=True, rename="camel", kw_only=True):
    """An authorization server that the test console offers for an API."""

    authorization_server_id: str | None = None
    scope: str | None = None


class OpenIdSetting(Struct, frozen=True, rename="camel", kw_only=True):
    """An OpenID provider that the test console offers for an API."""

    openid_provider_id: str | None = None
    bearer_token_sending_methods: tuple[
        Literal["authorizationHeader", "query"], ...
    ] = ()


class AuthenticationSettings(Struct, frozen=True, rename="camel", kw_only=True):
    """How the test console obtains a token; nothing is enforced by this."""

    o_auth2: OAuth2Setting | None = None
    openid: OpenIdSetting | None = None
    o_auth2_authentication_settings: tuple[OAuth2Setting, ...] | None = None
    openid_authentication_settings: tuple[OpenIdSetting, ...] | None = None


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
    authentication_settings: AuthenticationSettings | None = None
    contact: Contact | None = None
    license: License | None = None
    terms_of_service_url: str | None = None
    source_api_id: str | None = None


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


def url_of(gateway: str, api: Api, version_set: VersionSet | None) -> str:
    """Where callers reach an API: at its version, if the path names that."""
    parts = [gateway.rstrip("/"), api.path.strip("/")]
    if version_set is not None and version_set.versioning_scheme == "Segment":
        parts.append(api.api_version or "")
    url = "/".join(part for part in parts if part)
    return f"ws{url.removeprefix('http')}" if api.type == "websocket" else url
