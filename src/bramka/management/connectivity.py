"""`connectivityCheck`: whether the console reaches an address, and how fast."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid, Unsupported
from bramka.domain.traffic.connectivity import (
    Destination,
    Probe,
    Protocol,
    latencies,
    status_of,
)
from bramka.domain.traffic.errand import Errand
from bramka.management import cloud
from bramka.management.call import Call
from bramka.management.long_running import start
from bramka.management.resource import Ids
from bramka.management.shape import wrong
from bramka.store.api import APIS
from bramka.store.backend import BACKENDS

_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


class _Field(Struct, frozen=True):
    name: Annotated[str, Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$")]
    value: Annotated[str, Meta(pattern=r"^[\x20-\x7e\t]{0,1000}$")]


class _Http(Struct, frozen=True, rename="camel"):
    method: Literal["GET", "POST"] = "GET"
    valid_status_codes: Annotated[tuple[int, ...], Meta(max_length=100)] = ()
    headers: Annotated[tuple[_Field, ...], Meta(max_length=20)] = ()


class _Protocols(Struct, frozen=True):
    HTTPConfiguration: _Http | None = None


class _Place(Struct, frozen=True):
    address: Annotated[str, Meta(min_length=1, max_length=2000)]
    port: Annotated[int, Meta(ge=1, le=65535)]


class _Source(Struct, frozen=True):
    region: str
    instance: int | None = None


class _Request(Struct, frozen=True, rename="camel"):
    source: _Source
    destination: _Place
    protocol: Protocol = "TCP"
    preferred_ip_version: Literal["IPv4"] | None = None
    protocol_configuration: _Protocols | None = None


def check_connectivity(call: Call, ids: Ids) -> Response:
    """Try the destination a few times from here."""
    del ids
    if call.site.probe is None:
        raise Unsupported(cloud.CHECKS)
    if call.role != "owner":
        raise Forbidden("Only an owner has the console reach out to an address.")
    request = _read(call)
    place = _destination(request)
    own = (place.host, place.port) in _known(call)
    probe = call.site.probe

    def work(_errand: Errand) -> dict[str, object]:
        return _told(call, place, probe(place, own))

    return start(call, "connectivityCheck", work)


def _read(call: Call) -> _Request:
    try:
        request = msgspec.json.decode(call.body, type=_Request)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The request cannot be read: {error}") from None
    region, here = request.source.region, call.instance.location
    if _plain(region) != _plain(here):
        raise wrong("source.region", f"'{region[:100]}' is not '{here}', the only one")
    return request


def _plain(region: str) -> str:
    return region.replace(" ", "").lower()


def _destination(request: _Request) -> Destination:
    place, path = request.destination, "/"
    host = place.address
    if "://" in host:
        host, path = _in_address(place.address, request.protocol)
    if not _HOST.fullmatch(host):
        raise wrong("destination.address", "is no name of a host and no IP address")
    how = request.protocol_configuration
    http = (how and how.HTTPConfiguration) or _Http()
    return Destination(
        host=host,
        port=place.port,
        protocol=request.protocol,
        path=path,
        method=http.method,
        headers=tuple((one.name, one.value) for one in http.headers),
        valid=http.valid_status_codes,
    )


def _in_address(address: str, protocol: Protocol) -> tuple[str, str]:
    """Host and path of an address that is written as a URL."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise wrong("destination.address", "is a malformed URL") from None
    if parts.scheme != protocol.lower() or parts.username is not None:
        raise wrong("destination.address", f"is no plain {protocol} address")
    path = parts.path or "/"
    return parts.hostname or "", f"{path}?{parts.query}" if parts.query else path


def _known(call: Call) -> set[tuple[str, int]]:
    """Hosts and ports that gateways forward to anyway."""
    return set(_places(call))


def _places(call: Call) -> Iterator[tuple[str, int]]:
    for url in (
        *(record.noun.url for record in BACKENDS.all(call.transaction)),
        *(record.noun.service_url or "" for record in APIS.all(call.transaction)),
    ):
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
        except ValueError:
            continue
        if parts.hostname:
            yield parts.hostname, port


def _told(call: Call, place: Destination, probes: list[Probe]) -> dict[str, object]:
    average, least, most = latencies(probes)
    met = [probe for probe in probes if probe.address]
    here, there = (call.site.chance.hex(16) for _ in range(2))
    return {
        "hops": [
            {
                "type": "Source",
                "id": here,
                "address": met[0].source if met else "",
                "nextHopIds": [there],
                "issues": [],
            },
            {
                "type": "Internet",
                "id": there,
                "address": met[0].address if met else place.host,
                "nextHopIds": [],
                "issues": _issues(probes),
            },
        ],
        "connectionStatus": status_of(probes),
        "avgLatencyInMs": average,
        "minLatencyInMs": least,
        "maxLatencyInMs": most,
        "probesSent": len(probes),
        "probesFailed": sum(probe.failed for probe in probes),
    }


def _issues(probes: list[Probe]) -> list[object]:
    """What went wrong, each kind once."""
    kinds = dict.fromkeys((one.problem, one.why) for one in probes if one.problem)
    return [
        {
            "origin": "Outbound",
            "severity": "Error",
            "type": problem,
            "context": [{"key": "reason", "value": why}],
        }
        for problem, why in kinds
    ]
