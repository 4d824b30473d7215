"""Get the token of a connection that the credential manager keeps.

    <get-authorization-context provider-id="github-01" authorization-id="auth-01"
        context-variable-name="auth-context" identity-type="managed"
        ignore-error="false" />

The variable gets an object with `AccessToken` and `Claims`. With `managed` the gateway
asks for itself, with `jwt` for the caller whose token is `identity`. An access policy
of the connection has to name whoever asks.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.authorization_context import (
    AuthorizationContext,
    WantedToken,
)
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._refusals import needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
TYPES = ("managed", "jwt")


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<get-authorization-context>`."""

    provider_id: Annotated[Source, Meta(description="Id of the credential provider.")]
    authorization_id: Annotated[Source, Meta(description="Id of the connection.")]
    context_variable_name: Annotated[
        Source, Meta(description="Variable that gets the token and what was told.")
    ]
    identity_type: Annotated[
        Source | None,
        Meta(description="managed (default): the gateway's own; jwt: the caller's."),
    ] = None
    identity: Annotated[
        Source | None, Meta(description="The caller's token, for jwt.")
    ] = None
    ignore_error: Annotated[
        Source | None,
        Meta(description="Set the variable to null when no token can be had."),
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    kind = settings.identity_type
    if kind is not None and kind.constant is not None and kind.constant not in TYPES:
        site.refuse(f"identity-type is '{kind.constant}'; write managed or jwt")

    ignores = settings.ignore_error

    async def run(exchange: Exchange) -> None:
        name = settings.context_variable_name.text(exchange)
        try:
            exchange.variables[name] = await _found(settings, site, exchange)
        except StepFailure:
            if ignores is None or not ignores.flag(exchange):
                raise
            exchange.variables[name] = None

    wanted = [getattr(settings, name) for name in settings.__struct_fields__]
    return Step(run, waits=True, **needs(*(one for one in wanted if one is not None)))


async def _found(
    settings: Settings, site: Site, exchange: Exchange
) -> AuthorizationContext:
    if site.connections is None:
        raise _failure("there is no console that keeps connections")
    kind = _text(settings.identity_type, exchange) or "managed"
    identity = _text(settings.identity, exchange) if kind == "jwt" else ""
    try:
        wanted = msgspec.convert(
            {
                "provider": settings.provider_id.text(exchange).strip(),
                "authorization": settings.authorization_id.text(exchange).strip(),
                "identityType": kind,
                "identity": identity.removeprefix("Bearer ").strip(),
            },
            WantedToken,
        )
    except msgspec.ValidationError as error:
        raise _failure(str(error)) from None
    try:
        return await site.connections.find(wanted)
    except BramkaError as error:
        raise _failure(error.message) from error


def _text(source: Source | None, exchange: Exchange) -> str:
    return "" if source is None else source.text(exchange).strip()


def _failure(why: str) -> StepFailure:
    message = f"The connection gave no token: {why}"
    return StepFailure("", "AuthorizationContextNotAvailable", message)
