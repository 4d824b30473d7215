"""The credential manager: connections to backends that want OAuth tokens."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct, structs

from bramka.domain.errors import Invalid, Unauthenticated, Unsupported
from bramka.domain.traffic.credential import (
    AccessPolicy,
    Authorization,
    AuthorizationProvider,
)
from bramka.domain.traffic.credential_grant import (
    login_page,
    redirect_address,
    terms_of,
)
from bramka.management.call import Call, Properties
from bramka.management.connections import NOBODY
from bramka.management.resource import Action, Identifier, Ids, Resource, Sent
from bramka.management.shape import Shape, is_address, wrong
from bramka.store import connection, credential
from bramka.store.collection import Record

ReadT = TypeVar("ReadT", bound=Struct)
_Code = Annotated[str, Meta(min_length=1, max_length=200)]


class _LoginWanted(Struct, frozen=True, rename="camel"):
    post_login_redirect_url: Annotated[str, Meta(max_length=2000)] = ""


class _Consent(Struct, frozen=True, rename="camel"):
    consent_code: _Code

    def __repr__(self) -> str:
        return "<_Consent>"


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
        console, name = call.site.addresses.console, call.instance.name
        # Ours, whatever was sent: what has to be registered with the provider.
        if noun.oauth2 is not None:
            shown["oauth2"] = {"redirectUrl": redirect_address(console, name)}
        return shown

    def accept(
        self, call: Call, sent: Sent[AuthorizationProvider]
    ) -> AuthorizationProvider:
        noun = super().accept(call, sent)
        if sent.old is None or sent.old.oauth2 is None or noun.oauth2 is None:
            return noun
        # What was read can be sent back: it never holds what we prove ourselves with.
        grants = noun.oauth2.grant_types or sent.old.oauth2.grant_types
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
            "getLoginLinks": Action(_login_links),
            "confirmConsentCode": Action(_confirm),
        }

    def show(self, call: Call, noun: Authorization) -> Properties:
        shown = super().show(call, noun)
        held = connection.find(call.transaction, noun.provider_id, noun.id)
        if held.tokens is not None and held.tokens.is_good(call.transaction.now):
            return shown | {"status": "Connected"}
        if held.tokens is not None and held.tokens.refresh_token and not held.code:
            return shown | {"status": "Connected"}
        code, told = held.code or Unauthenticated.code, held.message or _waiting(noun)
        return shown | {"status": "Error", "error": {"code": code, "message": told}}

    def save(
        self, call: Call, noun: Authorization, sent: Sent[Authorization]
    ) -> Record[Authorization]:
        saved = super().save(call, noun, sent)
        if sent.found is None or noun != sent.found.noun:
            # What others were told to give is not what this one stands for.
            connection.forget(call.transaction, noun.provider_id, noun.id)
        lending = call.site.connections
        if lending is not None and noun.oauth2grant_type == "ClientCredentials":
            lending.try_out(noun.provider_id, noun.id)
        return saved

    def remove(self, call: Call, record: Record[Authorization]) -> None:
        noun = record.noun
        credential.delete_authorization(call.transaction, noun.provider_id, noun.id)


def _waiting(noun: Authorization) -> str:
    if noun.oauth2grant_type == "AuthorizationCode":
        return NOBODY
    return "No token was fetched yet; it is tried now, and again when a call needs one."


def _login_links(call: Call, ids: Ids) -> object:
    """A link at which somebody agrees to the connection, once, for ten minutes."""
    wanted = _read(call, _LoginWanted)
    then = wanted.post_login_redirect_url
    if then and not is_address(then, "http", "https"):
        raise wrong("postLoginRedirectUrl", "is no http or https address")
    found = credential.AUTHORIZATIONS.get(call.transaction, *ids).noun
    provider = credential.AUTHORIZATION_PROVIDERS.get(call.transaction, ids[0]).noun
    if found.oauth2grant_type != "AuthorizationCode":
        raise Unsupported(
            f"Nobody logs in to the connection '{ids[1]}': its grant is "
            f"{found.oauth2grant_type}, with which the client speaks for itself."
        )
    terms_of(provider, found)
    ticket = connection.begin_login(
        call.transaction, call.site.chance, ids[0], ids[1], then
    )
    return {"loginLink": login_page(call.site.addresses.console, ticket)}


def _confirm(call: Call, ids: Ids) -> object:
    """Have our page not ask: who logs in has told the code that it showed."""
    code = _read(call, _Consent).consent_code
    if not connection.confirm_login(call.transaction, ids[0], ids[1], code):
        raise Invalid(
            "No open log-in of this connection shows this code; it may be over.",
            target="consentCode",
        )
    return {}


def _read(call: Call, kind: type[ReadT]) -> ReadT:
    try:
        return msgspec.json.decode(call.body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"The body cannot be used: {error}") from None
    except msgspec.MsgspecError as error:
        raise Invalid(f"The body is not a JSON object: {error}") from None


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
