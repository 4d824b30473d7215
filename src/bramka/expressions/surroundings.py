"""What an expression can learn beside its exchange: deployment, time and chance."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.group import Group


def _trusts_nobody(_: x509.Certificate) -> bool:
    return False


class HeldCertificate:
    """A certificate together with its private key."""

    __slots__ = ("_read", "private_key")

    def __init__(self, read: x509.Certificate, private_key: Any) -> None:
        self._read = read
        self.private_key = private_key

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read, name)

    def __str__(self) -> str:
        return str(self._read)


class _Certificates(Mapping[str, Any]):
    """The certificates of the instance, read when an expression asks for one."""

    def __init__(self, nouns: Mapping[str, Certificate]) -> None:
        self._nouns = nouns

    def __getitem__(self, name: str) -> HeldCertificate:
        noun = self._nouns[name]
        found = x509.load_pem_x509_certificate(noun.chain)
        key = load_pem_private_key(noun.key, None) if noun.key else None
        return HeldCertificate(found, key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._nouns)

    def __len__(self) -> int:
        return len(self._nouns)


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
    certificates: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    apis: Mapping[str, Api] = field(default_factory=dict)
    pools: frozenset[str] = frozenset()
    """Ids of the backends that are pools."""
    pepper: bytes = field(default=b"", repr=False)
    trusts: Callable[[x509.Certificate], bool] = _trusts_nobody
    """Whether a certificate chains to a root the gateway trusts: `Verify()`."""

    def settle(self, configuration: Configuration) -> None:
        """Tell from now on what this configuration says."""
        instance = configuration.instance
        self.service_id = self.service_name = instance.name
        self.region, self.gateway_id = instance.region, instance.gateway_id
        self.pepper = instance.pepper
        self.pools = frozenset(
            one.id for one in configuration.backends.values() if one.pool is not None
        )
        self.groups, self.apis = configuration.groups, configuration.apis
        self.certificates = _Certificates(configuration.certificates)
