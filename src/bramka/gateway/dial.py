"""Dialling backends: the guard on addresses, TLS, client certificates, proxies.

A proxy is asked for a tunnel (CONNECT) to https backends. Requests to http backends go
to the proxy itself, with the whole URL in their first line: see `Target.dialled`.
"""

import asyncio
import ipaddress
import os
import socket
import ssl
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import cast
from urllib.parse import urlsplit

from bramka.domain.errors import Forbidden
from bramka.domain.traffic.backend import ForwardProxy
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.dialling import Dialling
from bramka.gateway.forwarder import Upstream
from bramka.gateway.pool import Dial
from bramka.gateway.target import Target

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST_TUNNEL_HEAD = 16 * 1024
MOST_CONTEXTS = 256

_METADATA = (
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::/32"),
    ipaddress.ip_network("fd20:ce::/32"),
    ipaddress.ip_network("192.0.0.192/32"),
    ipaddress.ip_network("100.100.100.200/32"),
    ipaddress.ip_network("168.63.129.16/32"),
)
"""Link-local and cloud metadata addresses, which no backend may be."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses whose last four bytes are the IPv4 address that is reached."""


def is_forbidden(address: str) -> bool:
    """Whether a backend may not live at this IP address."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    one = _reached(parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
    return (
        any(one in network for network in _METADATA if network.version == one.version)
        or one.is_multicast
        or one.is_unspecified
    )


def _reached(address: ipaddress.IPv6Address) -> Address:
    """The IPv4 address behind an IPv6 one, where there is one."""
    behind = address.ipv4_mapped or address.sixtofour
    if behind is None and address in _TRANSLATED:
        behind = ipaddress.IPv4Address(address.packed[-4:])
    return behind or address


def is_forbidden_literal(host: str) -> bool:
    """Whether a host is such an address in any spelling; names say nothing here."""
    with suppress(OSError):
        # 2852039166, 0xa9fea9fe, 0251.0376.0251.0376 and 169.254.43518 are one.
        host = socket.inet_ntoa(socket.inet_aton(host))
    with suppress(ValueError):
        return is_forbidden(host)
    return False


def real_dial(*, guard: bool = True) -> Dial:
    """Connects over TCP and TLS; resolves once and checks what it connects to."""
    contexts = _Contexts()

    async def dial(target: Target, make: Callable[[], Upstream]) -> Upstream:
        dialling = target.dialling
        tls = contexts.of(dialling) if target.scheme == "https" else None
        if dialling is not None and dialling.proxy is not None:
            return await _through(
                dialling, dialling.proxy, target, make, tls, guard=guard
            )
        return await _connect(target.host, target.port, make, tls, guard=guard)

    return dial


async def _connect(
    host: str,
    port: int,
    make: Callable[[], Upstream],
    tls: ssl.SSLContext | None,
    *,
    guard: bool,
) -> Upstream:
    loop = asyncio.get_running_loop()
    problem: OSError | None = None
    for address in await _addresses(host, port, guard=guard):
        try:
            _, upstream = await loop.create_connection(
                make, address, port, ssl=tls, server_hostname=host if tls else None
            )
        except OSError as error:
            problem = error
        else:
            return upstream
    raise problem or OSError(f"{host} has no address")


async def _addresses(host: str, port: int, *, guard: bool) -> list[str]:
    """The addresses of a host that a backend may live at."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not guard:
        return addresses
    allowed = [one for one in addresses if not is_forbidden(one)]
    if not allowed:
        raise Forbidden(
            f"{host} is a link-local or metadata address, which "
            "backends may not be; set gateway_reaches_metadata if it is meant",
            target="url",
        )
    return allowed


# --- proxies ----------------------------------------------------------------------


async def _through(
    dialling: Dialling,
    proxy: ForwardProxy,
    target: Target,
    make: Callable[[], Upstream],
    tls: ssl.SSLContext | None,
    *,
    guard: bool,
) -> Upstream:
    """A connection through a proxy: plain to itself, or a tunnel with TLS inside."""
    parts = urlsplit(proxy.url)
    host, port = parts.hostname or "", parts.port or 80
    # The proxy resolves names, but what is written as an address we can check.
    if guard and is_forbidden_literal(target.host):
        raise Forbidden(f"{target.host} is not for backends", target="url")
    if tls is None:
        return await _connect(host, port, make, None, guard=guard)
    loop = asyncio.get_running_loop()
    address = (await _addresses(host, port, guard=guard))[0]
    _, tunnel = await loop.create_connection(_Tunnel, address, port)
    try:
        await tunnel.open(target, dialling.proxy_authorization)
        upstream = make()
        secured = await loop.start_tls(
            tunnel.transport, upstream, tls, server_hostname=target.host
        )
    except BaseException:
        tunnel.transport.abort()
        raise
    if secured is None:
        raise OSError(f"the proxy {host} closed the tunnel")
    upstream.connection_made(secured)
    return upstream


class _Tunnel(asyncio.Protocol):
    """Asks a proxy for a tunnel and reads its answer."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.head = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    async def open(self, target: Target, credentials: bytes) -> None:
        where = f"{target.host}:{target.port}".encode("idna")
        lines = [b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n" % (where, where)]
        if credentials:
            lines.append(b"Proxy-Authorization: %b\r\n" % credentials)
        self.transport.write(b"".join([*lines, b"\r\n"]))
        await self.done

    def data_received(self, data: bytes) -> None:
        self.head += data
        if self.done.done():
            return
        if b"\r\n\r\n" in self.head:
            status = self.head.split(b" ", 2)[1:2]
            if status == [b"200"] and self.head.endswith(b"\r\n\r\n"):
                self.done.set_result(None)
            else:
                line = self.head.partition(b"\r\n")[0].decode("latin-1")
                self.done.set_exception(OSError(f"the proxy answered '{line[:100]}'"))
        elif len(self.head) > LONGEST_TUNNEL_HEAD:
            self.done.set_exception(OSError("the proxy's answer is too long"))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            problem = OSError("the proxy closed the connection")
            problem.__cause__ = error
            self.done.set_exception(problem)


# --- TLS --------------------------------------------------------------------------


class _Contexts:
    """TLS contexts, made once for each way of dialling."""

    def __init__(self) -> None:
        self._made: dict[str, ssl.SSLContext] = {}

    def of(self, dialling: Dialling | None) -> ssl.SSLContext:
        key = "" if dialling is None else dialling.key
        if key not in self._made:
            if len(self._made) >= MOST_CONTEXTS:
                self._made.clear()
            self._made[key] = _context(dialling)
        return self._made[key]


def _context(dialling: Dialling | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if dialling is None:
        return context
    if not dialling.verify_name or not dialling.verify_chain:
        context.check_hostname = False
    if not dialling.verify_chain:
        context.verify_mode = ssl.CERT_NONE
    if dialling.certificate is not None:
        _show(context, dialling.certificate)
    return context


def _show(context: ssl.SSLContext, certificate: Certificate) -> None:
    """Have the context show this certificate.

    OpenSSL wants a file; where the system has files in memory, the key stays there.
    """
    content = certificate.chain + b"\n" + certificate.key
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("certificate")
        path = f"/proc/self/fd/{descriptor}"
    else:
        descriptor, path = tempfile.mkstemp()
    try:
        os.write(descriptor, content)
        context.load_cert_chain(path)
    finally:
        os.close(descriptor)
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108 a file in memory has no path to take away
