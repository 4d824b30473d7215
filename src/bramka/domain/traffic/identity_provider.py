"""Who vouches for callers: providers that people sign in with, servers of tokens."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Sending = Literal["authorizationHeader", "query"]
Grant = Literal[
    "authorizationCode",
    "authorizationCodeWithPkce",
    "implicit",
    "resourceOwnerPassword",
    "clientCredentials",
]
Method = Literal["HEAD", "OPTIONS", "TRACE", "GET", "POST", "PUT", "PATCH", "DELETE"]
Text = Annotated[str, Meta(min_length=1)]


class IdentityProvider(Struct, frozen=True, rename="camel", kw_only=True):
    """A provider that people sign in to the portal with; `id` is its kind."""

    id: str
    client_id: Text
    client_secret: Text
    signin_tenant: str | None = None
    allowed_tenants: Annotated[tuple[str, ...], Meta(max_length=32)] = ()
    authority: str | None = None
    signup_policy_name: Text | None = None
    signin_policy_name: Text | None = None
    profile_editing_policy_name: Text | None = None
    password_reset_policy_name: Text | None = None
    client_library: Annotated[str, Meta(max_length=16)] | None = None


class BodyParameter(Struct, frozen=True, rename="camel", kw_only=True):
    """What a token request carries besides the usual."""

    name: str
    value: str


class AuthorizationServer(Struct, frozen=True, rename="camel", kw_only=True):
    """A server of OAuth 2 tokens, for documentation and the test console."""

    id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=50)]
    client_registration_endpoint: str
    authorization_endpoint: str
    grant_types: tuple[Grant, ...]
    client_id: str
    description: str | None = None
    token_endpoint: str | None = None
    authorization_methods: tuple[Method, ...] = ("GET",)
    client_authentication_method: tuple[Literal["Basic", "Body"], ...] = ()
    token_body_parameters: tuple[BodyParameter, ...] = ()
    support_state: bool = False
    default_scope: str | None = None
    bearer_token_sending_methods: tuple[Sending, ...] = ()
    client_secret: str | None = None
    resource_owner_username: str | None = None
    resource_owner_password: str | None = None
    use_in_test_console: bool = True
    use_in_api_documentation: bool = False


class OpenIdProvider(Struct, frozen=True, rename="camel", kw_only=True):
    """An OpenID provider, for documentation and the test console."""

    id: str
    display_name: Annotated[str, Meta(max_length=50)]
    metadata_endpoint: str
    client_id: str
    client_secret: str | None = None
    description: str | None = None
    use_in_test_console: bool = True
    use_in_api_documentation: bool = False
