"""Blobs at an address that a caller named: every connection passes the frontier.

Speaks the Blob protocol itself, follows no redirects, and reads public addresses too.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import unescape

import httpcore2

from bramka.blobs.call import parse_query
from bramka.blobs.frontier import Frontier, GuardedNetwork, Patience
from bramka.blobs.moment import http_date
from bramka.blobs.refusal import blob_forbidden, blob_not_found, invalid_blob
from bramka.blobs.shared_key import signature, text_to_sign
from bramka.domain.clock import Clock
from bramka.domain.errors import BramkaError, Unavailable

VERSION = "2020-12-06"
PIECE = 8 * 1024 * 1024
LONGEST_DOCUMENT = 64 * 1024 * 1024
TIMEOUT = {"timeout": {"connect": 10.0, "read": 30.0, "write": 30.0, "pool": 30.0}}
NAME = re.compile(r"<Blob><Name>(.*?)</Name>", re.DOTALL)
MARKER = re.compile(r"<NextMarker>(.+?)</NextMarker>", re.DOTALL)
NETWORK_PROBLEMS = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
)


def guarded_pool(
    frontier: Frontier, patience: Patience | None = None
) -> httpcore2.ConnectionPool:
    """Connections to where the frontier admits; close it at the end."""
    return httpcore2.ConnectionPool(
        network_backend=GuardedNetwork(frontier, patience),
        max_connections=32,
        max_keepalive_connections=8,
        keepalive_expiry=15.0,
    )


class Signer(Protocol):
    """Proves to a store who asks."""

    def sign(
        self, method: str, address: str, headers: dict[str, str]
    ) -> tuple[str, dict[str, str]]:
        """The address and the header fields of a signed request."""


class TokenSigner:
    """A shared access signature, or an empty token for what is public."""

    def __init__(self, token: str) -> None:
        self._token = token.removeprefix("?")

    def sign(
        self, _method: str, address: str, headers: dict[str, str]
    ) -> tuple[str, dict[str, str]]:
        if not self._token:
            return address, headers
        return f"{address}{'&' if '?' in address else '?'}{self._token}", headers


class KeySigner:
    """The account's key."""

    def __init__(self, account: str, key: bytes, clock: Clock) -> None:
        self._account = account
        self._key = key
        self._clock = clock

    def sign(
        self, method: str, address: str, headers: dict[str, str]
    ) -> tuple[str, dict[str, str]]:
        parts = urlsplit(address)
        headers = {**headers, "x-ms-date": http_date(self._clock.now())}
        text = text_to_sign(
            method,
            f"/{self._account}{parts.path}",
            parse_query(parts.query),
            headers,
            VERSION,
        )
        proof = f"SharedKey {self._account}:{signature(self._key, text)}"
        return address, {**headers, "authorization": proof}


class RemoteBlobs:
    """Blobs under a base address; paths are `container/name`."""

    def __init__(
        self, base: str, signer: Signer, pool: httpcore2.ConnectionPool
    ) -> None:
        self._base = base.rstrip("/") + "/"
        self._signer = signer
        self._pool = pool

    def __repr__(self) -> str:
        return f"<RemoteBlobs: {self._base}>"

    def size(self, path: str) -> int:
        headers, _ = self._ask("HEAD", path)
        length = headers.get("content-length", "")
        if not length.isdecimal():
            raise invalid_blob(f"The store tells no length of {path}.", path)
        return int(length)

    def version(self, path: str) -> str:
        headers, _ = self._ask("HEAD", path)
        return headers.get("etag") or headers.get("last-modified", "")

    def read(self, path: str, start: int, length: int) -> bytes:
        if length <= 0:
            return b""
        fields = {
            "x-ms-version": VERSION,
            "range": f"bytes={start}-{start + length - 1}",
        }
        status, headers, content = self._send(
            "GET", self._address(path), fields, limit=length, start=start
        )
        if status == 416:
            return b""
        self._check(status, headers, content, path)
        return content

    def write(self, path: str, content: Iterable[bytes]) -> None:
        """Stage blocks, then commit their list: readers see all or nothing."""
        blocks: list[str] = []
        for number, piece in enumerate(pieces_of(content)):
            block = base64.b64encode(f"{number:08d}".encode()).decode()
            query = f"comp=block&blockid={quote(block)}"
            self._ask("PUT", path, query, body=piece)
            blocks.append(block)
        entries = "".join(f"<Latest>{block}</Latest>" for block in blocks)
        document = f"<BlockList>{entries}</BlockList>".encode()
        self._ask("PUT", path, "comp=blocklist", body=document)

    def delete(self, path: str) -> None:
        try:
            self._ask("DELETE", path)
        except BramkaError as error:
            if error.code != "ResourceNotFound":
                raise

    def names(self, prefix: str) -> Iterator[str]:
        container, _, start = prefix.partition("/")
        query = f"restype=container&comp=list&prefix={quote(start, safe='')}"
        marker: str | None = ""
        while marker is not None:
            page = f"&marker={quote(marker, safe='')}" if marker else ""
            _, content = self._ask("GET", container, query + page)
            text = content.decode()
            for name in NAME.findall(text):
                yield f"{container}/{unescape(name)}"
            found = MARKER.search(text)
            marker = unescape(found[1]) if found else None

    def _ask(
        self, method: str, path: str, query: str = "", *, body: bytes = b""
    ) -> tuple[Mapping[str, str], bytes]:
        fields = {"x-ms-version": VERSION}
        if method == "PUT":
            fields |= {"content-length": str(len(body)), "content-md5": _md5(body)}
        address = self._address(path) + (f"?{query}" if query else "")
        status, headers, content = self._send(method, address, fields, body)
        self._check(status, headers, content, path)
        return headers, content

    def _address(self, path: str) -> str:
        return self._base + quote(path, safe="/~")

    def _send(
        self,
        method: str,
        address: str,
        fields: dict[str, str],
        body: bytes = b"",
        *,
        limit: int = LONGEST_DOCUMENT,
        start: int = 0,
    ) -> tuple[int, dict[str, str], bytes]:
        """One request; of a long answer at most `limit` bytes are kept."""
        place = address.partition("?")[0]
        address, fields = self._signer.sign(method, address, fields)
        try:
            with self._pool.stream(
                method,
                address,
                headers=[*fields.items(), ("host", urlsplit(address).netloc)],
                content=body or None,
                extensions=TIMEOUT,
            ) as response:
                headers = _headers(response)
                # A server that knows no ranges sends all: what comes before is passed.
                passed = start if response.status == 200 else 0
                content = _kept(response.iter_stream(), passed, limit)
                return response.status, headers, content
        except NETWORK_PROBLEMS as problem:
            kind = type(problem).__name__
            raise Unavailable(
                f"The store of {place} did not answer: {kind}.", target=place
            ) from None

    def _check(
        self, status: int, headers: Mapping[str, str], content: bytes, path: str
    ) -> None:
        if 200 <= status < 300:
            return
        found = re.search(rb"<Code>(\w{1,80})</Code>", content)
        reason = headers.get("x-ms-error-code") or (
            found[1].decode() if found else f"HTTP {status}"
        )
        blob = self._base + path
        if status == 404:
            raise blob_not_found(blob, reason)
        if status in {401, 403}:
            raise blob_forbidden(blob, reason)
        if 300 <= status < 400:
            raise invalid_blob(f"{blob} redirects elsewhere: name its own place.", blob)
        if status == 507:
            raise Unavailable(
                f"The store of {blob} is full: whoever runs it has to free space there "
                "or raise its quota; what waits then goes on by itself.",
                target=blob,
            )
        if status < 500 and status not in {408, 429}:
            raise invalid_blob(f"The store refused {blob}: {reason}.", blob)
        raise Unavailable(f"The store of {blob} did not answer: {reason}.", target=blob)


def pieces_of(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, joined and cut into pieces of 8 MiB."""
    buffer = bytearray()
    for piece in content:
        buffer += piece
        while len(buffer) >= PIECE:
            yield bytes(buffer[:PIECE])
            del buffer[:PIECE]
    if buffer:
        yield bytes(buffer)


def _kept(stream: Iterable[bytes], passed: int, limit: int) -> bytes:
    buffer = bytearray()
    for chunk in stream:
        buffer += chunk[passed:] if passed else chunk
        passed = max(0, passed - len(chunk))
        if len(buffer) >= limit:
            break
    return bytes(buffer[:limit])


def _headers(response: httpcore2.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in response.headers
    }


def _md5(body: bytes) -> str:
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
