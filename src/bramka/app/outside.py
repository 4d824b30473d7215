"""Asks token issuers, which may be anywhere but at a cloud's metadata address."""

import base64
from urllib.parse import quote, urlencode, urlsplit

import httpcore2

from bramka.app.clock import SystemClock
from bramka.blobs.frontier import Frontier, GuardedNetwork, Patience
from bramka.domain.errors import BramkaError, Unauthenticated, Unavailable
from bramka.portals.issuer import Form

LARGEST = 1024 * 1024
SECONDS = 10.0
LONGEST_SECONDS = 30.0
"""For the question and the whole answer, however steadily it comes."""
_TIMEOUT = {"connect": 5.0, "read": SECONDS, "write": SECONDS, "pool": SECONDS}


def exchange(address: str, form: Form | None) -> bytes:
    """GET an address, or POST a form to it; redirects are not followed."""
    host = urlsplit(address).hostname or address
    if not address.isascii():
        raise Unavailable(f"The address of {host} is not ASCII; its host may be xn--….")
    network = GuardedNetwork(
        Frontier(public=True, private=True), Patience(LONGEST_SECONDS, SystemClock())
    )
    with httpcore2.ConnectionPool(network_backend=network) as pool:
        try:
            return _ask(pool, address, form, host)
        except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
            reason = f"{host} does not answer: {type(error).__name__}."
            raise Unavailable(reason) from None
        except (httpcore2.ProtocolError, ValueError):
            raise Unavailable(f"{host} does not speak HTTP.") from None


def _ask(
    pool: httpcore2.ConnectionPool, address: str, form: Form | None, host: str
) -> bytes:
    headers, content = [("Accept", "application/json")], b""
    if form is not None:
        content = urlencode(form.fields).encode()
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        if form.account is not None:
            pair = ":".join(quote(one, safe="") for one in form.account)
            encoded = base64.b64encode(pair.encode()).decode()
            headers.append(("Authorization", f"Basic {encoded}"))
    method = "GET" if form is None else "POST"
    try:
        with pool.stream(
            method,
            address,
            headers=headers,
            content=content,
            extensions={"timeout": _TIMEOUT},
        ) as answer:
            if form is not None and 400 <= answer.status < 500:
                raise Unauthenticated(f"{host} refuses: {answer.status}.")
            if answer.status != 200:
                raise Unavailable(f"{host} answers {answer.status}.")
            return _read(answer, host)
    except BramkaError as error:
        if isinstance(error, Unauthenticated | Unavailable):
            raise
        raise Unavailable(f"{host} may not be asked: {error.message}") from None


def _read(answer: httpcore2.Response, host: str) -> bytes:
    body = bytearray()
    for piece in answer.iter_stream():
        body += piece
        if len(body) > LARGEST:
            raise Unavailable(f"{host} says more than {LARGEST} bytes.")
    return bytes(body)
