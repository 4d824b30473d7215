"""A gateway that is run apart from the console, and serves only its own APIs."""

from typing import Annotated

from msgspec import Meta, Struct

MANAGED = "managed"
"""Id of the gateway that belongs to the instance."""


class Location(Struct, frozen=True, rename="camel", kw_only=True):
    """Where a gateway stands."""

    name: Annotated[str, Meta(min_length=1, max_length=256)]
    city: Annotated[str, Meta(max_length=256)] | None = None
    district: Annotated[str, Meta(max_length=256)] | None = None
    country_or_region: Annotated[str, Meta(max_length=256)] | None = None


class SelfHosted(Struct, frozen=True, rename="camel", kw_only=True):
    """One such gateway."""

    id: str
    location_data: Location | None = None
    description: Annotated[str, Meta(max_length=1000)] | None = None
    primary_key: str = ""
    secondary_key: str = ""

    def __repr__(self) -> str:
        return f"<SelfHosted {self.id}>"


class Hostname(Struct, frozen=True, rename="camel", kw_only=True):
    """A name under which a gateway answers."""

    gateway_id: str
    id: str
    hostname: Annotated[str, Meta(min_length=1, max_length=253)]
    certificate_id: str | None = None
    negotiate_client_certificate: bool = False
    tls10_enabled: bool = False
    tls11_enabled: bool = False
    http2_enabled: bool = True


class Authority(Struct, frozen=True, rename="camel", kw_only=True):
    """A certificate that a gateway trusts, or does not; `id` names the certificate."""

    gateway_id: str
    id: str
    is_trusted: bool = False
