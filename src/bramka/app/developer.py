"""The parts of the developer face, put together."""

from collections.abc import Callable

from sqlalchemy import Engine

from bramka.app.clock import SystemChance
from bramka.app.secrets import Secrets
from bramka.app.settings import Settings
from bramka.management.refusal import refuse
from bramka.portals.developer.counters import NoCounters
from bramka.portals.developer.door import Place
from bramka.portals.developer.reader import ReaderOf
from bramka.store.transaction import Store


def developer_place(
    settings: Settings,
    secrets: Secrets,
    store: Store,
    usage: Engine,
    reader_of: ReaderOf,
    wake: Callable[[], None] = lambda: None,
) -> Place:
    """What the developer face works with."""
    del secrets
    return Place(
        store=store,
        usage=usage,
        chance=SystemChance(),
        reader_of=reader_of,
        refuse=refuse,
        wake=wake,
        gateway=settings.gateway_url,
        counters=NoCounters(),
    )
