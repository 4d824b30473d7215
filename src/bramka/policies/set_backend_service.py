"""Send the request to another backend than the API's own.

    <set-backend-service base-url="https://backup.example.com/api" />

Either an address, or the id of a backend that the instance knows.
"""

from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Address, Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Run, Step, StepFailure
from bramka.policies._refusals import needs

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
        return Step(_to_address(site, address), **needs(address))
    if backend is None or address is not None:
        site.refuse("needs exactly one of base-url and backend-id")
    if backend.constant is not None and not site.knows("backends", backend.constant):
        site.refuse(f"there is no backend '{backend.constant}'")
    return Step(_to_backend(site, backend), **needs(backend))


def _to_address(site: Site, source: Source) -> Run:
    constant: Address | None = None
    if source.constant is not None:
        try:
            constant = Address(source.constant.strip())
        except ValueError as error:
            site.refuse(f"base-url {error}", source.place)

    def run(exchange: Exchange) -> None:
        to = constant or _address(source.text(exchange).strip())
        exchange.backend_url, exchange.backend_id = to.text, None
        exchange.request.move_to(to)

    return run


def _to_backend(site: Site, source: Source) -> Run:
    backends = site.table("backends")

    def run(exchange: Exchange) -> None:
        name = source.text(exchange)
        backend = backends.get(name)
        if backend is None:
            message = f"There is no backend '{name[:80]}'."
            raise StepFailure("set-backend-service", "BackendNotFound", message)
        exchange.backend_id, exchange.backend_url = name, None
        if backend.url:
            exchange.request.move_to(_address(backend.url))

    return run


@lru_cache(maxsize=1000)
def _address(text: str) -> Address:
    try:
        return Address(text)
    except ValueError as error:
        raise StepFailure(
            "set-backend-service", "InvalidBackendUrl", f"The address {error}."
        ) from None
