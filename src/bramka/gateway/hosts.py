"""Which Host a call may name, at the plain port and at each host of the TLS port."""

from collections.abc import Iterable

from bramka.domain.traffic.exchange import split_host
from bramka.wire.tls import Certificates

HEALTH_PATH = "/status-0123456789abcdef"
"""Answered 200 without a key, whatever the Host, for whoever watches the gateway."""

NOT_FOUND, MISDIRECTED = 404, 421


class HostRule:
    """The names that may be asked for at one place."""

    def __init__(
        self,
        names: Iterable[str],
        certificates: Certificates | None = None,
        place: int | None = None,
    ) -> None:
        self._names = frozenset(name.lower() for name in names)
        """Empty: all may."""
        self._certificates = certificates
        self._place = place

    def __call__(self, host: bytes) -> int:
        """The status to refuse a Host with; 0 when it may be named here."""
        name = split_host(host.decode("latin-1"))[0].lower().removesuffix(".")
        place = None
        if self._certificates is not None:
            place = self._certificates.place_of(name)
        if place is not None and self._certificates is not None:
            apart = self._certificates.keeps_apart(place, self._place)
            return MISDIRECTED if apart else 0
        if not self._names or name in self._names:
            return 0
        return 0 if "*." + name.partition(".")[2] in self._names else NOT_FOUND
