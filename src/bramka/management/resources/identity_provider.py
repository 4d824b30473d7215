"""Identity providers: whom people may sign in to the portal with."""

from bramka.domain.traffic.identity_provider import IdentityProvider
from bramka.management.call import Call, Properties
from bramka.management.resource import Action, Identifier, Resource
from bramka.management.secrets import telling
from bramka.management.shape import Shape
from bramka.store.identity_provider import IDENTITY_PROVIDERS

_KINDS = "facebook|google|microsoft|twitter|aad|aadB2C"


class IdentityProviders(Resource[IdentityProvider]):
    """One of each kind; owners only, for they decide who gets in as whom."""

    segment = "identityProviders"
    words = tuple(_KINDS.split("|"))
    type = "identityProviders"
    collection = IDENTITY_PROVIDERS
    identifier = Identifier(80, f"^({_KINDS})$")
    shape = Shape(
        noun=IdentityProvider,
        hidden=frozenset(("id",)),
        read_only=frozenset(("type",)),
        secret=frozenset(("clientSecret",)),
    )
    filtered = ("name",)
    owner_only = True

    @property
    def actions(self) -> dict[str, Action]:
        return {"listSecrets": telling(self, "clientSecret")}

    def show(self, call: Call, noun: IdentityProvider) -> Properties:
        return super().show(call, noun) | {"type": noun.id}
