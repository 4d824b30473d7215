"""Where a caller of an API gets a token from, as its publisher says."""

from typing import Literal

from msgspec import Struct

from bramka.domain.traffic.api import Api, AuthenticationSettings
from bramka.domain.traffic.identity_provider import AuthorizationServer, OpenIdProvider
from bramka.store.identity_provider import AUTHORIZATION_SERVERS, OPENID_PROVIDERS
from bramka.store.transaction import Transaction

Grant = Literal["authorizationCode", "clientCredentials"]
_GRANTS: dict[str, Grant] = {
    "authorizationCode": "authorizationCode",
    "authorizationCodeWithPkce": "authorizationCode",
    "clientCredentials": "clientCredentials",
}
"""What a server may be asked for from here; whoever asks for a code also proves
that it asked, whether the server minds or not."""


class Offer(Struct, frozen=True, kw_only=True):
    """A source as callers see it."""

    id: str
    name: str
    description: str
    scope: str
    grants: tuple[Grant, ...]


class Source(Struct, frozen=True, kw_only=True):
    """A source as the console uses it; the repr tells no secret."""

    offer: Offer
    client: tuple[str, str]
    authorize: str = ""
    redeem: str = ""
    metadata: str = ""
    """Tells the two addresses, where the publisher does not."""
    in_body: bool = False
    """Whether the client proves itself in the form, not in a header."""
    fields: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"<Source {self.offer.id}>"


def sources_of(transaction: Transaction, api: Api) -> list[Source]:
    """Every source that is offered for an API, in the publisher's order."""
    found = []
    settings = api.authentication_settings or AuthenticationSettings()
    servers = [settings.o_auth2, *(settings.o_auth2_authentication_settings or ())]
    for one in filter(None, servers):
        server = AUTHORIZATION_SERVERS.find(
            transaction, _name(one.authorization_server_id)
        )
        if server is not None and server.noun.use_in_test_console:
            found.append(_of_server(server.noun, one.scope))
    providers = [settings.openid, *(settings.openid_authentication_settings or ())]
    for each in filter(None, providers):
        provider = OPENID_PROVIDERS.find(transaction, _name(each.openid_provider_id))
        if provider is not None and provider.noun.use_in_test_console:
            found.append(_of_provider(provider.noun))
    # Old settings and new ones may name the same source.
    unique = {one.offer.id: one for one in reversed(found) if one.offer.grants}
    return list(reversed(unique.values()))


def _of_server(server: AuthorizationServer, scope: str | None) -> Source:
    grants = dict.fromkeys(_GRANTS[one] for one in server.grant_types if one in _GRANTS)
    offer = Offer(
        id=f"oauth2-{server.id}",
        name=server.display_name,
        description=server.description or "",
        scope=scope or server.default_scope or "",
        grants=tuple(grants) if server.token_endpoint else (),
    )
    return Source(
        offer=offer,
        client=(server.client_id, server.client_secret or ""),
        authorize=server.authorization_endpoint,
        redeem=server.token_endpoint or "",
        in_body=server.client_authentication_method == ("Body",),
        fields=tuple((one.name, one.value) for one in server.token_body_parameters),
    )


def _of_provider(provider: OpenIdProvider) -> Source:
    offer = Offer(
        id=f"openid-{provider.id}",
        name=provider.display_name or provider.id,
        description=provider.description or "",
        scope="openid",
        grants=("authorizationCode",),
    )
    return Source(
        offer=offer,
        client=(provider.client_id, provider.client_secret or ""),
        metadata=provider.metadata_endpoint,
    )


def _name(path: str | None) -> str:
    """The name at the end of `/authorizationServers/NAME`, or of a longer path."""
    return (path or "").rstrip("/").rpartition("/")[2]
