"""What an expression can learn beside its exchange: deployment, time and chance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography import x509

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.group import Group


def _trusts_nobody(_: x509.Certificate) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The gateway around an exchange; one object serves all evaluations of a Plan."""

    clock: Clock
    chance: Chance
    service_name: str = "bramka"
    service_id: str = "bramka"
    region: str = "local"
    gateway_id: str = "managed"
    gateway_instance_id: str = ""
    certificates: Mapping[str, x509.Certificate] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    apis: Mapping[str, Api] = field(default_factory=dict)
    trusts: Callable[[x509.Certificate], bool] = _trusts_nobody
    """Whether a certificate chains to a root the gateway trusts: `Verify()`."""
