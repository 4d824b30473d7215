"""OpenID providers, for documentation and the test console."""

from bramka.domain.traffic.identity_provider import OpenIdProvider
from bramka.management.call import Call, Properties
from bramka.management.resource import Action, Identifier, Resource
from bramka.management.secrets import telling, unset
from bramka.management.shape import Shape
from bramka.store.identity_provider import OPENID_PROVIDERS


class OpenIdProviders(Resource[OpenIdProvider]):
    """Who vouches for those that call from the test console."""

    segment = "openidConnectProviders"
    type = "openidConnectProviders"
    collection = OPENID_PROVIDERS
    identifier = Identifier(256)
    shape = Shape(
        noun=OpenIdProvider,
        hidden=frozenset(("id",)),
        secret=frozenset(("clientSecret",)),
    )
    filtered = ("name", "displayName")

    def show(self, call: Call, noun: OpenIdProvider) -> Properties:
        return super().show(call, noun) | unset(noun, "clientSecret")

    @property
    def actions(self) -> dict[str, Action]:
        return {"listSecrets": telling(self, "clientSecret")}
