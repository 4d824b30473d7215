"""Prove the gateway to the backend with a client certificate.

    <authentication-certificate certificate-id="backend-client" />

The certificate is one of the instance, named by its id or by its SHA-1 print, or comes
in `body` as PKCS #12. It is shown to backends over TLS that ask for one.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._certificates import Find, by_id, by_thumbprint, given, showing
from bramka.policies._refusals import needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<authentication-certificate>`; exactly one of the first three."""

    thumbprint: Annotated[
        Source | None, Meta(description="SHA-1 print of a certificate of the instance.")
    ] = None
    certificate_id: Annotated[
        Source | None, Meta(description="Id of a certificate of the instance.")
    ] = None
    body: Annotated[
        Source | None, Meta(description="The certificate itself, as PKCS #12.")
    ] = None
    password: Annotated[
        Source | None, Meta(description="Password of the certificate in body.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    find = finder(settings, site)

    def run(exchange: Exchange) -> None:
        exchange.dialling = showing(exchange.dialling, find(exchange))

    sources = (settings.thumbprint, settings.certificate_id, settings.body)
    return Step(run, **needs(*sources, settings.password))


def finder(settings: Settings, site: Site) -> Find:
    """How the certificate is found for a call."""
    named = (settings.thumbprint, settings.certificate_id, settings.body)
    if sum(one is not None for one in named) != 1:
        site.refuse("needs exactly one of thumbprint, certificate-id and body")
    if settings.password is not None and settings.body is None:
        site.refuse("attribute 'password' belongs to 'body'", settings.password.place)
    if settings.thumbprint is not None:
        return by_thumbprint(site, settings.thumbprint)
    if settings.certificate_id is not None:
        return by_id(site, settings.certificate_id)
    assert settings.body is not None, "one of the three is given"
    return given(settings.body, settings.password)
