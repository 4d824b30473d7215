"""Prove the gateway to the backend with a token of its own identity.

    <authentication-managed-identity resource="https://storage.example.com"
        output-token-variable-name="token" ignore-error="false" />

What Azure calls a managed identity is here an account at an OAuth server: the settings
`identity_token_endpoint`, `identity_client_id` and `identity_client_secret` name it.
The token goes into the Authorization header, or into a variable when one is named.
Azure documents it for inbound alone; what people run asks for tokens in outbound too,
for a `<send-request>` that follows.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._identity import tokens
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<authentication-managed-identity>`."""

    resource: Annotated[Source, Meta(description="What the token is for, as a URI.")]
    client_id: Annotated[
        str | None, Meta(description="Account to use instead of the gateway's usual.")
    ] = None
    output_token_variable_name: Annotated[
        str | None, Meta(description="Variable that gets the token, not the header.")
    ] = None
    ignore_error: Annotated[
        bool, Meta(description="Go on without a token when none can be had.")
    ] = False


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    find = tokens(site, settings.resource, settings.client_id)
    name = settings.output_token_variable_name

    async def run(exchange: Exchange) -> None:
        try:
            token = await find(exchange)
        except StepFailure:
            if not settings.ignore_error:
                raise
            if name:
                exchange.variables[name] = None
            return
        if name:
            exchange.variables[name] = token
        else:
            value = f"Bearer {token}".encode("latin-1", "replace")
            exchange.request.headers.set(b"Authorization", value)

    return Step(run, waits=True, **needs(settings.resource))
