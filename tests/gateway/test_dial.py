"""Dialling real sockets: certificates are shown, proxies used, addresses guarded."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from bramka.domain.errors import Forbidden
from bramka.domain.traffic.backend import ForwardProxy
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Response
from bramka.domain.traffic.site import Outgoing
from bramka.gateway.dial import is_forbidden, real_dial
from bramka.gateway.engine import Engine
from bramka.gateway.fetch import Fetcher
from bramka.gateway.journal import Journal
from bramka.testing import FakeChance, FakeClock


def certificate(name: str) -> Certificate:
    """A certificate that signs itself, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    return Certificate(
        id=name,
        chain=made.public_bytes(Encoding.PEM),
        key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


@pytest.fixture(scope="module")
def server_certificate() -> Certificate:
    return certificate("server")


@pytest.fixture(scope="module")
def client_certificate() -> Certificate:
    return certificate("client")


@pytest.fixture
async def fetch(tmp_path: Path) -> AsyncIterator[Fetcher]:
    chance = FakeChance()
    journal = Journal("test", tmp_path / "spool", chance)
    engine = Engine(journal=journal, dial=real_dial(), clock=FakeClock(), chance=chance)
    yield Fetcher(engine)
    engine.close()
    await asyncio.sleep(0.01)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """A server on a free port; what it opened is closed with it."""
    opened: list[tuple[asyncio.StreamWriter, asyncio.Task[None] | None]] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append((writer, asyncio.current_task()))
        await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer, task in opened:
            writer.transport.abort()
            assert task is not None
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await task


@asynccontextmanager
async def backend(
    own: Certificate, folder: Path, client: Certificate | None = None
) -> AsyncIterator[int]:
    """A TLS server that tells whose certificate it was shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = folder / "server.pem"
    file.write_bytes(own.chain + own.key)
    context.load_cert_chain(file)
    if client is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=client.chain.decode())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        shown = writer.get_extra_info("peercert") or {}
        name = shown["subject"][0][0][1].encode() if shown else b"nobody"
        body = name + b" " + head.split(b" ")[1]
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        await writer.drain()

    async with listening(serve, context) as port:
        yield port


@asynccontextmanager
async def proxy(refusal: bytes = b"") -> AsyncIterator[tuple[int, list[bytes]]]:
    """A proxy for tunnels and for plain requests; notes the heads it was sent."""
    heads: list[bytes] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heads.append(head)
        if refusal:
            writer.write(refusal)
        elif head.startswith(b"CONNECT "):
            host, _, port = head.split(b" ")[1].decode().partition(":")
            inner, outer = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            try:
                await asyncio.gather(pump(reader, outer), pump(inner, writer))
            finally:
                outer.transport.abort()
            return
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nvia")
        await writer.drain()

    async with listening(serve, None) as port:
        yield port, heads


async def ask(fetch: Fetcher, url: str, dialling: Dialling | None = None) -> Response:
    return await fetch(Outgoing("GET", url, timeout=90.0, dialling=dialling))


UNCHECKED = Dialling(verify_chain=False)


async def test_the_certificate_is_shown_to_a_backend_that_asks(
    fetch: Fetcher,
    server_certificate: Certificate,
    client_certificate: Certificate,
    tmp_path: Path,
) -> None:
    async with backend(server_certificate, tmp_path, client_certificate) as port:
        dialling = Dialling(certificate=client_certificate, verify_chain=False)
        answer = await ask(fetch, f"https://127.0.0.1:{port}/x?y=1", dialling)
    assert answer.body.content == b"client /x?y=1"


async def test_without_a_certificate_such_a_backend_refuses(
    fetch: Fetcher,
    server_certificate: Certificate,
    client_certificate: Certificate,
    tmp_path: Path,
) -> None:
    async with backend(server_certificate, tmp_path, client_certificate) as port:
        with pytest.raises(Exception, match="cannot be reached"):
            await ask(fetch, f"https://127.0.0.1:{port}/", UNCHECKED)


async def test_a_chain_that_nobody_vouches_for_is_refused_unless_unchecked(
    fetch: Fetcher, server_certificate: Certificate, tmp_path: Path
) -> None:
    async with backend(server_certificate, tmp_path) as port:
        url = f"https://127.0.0.1:{port}/"
        with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
            await ask(fetch, url)
        assert (await ask(fetch, url, UNCHECKED)).body.content == b"nobody /"


async def test_an_https_backend_is_reached_through_a_tunnel(
    fetch: Fetcher, server_certificate: Certificate, tmp_path: Path
) -> None:
    async with backend(server_certificate, tmp_path) as port, proxy() as (at, heads):
        dialling = Dialling(
            proxy=ForwardProxy(
                url=f"http://127.0.0.1:{at}", username="ada", password="p"
            ),
            verify_chain=False,
        )
        answer = await ask(fetch, f"https://127.0.0.1:{port}/secret", dialling)
    assert answer.body.content == b"nobody /secret"
    assert heads[0].startswith(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n" % port)
    assert b"Proxy-Authorization: Basic YWRhOnA=\r\n" in heads[0]
    assert b"secret" not in heads[0]


async def test_an_http_backend_is_asked_for_by_its_whole_url(fetch: Fetcher) -> None:
    async with proxy() as (at, heads):
        account = ForwardProxy(url=f"http://127.0.0.1:{at}", username="a", password="")
        answer = await ask(fetch, "http://backend.test/x?y=1", Dialling(proxy=account))
    assert answer.body.content == b"via"
    assert heads[0].startswith(b"GET http://backend.test/x?y=1 HTTP/1.1\r\n")
    assert b"Host: backend.test\r\n" in heads[0]
    assert b"Proxy-Authorization: Basic YTo=\r\n" in heads[0]


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 407 Who are you\r\n\r\n", b"SSH-2.0\r\n\r\n"]
)
async def test_a_proxy_that_opens_no_tunnel_is_named(
    fetch: Fetcher, answer: bytes
) -> None:
    async with proxy(answer) as (at, _):
        dialling = Dialling(proxy=ForwardProxy(url=f"http://127.0.0.1:{at}"))
        with pytest.raises(Exception, match="the proxy answered"):
            await ask(fetch, "https://backend.test/", dialling)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1%eth0",
        "0.0.0.0",
        "224.0.0.1",
        "192.0.0.192",
        "fd20:ce::254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_link_local_and_metadata_addresses_are_forbidden(address: str) -> None:
    assert is_forbidden(address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "2001:db8::1", "64:ff9b::a00:1"]
)
def test_other_addresses_are_not(address: str) -> None:
    assert not is_forbidden(address)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[::ffff:169.254.169.254]",
    ],
)
async def test_a_forbidden_address_is_not_dialled(fetch: Fetcher, host: str) -> None:
    with pytest.raises(Forbidden, match="gateway_reaches_metadata"):
        await ask(fetch, f"http://{host}/latest/meta-data")
    through = Dialling(proxy=ForwardProxy(url="http://127.0.0.1:9"))
    with pytest.raises(Forbidden):
        await ask(fetch, f"http://{host}/latest/meta-data", through)
