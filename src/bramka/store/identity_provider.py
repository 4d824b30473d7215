"""Who vouches for callers; client secrets are encrypted."""

from bramka.domain.traffic.identity_provider import (
    AuthorizationServer,
    IdentityProvider,
    OpenIdProvider,
)
from bramka.store.change import QUIET
from bramka.store.collection import Collection

IDENTITY_PROVIDERS = Collection(
    IdentityProvider, "identity_provider", wire=QUIET, sealed=("client_secret",)
)
AUTHORIZATION_SERVERS = Collection(
    AuthorizationServer,
    "authorization_server",
    wire=QUIET,
    sealed=("client_secret", "resource_owner_password"),
)
OPENID_PROVIDERS = Collection(
    OpenIdProvider, "openid_provider", wire=QUIET, sealed=("client_secret",)
)
