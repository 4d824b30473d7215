"""Backends, and what gateways are told of those to be connected to anew."""

import httpx2
import pytest
from tests.management.console import BASE, VERSION, Console

from bramka.domain.traffic.backend import Backend
from bramka.domain.traffic.configuration import Change, read_update

PLACE = {"url": "http://127.0.0.1:1", "protocol": "http"}


def reconnect(console: Console, name: str, body: object = None) -> httpx2.Response:
    path = f"{BASE}/backends/{name}/reconnect"
    return console.client.post(path, params=VERSION, json=body)


def changes(console: Console, since: int) -> list[Change]:
    """What the gateway learns."""
    answer = httpx2.get(
        f"{console.url}/gateway/configuration",
        params={"since": str(since)},
        headers={"Authorization": f"Bearer {console.gateway_token}"},
    )
    return list(read_update(answer.content).changes) if answer.content else []


def moments(console: Console, since: int) -> dict[str, float]:
    """Backend → in how many seconds from now it is connected to anew."""
    now, found = console.store.clock.now(), {}
    for one in changes(console, since):
        assert isinstance(one.noun, Backend)
        assert one.noun.reconnect_at is not None
        found[one.key] = one.noun.reconnect_at - now
    return found


def version(console: Console) -> int:
    answer = httpx2.get(
        f"{console.url}/gateway/configuration",
        headers={"Authorization": f"Bearer {console.gateway_token}"},
    )
    return read_update(answer.content).version


@pytest.fixture
def pooled(console: Console) -> Console:
    """Two backends, one of them in a pool."""
    for name in ("one", "two"):
        assert console.call("PUT", f"/backends/{name}", PLACE).status_code == 201
    pool = {"type": "Pool", "pool": {"services": [{"id": "/backends/one"}]}}
    assert console.call("PUT", "/backends/all", pool).status_code == 201
    return console


def test_gateways_learn_when_to_connect_anew(pooled: Console) -> None:
    for body, seconds in ((None, 120), ({"properties": {"after": "PT5M"}}, 300)):
        since = version(pooled)
        answer = reconnect(pooled, "two", body)
        assert (answer.status_code, answer.content) == (202, b"")
        found = moments(pooled, since)
        assert found.keys() == {"two"}
        assert seconds - 90 < found["two"] <= seconds
    since = version(pooled)
    assert reconnect(pooled, "all", {}).status_code == 202
    assert moments(pooled, since).keys() == {"one"}  # the member of the pool


def test_callers_do_not_see_or_set_the_moment(pooled: Console) -> None:
    reconnect(pooled, "two")
    told = pooled.call("GET", "/backends/two")
    assert "reconnectAt" not in told.json()["properties"]
    since = version(pooled)
    assert pooled.call("PUT", "/backends/two", PLACE, match="*").status_code == 200
    assert moments(pooled, since).keys() == {"two"}
    sent = PLACE | {"reconnectAt": 1}
    assert pooled.call("PUT", "/backends/two", sent, match="*").status_code == 400


def test_other_delays_and_backends_are_refused(pooled: Console) -> None:
    for after in ("PT1M", "P366D", "soon", 5):
        answer = reconnect(pooled, "two", {"properties": {"after": after}})
        assert answer.status_code == 400, after
    assert reconnect(pooled, "none").status_code == 404
