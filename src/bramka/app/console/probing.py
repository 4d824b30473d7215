"""Tries whether an address is reached, as far as that is safe."""

import ssl
from urllib.parse import urlsplit

import httpcore2

from bramka.blobs.frontier import Frontier, GuardedNetwork, resolve_host
from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError, Invalid, Unavailable
from bramka.domain.traffic.connectivity import PROBES, Destination, Probe
from bramka.management.call import Probing

SECONDS = 3.0
_TIMEOUT = {"connect": SECONDS, "read": SECONDS, "write": SECONDS, "pool": SECONDS}
Ends = tuple[str, str]
"""Our address and theirs."""


def guarded_probing(own: str, clock: Clock) -> Probing:
    """Tries public addresses, and private ones where somebody is known to live.

    Those are `own`, the services of this installation, and what gateways call anyway.
    """
    parts = urlsplit(own)
    home = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))

    def probe(place: Destination, known: bool) -> list[Probe]:
        private = known or (place.host, place.port) == home
        network = GuardedNetwork(Frontier(public=True, private=private, resolve=_find))
        return [_probe(place, network, clock) for _ in range(PROBES)]

    return probe


class _Unresolved(Unavailable):
    """The name has no address."""


def _find(host: str, port: int) -> list[str]:
    try:
        return resolve_host(host, port)
    except (OSError, UnicodeError):
        raise _Unresolved(f"the name {host} has no address") from None


def _probe(place: Destination, network: GuardedNetwork, clock: Clock) -> Probe:
    began = clock.monotonic()
    try:
        ends, why = _reach(place, network)
    except _Unresolved as error:
        return Probe(milliseconds=0.0, problem="DnsResolution", why=error.message)
    except BramkaError as error:
        raise Invalid(
            f"{place.host} may not be tried: {error.message}",
            target="destination.address",
        ) from None
    except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
        kind = type(error).__name__
        return Probe(milliseconds=0.0, problem="Unknown", why=f"{kind}: {error}"[:200])
    except (httpcore2.ProtocolError, ssl.SSLError, ValueError):
        why = f"what answers does not speak {place.protocol}"
        return Probe(milliseconds=0.0, problem="Unknown", why=why)
    return Probe(
        milliseconds=(clock.monotonic() - began) * 1000,
        source=ends[0],
        address=ends[1],
        problem="Unknown" if why else "",
        why=why,
    )


def _reach(place: Destination, network: GuardedNetwork) -> tuple[Ends, str]:
    """The ends of the connection, and what is wrong with the answer."""
    if place.protocol == "TCP":
        stream = network.connect_tcp(place.host, place.port, timeout=SECONDS)
        try:
            return _ends(stream), ""
        finally:
            stream.close()
    host = f"[{place.host}]" if ":" in place.host else place.host
    url = f"{place.protocol.lower()}://{host}:{place.port}{place.path}"
    with (
        httpcore2.ConnectionPool(network_backend=network) as pool,
        pool.stream(
            place.method,
            url,
            headers=list(place.headers),
            extensions={"timeout": _TIMEOUT},
        ) as answer,
    ):
        wrong = f"it answered {answer.status}"
        good = place.accepts(answer.status)
        return _ends(answer.extensions["network_stream"]), "" if good else wrong


def _ends(stream: httpcore2.NetworkStream) -> Ends:
    ours, theirs = (
        stream.get_extra_info(end) for end in ("client_addr", "server_addr")
    )
    return str(ours[0]), str(theirs[0])
