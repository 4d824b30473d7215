"""Prove the gateway to the backend with a user name and a password.

    <authentication-basic username="gateway" password="{{backend-password}}" />

The Authorization header that the caller sent is replaced.
"""

from base64 import b64encode
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
ONCE = True


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<authentication-basic>`."""

    username: Annotated[Source, Meta(description="User name; it may hold no colon.")]
    password: Annotated[Source, Meta(description="Password.")]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    name, password = settings.username, settings.password
    if name.constant is not None and ":" in name.constant:
        site.refuse("attribute 'username' holds a colon, which ends it", name.place)

    def run(exchange: Exchange) -> None:
        account = f"{name.text(exchange)}:{password.text(exchange)}".encode()
        value = b"Basic " + b64encode(account)
        exchange.request.headers.set(b"Authorization", value)

    return Step(run, **needs(name, password))
