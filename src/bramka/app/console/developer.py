"""Puts the parts of the developer face together."""

from collections.abc import Callable

from sqlalchemy import Engine
from starlette.routing import Route

from bramka.app.batch import open_locator
from bramka.app.clock import SystemChance
from bramka.app.keeping.secrets import Secrets
from bramka.app.settings import Settings
from bramka.gateway.ledger import LedgerReading
from bramka.management.refusal import refuse
from bramka.portals.developer.console import Relay
from bramka.portals.developer.counters import Counters, NoCounters
from bramka.portals.developer.door import Place, developer_routes, nothing_else
from bramka.portals.developer.reader import ReaderOf
from bramka.portals.developer.uploads import Uploads
from bramka.store.transaction import Store


def developer_place(
    settings: Settings,
    store: Store,
    usage: Engine,
    reader_of: ReaderOf,
    wake: Callable[[], None],
) -> Place:
    """What the developer face works with."""
    return Place(
        store=store,
        usage=usage,
        chance=SystemChance(),
        reader_of=reader_of,
        refuse=refuse,
        wake=wake,
        gateway=settings.gateway_url,
        portal=settings.console_url,
        counters=counters_of(settings),
    )


def face_of_developers(
    place: Place, settings: Settings, secrets: Secrets
) -> list[Route]:
    """Everything under `/developer`."""
    locator = open_locator(settings, secrets, place.store.clock)
    return [
        *developer_routes(place),
        *Relay(place).routes(),
        *Uploads(place, locator).routes(),
        nothing_else(place),
    ]


def counters_of(settings: Settings) -> Counters:
    """The ledger of the gateway on this machine, unless many count together."""
    if settings.limits_url:
        return NoCounters()
    return LedgerReading(settings.data / "gateway" / "quotas.ledger")
