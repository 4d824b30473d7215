"""The credential manager: connections to backends that want OAuth tokens."""

from typing import Any, Literal

from msgspec import Struct


class OAuth2Settings(Struct, frozen=True, rename="camel", kw_only=True):
    """What a provider needs for each way to get a token."""

    redirect_url: str | None = None
    grant_types: dict[str, Any] | None = None


class AuthorizationProvider(Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody who gives out tokens."""

    id: str
    display_name: str | None = None
    identity_provider: str | None = None
    oauth2: OAuth2Settings | None = None


class Authorization(Struct, frozen=True, rename="camel", kw_only=True):
    """One connection to a provider."""

    provider_id: str
    id: str
    authorization_type: Literal["OAuth2"] = "OAuth2"
    oauth2grant_type: Literal["AuthorizationCode", "ClientCredentials"]
    parameters: dict[str, str] | None = None


class AccessPolicy(Struct, frozen=True, rename="camel", kw_only=True):
    """Who may use a connection."""

    provider_id: str
    authorization_id: str
    id: str
    tenant_id: str | None = None
    object_id: str | None = None
    app_ids: tuple[str, ...] = ()
