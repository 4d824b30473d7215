"""Let a call in only with a token of Microsoft Entra ID (Azure AD).

    <validate-azure-ad-token tenant-id="contoso.example.com">
      <client-application-ids>
        <application-id>5b0a3b5e-0000-4000-8000-000000000001</application-id>
      </client-application-ids>
      <audiences>
        <audience>api://orders</audience>
      </audiences>
    </validate-azure-ad-token>

The token is looked for in Authorization unless told otherwise. Issuers of both versions
of the protocol are believed, for the tenant that the keys belong to.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated
from urllib.parse import quote, urlsplit

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._openid import OpenId, provider_at
from bramka.policies._token_checks import Demands
from bramka.policies._token_settings import (
    PARTS,
    Code,
    ErrorMessage,
    HeaderName,
    Output,
    QueryName,
    TokenValue,
    checking,
    claims,
    decryption_keys,
    texts,
)
from bramka.policies._tokens import Rules

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
CHILDREN: Children = {
    **(PARTS or {}),
    "client-application-ids": {"application-id": {}},
    "backend-application-ids": {"application-id": {}},
}
ENDPOINT = "https://login.microsoftonline.com"
SKEW = 300.0
"""Seconds that the clocks of Entra ID and ours may differ."""


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<validate-azure-ad-token>`."""

    tenant_id: Annotated[
        Source, Meta(description="Id or domain of the tenant, or common for any.")
    ]
    header_name: HeaderName = None
    query_parameter_name: QueryName = None
    token_value: TokenValue = None
    authentication_endpoint: Annotated[
        str, Meta(description="Address of the sign-in service, for other clouds.")
    ] = ENDPOINT
    failed_validation_httpcode: Code = None
    failed_validation_error_message: ErrorMessage = None
    output_token_variable_name: Output = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    tenant, endpoint = settings.tenant_id, settings.authentication_endpoint.rstrip("/")
    decrypting = decryption_keys(site)
    backends = texts(site, "backend-application-ids")

    def providers(exchange: Exchange) -> Sequence[OpenId]:
        name = quote(tenant.text(exchange).strip(), safe="")
        url = f"{endpoint}/{name}/v2.0/.well-known/openid-configuration"
        return (provider_at(url, site),)

    rules = Rules(
        keys=lambda _: (),
        providers=providers,
        decryption_keys=lambda _: decrypting,
        audiences=(*texts(site, "audiences"), *backends, *map(_as_uri, backends)),
        claims=claims(site),
        clients=texts(site, "client-application-ids"),
        also_issued_by=_first_version,
    )

    def demands(_exchange: Exchange, now: float) -> Demands:
        return Demands(signature=True, expiration=True, skew=SKEW, now=now)

    name = "validate-azure-ad-token"
    return checking(
        name, settings, site, rules, demands, default_header="Authorization"
    )


def _as_uri(application: Source) -> Source:
    """An application's id as the audience that tokens mostly name it by."""
    return Source(
        None,
        lambda exchange: f"api://{application.text(exchange).strip()}",
        application.place,
        reads_request_body=application.reads_request_body,
        reads_response_body=application.reads_response_body,
    )


def _first_version(issuer: str) -> Iterable[str]:
    """How the same tenant signs tokens of the protocol's first version."""
    tenant = urlsplit(issuer).path.strip("/").partition("/")[0]
    return (f"https://sts.windows.net/{tenant}/",) if tenant else ()
