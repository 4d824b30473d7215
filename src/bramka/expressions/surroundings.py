"""What an expression can learn beside its exchange: deployment, time and chance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography import x509

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.group import Group


def _trusts_nobody(_: x509.Certificate) -> bool:
    return False


@dataclass(slots=True, eq=False)
class Surroundings:
    """The gateway around an exchange; one object serves all evaluations."""

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
    _read: Mapping[str, Certificate] = field(default_factory=dict)
    """What `certificates` was made of."""

    def settle(self, configuration: Configuration) -> None:
        """Tell from now on what this configuration says."""
        instance = configuration.instance
        self.service_id = self.service_name = instance.name
        self.region, self.gateway_id = instance.region, instance.gateway_id
        self.groups, self.apis = configuration.groups, configuration.apis
        if configuration.certificates is not self._read:
            self._read = configuration.certificates
            self.certificates = {
                name: x509.load_pem_x509_certificate(noun.chain)
                for name, noun in self._read.items()
                if noun.chain
            }
