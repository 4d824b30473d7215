"""The door at which gateways deliver what they counted."""

import httpx2
import msgspec
import pytest
from tests.management.console import Console

from bramka.domain.traffic.usage import Batch, Row

BATCH = msgspec.json.encode(
    Batch(gateway="g", batch="b", rows=(Row(minute=1, api="a", success=3),))
)


def bring(console: Console, body: bytes, token: str = "") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token or console.gateway_token}"}
    return httpx2.post(f"{console.url}/gateway/usage", content=body, headers=headers)


def test_a_repeated_batch_is_counted_once(console: Console) -> None:
    assert bring(console, BATCH).json() == {"added": True}
    assert bring(console, BATCH).json() == {"added": False}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"gateway":"g","batch":""}',
        b'{"gateway":"g","batch":"b","rows":[{}]}',
        b'{"gateway":"g","batch":"b","rows":[{"minute":1,"success":-1}]}',
        b'{"gateway":"g","batch":"b","rows":[{"minute":1,"histogram":{"a":1}}]}',
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(console: Console, body: bytes) -> None:
    assert bring(console, body).status_code == 400


def test_only_the_gateways_token_opens(console: Console) -> None:
    assert bring(console, BATCH, token=console.token).status_code == 401
