"""The frontier: which addresses a caller's blob reference may make us connect to.

A name is resolved once, every address it has is checked, and the connection goes to a
checked address, so a name that changes its mind between check and use gains nothing.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable

import httpcore2
from msgspec import Struct

from bramka.blobs.refusal import invalid_blob
from bramka.domain.clock import Clock

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""Host and port → its addresses as text; raises OSError when there are none."""

NEVER = [
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local, and the metadata services of most clouds
        "fe80::/10",
        "fd00:ec2::254/128",  # metadata of AWS
        "fd20:ce::254/128",  # metadata of Google
        "100.100.100.200/32",  # metadata of Alibaba
        "192.0.0.192/32",  # metadata of Oracle
        "168.63.129.16/32",  # Azure's wire server
        "224.0.0.0/4",
        "ff00::/8",
        "240.0.0.0/4",
        "0.0.0.0/8",
        "::/128",
    )
]
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that a NAT64 turns into the IPv4 address in their last 32 bits."""


MOST_TRIED = 4
"""Of the addresses of a host: whoever names it chooses how many it has."""
PIECE = 16 * 1024


def resolve_host(host: str, port: int) -> list[str]:
    """All addresses of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Frontier(Struct, frozen=True):
    """What may be reached: the public net, private addresses, neither or both."""

    public: bool
    private: bool
    resolve: Resolve = resolve_host

    def admit(self, host: str, port: int) -> list[str]:
        """The checked addresses of a host; Invalid if even one may not be reached."""
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise invalid_blob(f"The host {host} is not known.", host) from None
        for text in addresses:
            self._check(host, ipaddress.ip_address(text.partition("%")[0]))
        return addresses

    def _check(self, host: str, address: Address) -> None:
        for meant in _meanings(address):
            if any(meant in network for network in NEVER):
                raise invalid_blob(
                    f"The host {host} is a link-local, metadata or special address, "
                    "which blobs are never read from.",
                    host,
                )
            if not (self.public if meant.is_global else self.private):
                kind = "public" if meant.is_global else "private"
                raise invalid_blob(
                    f"The host {host} has a {kind} address, and the settings of this "
                    f"installation do not allow {kind} addresses.",
                    host,
                )


def _meanings(address: Address) -> list[Address]:
    """The address and the IPv4 address it may stand for."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inner = [address.sixtofour, *(address.teredo or ())]
    if address in TRANSLATED:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(meant for meant in inner if meant is not None)]


class Patience(Struct, frozen=True):
    """How long one question and its answer may take together, however steadily."""

    seconds: float
    clock: Clock


class GuardedNetwork(httpcore2.NetworkBackend):
    """Connects to admitted addresses only; TLS still checks the name."""

    def __init__(self, frontier: Frontier, patience: Patience | None = None) -> None:
        self._frontier = frontier
        self._patience = patience
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        problem: Exception | None = None
        for address in self._frontier.admit(host, port)[:MOST_TRIED]:
            try:
                stream = self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                patience = self._patience
                return stream if patience is None else _Timed(stream, patience)
        raise problem or httpcore2.ConnectError(f"{host} has no address.")


class _Timed(httpcore2.NetworkStream):
    """A connection whose other end cannot hold us by a byte now and then."""

    def __init__(self, stream: httpcore2.NetworkStream, patience: Patience) -> None:
        self._stream = stream
        self._patience = patience
        self._until = 0.0
        self._asking = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._asking = False
        return self._stream.read(max_bytes, self._left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._asking:
            self._asking = True
            now = self._patience.clock.monotonic()
            self._until = now + self._patience.seconds
        for place in range(0, len(buffer), PIECE):
            left = self._left(timeout, httpcore2.WriteTimeout)
            self._stream.write(buffer[place : place + PIECE], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _Timed(secured, self._patience)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)

    def _left(
        self, timeout: float | None, ended: type[httpcore2.TimeoutException]
    ) -> float:
        left = self._until - self._patience.clock.monotonic()
        if left <= 0:
            raise ended(f"not done within {self._patience.seconds:g} seconds")
        return left if timeout is None else min(left, timeout)
