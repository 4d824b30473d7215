"""Servers of OAuth 2 tokens, for documentation and the test console."""

from bramka.domain.traffic.identity_provider import AuthorizationServer
from bramka.management.call import Call, Properties
from bramka.management.resource import Action, Resource, Sent
from bramka.management.secrets import telling, unset
from bramka.management.shape import Shape, wrong
from bramka.store.identity_provider import AUTHORIZATION_SERVERS

_SECRET = ("clientSecret", "resourceOwnerUsername", "resourceOwnerPassword")


class AuthorizationServers(Resource[AuthorizationServer]):
    """Nothing is enforced by them: that takes a policy."""

    segment = "authorizationServers"
    type = "authorizationServers"
    collection = AUTHORIZATION_SERVERS
    shape = Shape(
        noun=AuthorizationServer,
        hidden=frozenset(("id",)),
        secret=frozenset(_SECRET),
    )
    filtered = ("name", "displayName")

    def show(self, call: Call, noun: AuthorizationServer) -> Properties:
        return super().show(call, noun) | unset(noun, *_SECRET)

    @property
    def actions(self) -> dict[str, Action]:
        return {"listSecrets": telling(self, *_SECRET)}

    def accept(
        self, call: Call, sent: Sent[AuthorizationServer]
    ) -> AuthorizationServer:
        noun = super().accept(call, sent)
        if "GET" not in noun.authorization_methods:
            raise wrong("authorizationMethods", "has to hold GET")
        if not noun.grant_types:
            raise wrong("grantTypes", "names no way to get a token")
        return noun
