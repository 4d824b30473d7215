"""What the portal works with; `app` hands it in."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from bramka.domain.clock import Chance
from bramka.portals.issuer import Issuers
from bramka.store.transaction import Store

Refuse = Callable[[Exception], Response]
"""The answer that tells an error, in the one shape of the console."""


@dataclass(frozen=True)
class Addresses:
    """Where people and programs reach the parts of the installation."""

    portal: str
    gateway: str
    services: str
    blobs: str


@dataclass(frozen=True)
class Site:
    """The parts of the portal that others provide."""

    store: Store
    chance: Chance
    addresses: Addresses
    refuse: Refuse
    wake: Callable[[], None]
    """Tells gateways of a change; called in the event loop."""
    issuers: Issuers
