"""The credential manager: connections to backends that want OAuth tokens."""

from msgspec import structs

from bramka.domain.traffic.credential import (
    AccessPolicy,
    Authorization,
    AuthorizationProvider,
)
from bramka.management.call import Call, Properties
from bramka.management.made import refused
from bramka.management.resource import Action, Identifier, Ids, Resource
from bramka.management.shape import Shape
from bramka.store import credential
from bramka.store.collection import Record

_NO_LOGIN = (
    "Nobody logs in to a connection here, as no policy of this gateway uses one: have "
    "send-request fetch the token, or keep it in a named value."
)


class AuthorizationProviders(Resource[AuthorizationProvider]):
    """Who gives out tokens; what we prove ourselves with is never shown."""

    segment = "authorizationProviders"
    type = "authorizationProviders"
    collection = credential.AUTHORIZATION_PROVIDERS
    identifier = Identifier(256)
    verbs = "LGPD"
    shape = Shape(noun=AuthorizationProvider, hidden=frozenset(("id",)))
    filtered = ("name", "displayName")

    def show(self, call: Call, noun: AuthorizationProvider) -> Properties:
        shown = super().show(call, noun)
        if noun.oauth2 is not None:
            shown["oauth2"] = {"redirectUrl": noun.oauth2.redirect_url}
        return shown

    def accept(
        self,
        call: Call,
        ids: Ids,
        given: Properties,
        old: AuthorizationProvider | None,
        *,
        patch: bool,
    ) -> AuthorizationProvider:
        noun = super().accept(call, ids, given, old, patch=patch)
        if old is None or old.oauth2 is None or noun.oauth2 is None:
            return noun
        # What was read can be sent back: it never holds what we prove ourselves with.
        grants = noun.oauth2.grant_types or old.oauth2.grant_types
        oauth2 = structs.replace(noun.oauth2, grant_types=grants)
        return structs.replace(noun, oauth2=oauth2)

    def remove(self, call: Call, record: Record[AuthorizationProvider]) -> None:
        credential.delete_provider(call.transaction, record.noun.id)


class Authorizations(Resource[Authorization]):
    """Connections to the provider above."""

    segment = "authorizations"
    type = "authorizationProviders/authorizations"
    collection = credential.AUTHORIZATIONS
    identifier = Identifier(256)
    verbs = "LGPD"
    shape = Shape(
        noun=Authorization,
        hidden=frozenset(("id", "providerId")),
        read_only=frozenset(("status", "error")),
        secret=frozenset(("parameters",)),
    )
    filtered = ("name",)

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "getLoginLinks": refused(_NO_LOGIN),
            "confirmConsentCode": refused(_NO_LOGIN),
        }

    def show(self, call: Call, noun: Authorization) -> Properties:
        told = "No token was fetched yet."
        return super().show(call, noun) | {
            "status": "Error",
            "error": {"code": "Unauthenticated", "message": told},
        }

    def remove(self, call: Call, record: Record[Authorization]) -> None:
        noun = record.noun
        credential.delete_authorization(call.transaction, noun.provider_id, noun.id)


class AccessPolicies(Resource[AccessPolicy]):
    """Who may use the connection above."""

    segment = "accessPolicies"
    type = "authorizationProviders/authorizations/accessPolicies"
    collection = credential.ACCESS_POLICIES
    identifier = Identifier(256)
    verbs = "LGPD"
    shape = Shape(
        noun=AccessPolicy,
        hidden=frozenset(("id", "providerId", "authorizationId")),
    )
    filtered = ("name",)
