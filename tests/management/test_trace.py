"""Traces from the gateway's door to the management REST."""

import httpx2
import msgspec
import pytest
from tests.management.console import BASE, VERSION, Console

from bramka.domain.traffic.configuration import read_update
from bramka.domain.traffic.trace import Trace, TraceEntry, read_credentials
from bramka.store.gateway_share import configuration_of

ENTRY = TraceEntry(source="choose", timestamp="t", elapsed="e", data={"a": 1})
ID = "0123456789abcdef0123456789abcdef"
DOOR = "f" * 32
TRACE = Trace(
    trace_id=ID,
    gateway="managed",
    api="echo",
    trace_entries={"inbound": [ENTRY], "backend": []},
    door=DOOR,
)


def bring(console: Console, *traces: Trace, token: str = "") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token or console.gateway_token}"}
    return httpx2.post(
        f"{console.url}/gateway/traces",
        content=msgspec.json.encode(traces),
        headers=headers,
    )


def ask(console: Console, action: str, body: object, role: str = "") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {role}"} if role else {}
    return console.client.post(
        f"{BASE}/gateways/managed/{action}", params=VERSION, json=body, headers=headers
    )


def wanted(console: Console, **other: object) -> httpx2.Response:
    given = {"apiId": f"{BASE}/apis/echo", "purposes": ["tracing"]}
    return ask(console, "listDebugCredentials", given | other)


@pytest.fixture
def echo(console: Console) -> Console:
    made = console.call(
        "PUT",
        "/apis/echo",
        {"displayName": "Echo", "path": "echo", "protocols": ["https"]},
    )
    assert made.status_code == 201
    return console


def test_a_trace_is_kept_once_and_read_by_its_id(console: Console) -> None:
    assert bring(console, TRACE).json() == {"added": 1}
    assert bring(console, TRACE).json() == {"added": 0}
    told = ask(console, "listTrace", {"traceId": ID}).json()
    assert told["traceId"] == ID
    assert told["traceEntries"] == {"inbound": [msgspec.to_builtins(ENTRY)]}
    assert told["serviceName"]


def test_who_was_told_where_it_is_reads_it_without_a_token(console: Console) -> None:
    bring(console, TRACE)
    told = httpx2.get(f"{console.url}/gateway/traces/{DOOR}")
    assert told.json()["traceId"] == ID
    for other in (ID, "x", "", "%00"):
        found = httpx2.get(f"{console.url}/gateway/traces/{other}").status_code
        assert found in (404, 405)


def test_a_trace_without_a_door_has_none(console: Console) -> None:
    bring(console, msgspec.structs.replace(TRACE, door=""))
    assert httpx2.get(f"{console.url}/gateway/traces/%20").status_code == 404


def test_the_last_hundred_are_kept(console: Console) -> None:
    many = [msgspec.structs.replace(TRACE, trace_id=f"{n:032x}") for n in range(120)]
    bring(console, *many)
    assert ask(console, "listTrace", {"traceId": f"{20:032x}"}).status_code == 200
    assert ask(console, "listTrace", {"traceId": f"{19:032x}"}).status_code == 404


def test_only_gateways_bring_traces(console: Console) -> None:
    assert bring(console, TRACE, token=console.token).status_code == 401
    assert bring(console, TRACE, token="edge&1&x").status_code == 401


def test_what_is_no_trace_is_refused(console: Console) -> None:
    assert (
        bring(console, msgspec.structs.replace(TRACE, trace_id="x")).status_code == 400
    )


def test_credentials_are_for_one_api_and_an_hour_at_most(echo: Console) -> None:
    answer = wanted(echo, credentialsExpireAfter="PT10M")
    read = read_credentials(answer.json()["token"], echo.store.vault.pepper)
    assert read is not None
    assert (read.api, read.gateway) == ("echo", "managed")
    assert 0 < read.until - echo.store.clock.now() <= 600


@pytest.mark.parametrize(
    "other",
    [
        {"credentialsExpireAfter": "PT61M"},
        {"credentialsExpireAfter": "soon"},
        {"purposes": ["updating"]},
        {"apiId": "echo"},
    ],
)
def test_other_credentials_are_refused(echo: Console, other: dict[str, object]) -> None:
    assert wanted(echo, **other).status_code == 400


def test_credentials_are_for_apis_that_there_are(echo: Console) -> None:
    assert wanted(echo, apiId=f"{BASE}/apis/none").status_code == 404


def test_editors_trace_and_viewers_do_not(echo: Console) -> None:
    for role, status in (("editor", 200), ("viewer", 403)):
        given = {"apiId": "/apis/echo"}
        token = echo.issue(role)  # type: ignore[arg-type] # both are roles
        answer = ask(echo, "listDebugCredentials", given, token)
        assert answer.status_code == status


def epoch_served(console: Console) -> int:
    """What the gateway of the instance is told not to take credentials before."""
    headers = {"Authorization": f"Bearer {console.gateway_token}"}
    answer = httpx2.get(f"{console.url}/gateway/configuration", headers=headers)
    update = read_update(answer.content)
    assert update.whole is not None
    return update.whole.instance.debug_epoch


def test_credentials_are_called_back_with_all_that_were_made_before(
    echo: Console,
) -> None:
    pepper = echo.store.vault.pepper
    before = read_credentials(wanted(echo).json()["token"], pepper)
    assert ask(echo, "invalidateDebugCredentials", None).status_code == 204
    after = read_credentials(wanted(echo).json()["token"], pepper)
    assert before is not None
    assert after is not None
    assert before.epoch < epoch_served(echo) <= after.epoch


def test_viewers_call_nothing_back(echo: Console) -> None:
    answer = ask(echo, "invalidateDebugCredentials", None, echo.issue("viewer"))
    assert answer.status_code == 403
    assert epoch_served(echo) == 0


def test_each_gateway_has_its_own_credentials_called_back(echo: Console) -> None:
    given = {"locationData": {"name": "edge"}}
    assert echo.call("PUT", "/gateways/edge", given).status_code == 201
    path = "/gateways/edge/invalidateDebugCredentials"
    assert echo.call("POST", path).status_code == 204
    with echo.store.reading() as transaction:
        assert configuration_of(transaction, "edge").instance.debug_epoch == 1
    assert epoch_served(echo) == 0
