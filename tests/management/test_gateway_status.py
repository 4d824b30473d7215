"""What gateways tell of themselves, and who reads it."""

import httpx2
import msgspec
from tests.management.console import Console

from bramka.domain.traffic.gateway_status import GatewayStatus

STATUS = GatewayStatus(
    gateway="managed-7",
    version=3,
    circuits={"models": "open"},
    troubles=("the store is away",),
)


def tell(console: Console, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    body = msgspec.json.encode(STATUS)
    address = f"{console.url}/gateway/status"
    return httpx2.post(address, content=body, headers=headers).status_code


def test_a_publisher_reads_the_version_and_the_breakers_of_a_gateway(
    console: Console,
) -> None:
    assert tell(console, console.gateway_token) == 204
    (told,) = console.call("GET", "/gatewayStatuses").json()["value"]
    assert told["name"] == "managed-7"
    assert told["properties"]["gatewayId"] == "managed"
    assert told["properties"]["version"] == 3
    assert told["properties"]["newestVersion"] > 0
    assert told["properties"]["isAlive"]
    assert told["properties"]["circuits"] == {"models": "open"}
    assert told["properties"]["troubles"] == ["the store is away"]


def test_only_a_gateways_token_opens_the_door(console: Console) -> None:
    assert tell(console, console.token) == 401
    assert console.call("GET", "/gatewayStatuses").json()["value"] == []
