"""Reach the backend through an HTTP proxy.

    <proxy url="http://proxy.example.com:3128" username="gateway"
        password="{{proxy-password}}" />

To https backends the proxy opens a tunnel and sees nothing of what goes through.
"""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct, structs

from bramka.domain.traffic.backend import ForwardProxy
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._refusals import needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<proxy>`."""

    url: Annotated[Source, Meta(description="Address, as http://host:port.")]
    username: Annotated[Source | None, Meta(description="User name at the proxy.")] = (
        None
    )
    password: Annotated[Source | None, Meta(description="Password at the proxy.")] = (
        None
    )


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    proxy_of = finder(settings, site)

    def run(exchange: Exchange) -> None:
        exchange.dialling = through(exchange.dialling, proxy_of(exchange))

    return Step(run, **needs(settings.url, settings.username, settings.password))


def finder(settings: Settings, site: Site) -> Callable[[Exchange], ForwardProxy]:
    """How the proxy is found for a call."""
    url, username, password = settings.url, settings.username, settings.password
    if url.constant is not None and not _is_address(url.constant):
        site.refuse(
            f"attribute 'url' is '{url.constant}'; it must be an address such as "
            "http://proxy.example.com:3128",
            url.place,
        )

    def find(exchange: Exchange) -> ForwardProxy:
        address = url.text(exchange).strip()
        if not _is_address(address):
            message = f"'{address}' is not the address of a proxy."
            raise StepFailure("", "ExpressionValueEvaluationFailure", message)
        return ForwardProxy(
            url=address,
            username=None if username is None else username.text(exchange),
            password=None if password is None else password.text(exchange),
        )

    return find


def through(before: Dialling | None, proxy: ForwardProxy) -> Dialling:
    """Dialling as before, and through this proxy."""
    return structs.replace(before or Dialling(), proxy=proxy)


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme == "http" and bool(parts.hostname)
