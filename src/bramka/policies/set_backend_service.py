"""Send the request to another backend than the API's own.

    <set-backend-service base-url="https://backup.example.com/api" />

Either an address, or the id of a backend that the instance knows.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import ALL_SCOPES, Site, Source, Step

SECTIONS = frozenset({Section.INBOUND, Section.BACKEND})
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<set-backend-service>`; exactly one is needed."""

    base_url: Annotated[
        Source | None, Meta(description="Address that replaces the API's own.")
    ] = None
    backend_id: Annotated[
        Source | None, Meta(description="Id of a backend of the instance.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    address, backend = settings.base_url, settings.backend_id
    if address is not None and backend is None:
        source = address

        def set_address(exchange: Exchange) -> None:
            exchange.backend_url = source.text(exchange)
            exchange.backend_id = None

        return Step(set_address)
    if backend is None or address is not None:
        site.refuse("needs exactly one of base-url and backend-id")
    if backend.constant is not None and not site.knows("backends", backend.constant):
        site.refuse(f"there is no backend '{backend.constant}'")
    known = backend

    def set_backend(exchange: Exchange) -> None:
        exchange.backend_id = known.text(exchange)
        exchange.backend_url = None

    return Step(set_backend)
