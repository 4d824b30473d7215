"""Ten thousand calls through a gateway: every report tells what the caller counted."""

import asyncio
import csv
import io
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import msgspec
import pytest
from tests.gateway.serving import Serving, read_body, read_head
from tests.management.console import BASE, VERSION, Console

from bramka.domain.traffic.configuration import apply, read_update
from bramka.domain.traffic.usage import Batch, Row, outcome_of
from bramka.gateway.request_log import RequestLog
from bramka.reports.places import place_finder

CALLS, CALLERS = 10_000, 8
ALWAYS = {"$filter": "timestamp ge datetime'2000-01-01T00:00:00'"}
PLACES = [
    "network,country,region,zip",
    "127.0.0.0/8,PL,Mazowieckie,",
    "127.0.0.2/32,PL,Pomorskie,80-001",
]
OUTCOMES = ("success", "blocked", "failed", "other")
KINDS = {
    "byApi": ("apiId",),
    "byOperation": ("apiId", "operationId"),
    "byProduct": ("productId",),
    "bySubscription": ("productId", "subscriptionId", "userId"),
    "byUser": ("userId",),
    "byGeo": ("country", "region", "zip"),
    "total": (),
}
Told = dict[str, Any]


@dataclass
class Seen:
    """A call as its caller saw it; fields as in records."""

    status: int
    size: int
    fields: dict[str, str] = field(default_factory=dict)


async def backend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with the status that the path ends with."""
    try:
        while True:
            line, fields = await read_head(reader)
            await read_body(reader, fields)
            status = line.split(b"?")[0].rpartition(b"/")[2]
            body = b"x" * (int(status) // 10)
            length = b"Content-Length: %d\r\n\r\n" % len(body)
            writer.write(b"HTTP/1.1 %b Told\r\n%b%b" % (status, length, body))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass


def make_world(console: Console, port: int) -> dict[str, str]:
    """Two APIs, two products, three users; the keys of their subscriptions."""
    for api in ("a", "b"):
        made = {"displayName": f"API {api}", "path": api, "protocols": ["http"]}
        service = {"serviceUrl": f"http://127.0.0.1:{port}"}
        console.call("PUT", f"/apis/{api}", made | service).raise_for_status()
        for method in ("GET", "POST"):
            operation = {"displayName": method, "method": method, "urlTemplate": "/*"}
            place = f"/apis/{api}/operations/{method.lower()}"
            console.call("PUT", place, operation).raise_for_status()
    limit = "<rate-limit calls='500' renewal-period='300'/>"
    policy = (
        f"<policies><inbound><base/>{limit}</inbound><backend><base/></backend>"
        "<outbound><base/></outbound><on-error><base/></on-error></policies>"
    )
    place = "/apis/b/policies/policy"
    told = {"value": policy, "format": "rawxml"}
    console.call("PUT", place, told).raise_for_status()
    keys = {}
    for product in ("gold", "silver"):
        made = {"displayName": product, "state": "published"}
        console.call("PUT", f"/products/{product}", made).raise_for_status()
        for api in ("a", "b"):
            console.call("PUT", f"/products/{product}/apis/{api}").raise_for_status()
    for number, user in enumerate(("ann", "bob", "cid")):
        product = ("gold", "silver")[number % 2]
        made = {"firstName": user, "lastName": "Lee", "email": f"{user}@example.com"}
        console.call("PUT", f"/users/{user}", made).raise_for_status()
        keys[user] = f"key-of-{user}"
        asked = {
            "displayName": user,
            "scope": f"/products/{product}",
            "ownerId": f"/users/{user}",
            "state": "active",
            "primaryKey": keys[user],
        }
        console.call("PUT", f"/subscriptions/of-{user}", asked).raise_for_status()
    return keys


async def one_caller(seed: int, port: int, keys: dict[str, str]) -> list[Seen]:
    """Calls at random over one connection; what came back."""
    chance = random.Random(seed)
    address = ("127.0.0.1", "127.0.0.2")[seed % 2]
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, local_addr=(address, 0)
    )
    seen = []
    for _ in range(CALLS // CALLERS):
        api, method = chance.choice("ab"), chance.choice(("GET", "POST", "PUT"))
        user, wanted = chance.choice(("ann", "bob", "cid", "")), 0
        wanted = chance.choice((200, 200, 200, 304, 400, 404, 500))
        body = b"in" * chance.randrange(20) if method != "GET" else b""
        head = (
            f"{method} /{api}/to/{wanted}?secret=hidden HTTP/1.1\r\nHost: gateway\r\n"
            f"Ocp-Apim-Subscription-Key: {keys.get(user, 'wrong')}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        line, fields = await read_head(reader)
        status = int(line.split(b" ")[1])
        length = int(fields.get(b"content-length", b"0")) if status != 304 else 0
        answer = await reader.readexactly(length)
        routed = method != "PUT"
        # What a refused call wanted to send is not taken, so it is not counted.
        taken = len(body) if routed and status not in (401, 429) else 0
        one = Seen(status, taken + len(answer), {"apiId": f"/apis/{api}"})
        if routed:
            one.fields["operationId"] = f"/apis/{api}/operations/{method.lower()}"
        if routed and status != 401:
            product = "silver" if user == "bob" else "gold"
            one.fields |= {
                "productId": f"/products/{product}",
                "subscriptionId": f"/subscriptions/of-{user}",
                "userId": f"/users/{user}",
            }
        region = "Pomorskie" if address == "127.0.0.2" else "Mazowieckie"
        one.fields |= {"country": "PL", "region": region}
        if region == "Pomorskie":
            one.fields["zip"] = "80-001"
        seen.append(one)
    writer.close()
    return seen


@pytest.fixture
def seen(console: Console) -> Iterator[list[Seen]]:
    with Serving() as serving:
        keys = make_world(console, serving.backend(backend))
        token = {"Authorization": f"Bearer {console.gateway_token}"}
        answer = console.client.get("/gateway/configuration", headers=token)
        configuration = apply(None, read_update(answer.content))
        assert configuration is not None
        gateway = serving.gateway
        gateway.journal.requests = RequestLog(2 * CALLS)
        gateway.engine.places = place_finder(PLACES, "places")
        serving.do(lambda: gateway.take(configuration))

        async def call_all() -> list[Seen]:
            work = (one_caller(n, serving.port, keys) for n in range(CALLERS))
            return [one for found in await asyncio.gather(*work) for one in found]

        async def send(batch: bytes) -> bool:
            async with httpx2.AsyncClient(base_url=console.url, timeout=90) as client:
                place = "/gateway/usage"
                told = await client.post(place, content=batch, headers=token)
                return told.is_success

        found = serving.run(call_all(), seconds=60)
        serving.run(gateway.journal.deliver(send))
        yield found


def report(console: Console, kind: str, **query: str) -> list[Told]:
    answer = console.call("GET", f"/reports/{kind}", query=ALWAYS | query)
    answer.raise_for_status()
    told: Told = answer.json()
    assert told["count"] >= len(told["value"])
    return list(told["value"])


def counts_of(seen: list[Seen], by: tuple[str, ...]) -> dict[tuple[str, ...], Counter]:  # type: ignore[type-arg] # of texts and numbers
    whole: dict[tuple[str, ...], Counter[str]] = {}
    for one in seen:
        key = tuple(one.fields.get(name, "") for name in by)
        counts = whole.setdefault(key, Counter())
        counts[outcome_of(one.status)] += 1
        counts["bandwidth"] += one.size
    return whole


def told_counts(
    records: list[Told], by: tuple[str, ...]
) -> dict[tuple[str, ...], Counter]:  # type: ignore[type-arg] # of texts and numbers
    whole: dict[tuple[str, ...], Counter[str]] = {}
    for record in records:
        key = tuple(record.get(name, "") for name in by)
        assert key not in whole, "one record for each"
        counts = {one: record[f"callCount{one.title()}"] for one in OUTCOMES}
        assert sum(counts.values()) == record["callCountTotal"]
        whole[key] = Counter(counts | {"bandwidth": record["bandwidth"]})
    return whole


def test_every_report_tells_what_the_caller_counted(
    console: Console, seen: list[Seen]
) -> None:
    assert len(seen) == CALLS
    assert {one.status for one in seen} == {200, 304, 400, 401, 404, 429, 500}
    for kind, by in KINDS.items():
        assert told_counts(report(console, kind), by) == counts_of(seen, by), kind
    requests: list[Told] = []
    for skip in range(0, CALLS, 1000):
        requests += report(console, "byRequest", **{"$skip": str(skip)})
    assert len({one["requestId"] for one in requests}) == CALLS
    _compare_requests(requests, seen)
    _compare_times(report(console, "byTime", interval="PT15M"), requests)
    for one in requests[:50]:
        assert "secret" not in one["url"]
        assert "ipAddress" not in one


def _compare_requests(requests: list[Told], seen: list[Seen]) -> None:
    names = ("apiId", "operationId", "productId", "subscriptionId", "userId")
    told = Counter(
        (
            one["responseCode"],
            one["requestSize"] + one["responseSize"],
            *(one.get(name, "") for name in names),
        )
        for one in requests
    )
    assert told == Counter(
        (one.status, one.size, *(one.fields.get(name, "") for name in names))
        for one in seen
    )


def _compare_times(records: list[Told], requests: list[Told]) -> None:
    def quarter(timestamp: str) -> str:
        minute = int(timestamp[14:16]) // 15 * 15
        return f"{timestamp[:14]}{minute:02}:00Z"

    told = {one["timestamp"]: one["callCountTotal"] for one in records}
    assert told == Counter(quarter(one["timestamp"]) for one in requests)


def bring(console: Console, *rows: Row) -> None:
    batch = msgspec.json.encode(Batch(gateway="g", batch="b", rows=rows))
    headers = {"Authorization": f"Bearer {console.gateway_token}"}
    console.client.post(
        "/gateway/usage", content=batch, headers=headers
    ).raise_for_status()


def test_reports_are_given_as_csv(console: Console) -> None:
    bring(console, Row(minute=30_000_000, api="=cmd()", success=2))
    answer = console.client.get(
        f"{BASE}/reports/byApi",
        params=VERSION | ALWAYS,
        headers={"Accept": "text/csv"},
    )
    assert answer.headers["content-type"].startswith("text/csv")
    (line,) = csv.DictReader(io.StringIO(answer.text))
    assert (line["name"], line["callCountSuccess"]) == ("'=cmd()", "2")
    asked = console.call("GET", "/reports/total", query=ALWAYS | {"format": "csv"})
    assert asked.text.startswith("name,timestamp,")
    wrong = console.call("GET", "/reports/total", query=ALWAYS | {"format": "xml"})
    assert wrong.status_code == 400
