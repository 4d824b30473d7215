"""Calls leave no cycles: a collector that clears 100,000 objects stalls all others."""

import asyncio
import contextlib
import gc
import http.client
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.gateway.serving import KEY, Serving

from bramka.domain.traffic.api import Api

CALLS = 120
OURS = ("bramka.domain.traffic.exchange", "bramka.gateway", "_asyncio")
"""Where that is made which every call has."""
KEYED = {"Ocp-Apim-Subscription-Key": KEY}
BODY = '@(context.Request.Body.As<string>(preserveContent: true) + "!")'
READS = (
    "<set-header name='Long' exists-action='override'><value>@(context.{}.Body"
    ".As<string>(preserveContent: true).Length.ToString())</value></set-header>"
)
KINDS = {
    "direct": "<inbound/>",
    "waits": "<inbound><wait for='all'><send-request mode='new' "
    "response-variable-name='one'><set-url>{url}</set-url>"
    "<set-method>GET</set-method></send-request></wait></inbound>",
    "reads the request": f"<inbound>{READS.format('Request')}</inbound>",
    "reads the answer": f"<inbound/><outbound>{READS.format('Response')}</outbound>",
    "new body": f"<inbound><set-body>{BODY}</set-body></inbound>",
    "returns": "<inbound><return-response/></inbound>",
    "mocks": "<inbound><mock-response status-code='200'/></inbound>",
    "fails": "<inbound><set-variable name='a' "
    "value='@(((string)null).Length)'/></inbound>",
    "fails later": "<inbound/><outbound><set-variable name='a' "
    "value='@(((string)null).Length)'/></outbound>",
    "limits": "<inbound><rate-limit-by-key calls='5' renewal-period='60' "
    "counter-key='@(context.Request.IpAddress)'/></inbound>",
    "stores": "<inbound><cache-lookup vary-by-developer='false' "
    "vary-by-developer-groups='false'/></inbound>"
    "<outbound><cache-store duration='60'/></outbound>",
    "retries": "<inbound/><backend><retry condition='@(true)' count='1' "
    "interval='0'><forward-request/></retry></backend>",
    "limits those at work": "<inbound><limit-concurrency key='a' max-count='3'>"
    "<set-variable name='a' value='1'/></limit-concurrency></inbound>",
    "xml": "<inbound/><outbound><json-to-xml apply='always'/></outbound>",
    "token": "<inbound><validate-jwt header-name='A' require-scheme='Bearer'>"
    "<issuer-signing-keys><key>c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0ISE=</key>"
    "</issuer-signing-keys></validate-jwt></inbound>",
}


async def backend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await reader.readuntil(b"\r\n\r\n"):
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await reader.readexactly(int(line.partition(b":")[2]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
        writer.write(b'{"a":1}')
        await writer.drain()


async def answer_all(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):
        await backend(reader, writer)


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    with Serving() as running:
        yield running


@pytest.fixture
def leavings() -> Iterator[list[object]]:
    """What the collector finds, instead of clearing it."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_call_leaves_nothing_for_the_collector(
    serving: Serving, leavings: list[object], kind: str, method: str
) -> None:
    url = f"http://127.0.0.1:{serving.backend(answer_all)}"
    policy = KINDS[kind].replace("{url}", url)
    if "<backend>" not in policy:
        policy += "<backend><forward-request/></backend>"
    api = Api(id="a", display_name="A", service_url=url, protocols=("http",))
    serving.take(api, policy=f"<policies>{policy}</policies>")
    line = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=90)

    def call() -> int:
        body = b'{"sent": 1}' if method == "POST" else None
        line.request(method, "/x", body, KEYED)
        answer = line.getresponse()
        answer.read()
        return answer.status

    statuses = Counter(call() for _ in range(3))
    serving.do(gc.collect)
    leavings.clear()
    statuses += Counter(call() for _ in range(CALLS))
    serving.do(gc.collect)
    line.close()
    found = Counter(
        f"{type(one).__module__}.{type(one).__qualname__}"
        for one in leavings
        if type(one).__module__.startswith(OURS)
    )
    # Reading a policy may leave some, once; so may tests that ran before.
    each = {name: number for name, number in found.items() if number >= CALLS}
    assert each == {}, statuses
