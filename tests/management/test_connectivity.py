"""Connectivity checks from the console: what is reached, refused, and told."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from tests.databases import DEMO
from tests.management.console import BASE, VERSION, Console
from tests.management.sdk import sdk_of

from bramka.store.access_token import Role

Body = dict[str, Any]


class Place(http.server.BaseHTTPRequestHandler):
    """Answers 204 to who shows the field, else 403."""

    def do_GET(self) -> None:
        self.send_response(204 if self.headers["X-Shown"] == "yes" else 403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Place)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def closed() -> Iterator[int]:
    """A port that is taken, and nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def asked(port: int, host: str = "127.0.0.1", **more: Any) -> Body:
    return {
        "source": {"region": DEMO.location},
        "destination": {"address": host, "port": port},
        **more,
    }


def check(console: Console, body: Body, token: str = "") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    path = f"{BASE}/connectivityCheck"
    answer = console.client.post(path, params=VERSION, json=body, headers=headers)
    return console.settled(answer)


def let_gateways_reach(console: Console, port: int) -> None:
    place = {"url": f"http://127.0.0.1:{port}/x", "protocol": "http"}
    assert console.call("PUT", "/backends/b", place, match="*").status_code < 300


def test_the_clouds_client_is_told_that_a_place_is_reached(
    console: Console, port: int
) -> None:
    let_gateways_reach(console, port)
    with sdk_of(console) as sdk:
        told = sdk.begin_perform_connectivity_check_async(
            DEMO.resource_group, DEMO.name, asked(port)
        ).result()
    assert (told.connection_status, told.probes_sent, told.probes_failed) == (
        "Connected",
        3,
        0,
    )
    assert told.min_latency_in_ms <= told.avg_latency_in_ms <= told.max_latency_in_ms
    source, place = told.hops
    assert source.next_hop_ids == [place.id]
    assert (source.address, place.address) == ("127.0.0.1", "127.0.0.1")
    assert place.issues == []


def test_an_answer_counts_by_its_status(console: Console, port: int) -> None:
    let_gateways_reach(console, port)
    shown = [{"name": "X-Shown", "value": "yes"}]
    refused = ["it answered 403"]
    cases: tuple[tuple[list[Body], list[int], str, list[str]], ...] = (
        (shown, [204], "Connected", []),
        ([], [200, 204], "Disconnected", refused),
        ([], [], "Connected", []),
    )
    for fields, valid, status, reasons in cases:
        how = {"method": "GET", "headers": fields, "validStatusCodes": valid}
        more = {"protocol": "HTTP", "protocolConfiguration": {"HTTPConfiguration": how}}
        told = check(console, asked(port, "http://127.0.0.1/a?b", **more)).json()
        assert told["connectionStatus"] == status
        issues = told["hops"][1]["issues"]
        assert [one["context"][0]["value"] for one in issues] == reasons


def test_what_is_not_reached_is_told_with_the_reason(
    console: Console, port: int, closed: int
) -> None:
    let_gateways_reach(console, closed)
    told = check(console, asked(closed)).json()
    assert (told["connectionStatus"], told["probesFailed"]) == ("Disconnected", 3)
    assert told["hops"][1]["issues"][0]["context"][0]["value"].startswith("ConnectErr")
    told = check(console, asked(80, "no.such.name.invalid")).json()
    assert told["connectionStatus"] == "Disconnected"
    assert told["hops"][1]["issues"][0]["type"] == "DnsResolution"
    let_gateways_reach(console, port)
    told = check(console, asked(port, protocol="HTTPS")).json()
    assert told["connectionStatus"] == "Disconnected"


REFUSED: tuple[Body, ...] = (
    asked(9),
    asked(80, "169.254.169.254"),
    asked(80, "::ffff:169.254.169.254"),
    asked(80, "10.1.2.3"),
    asked(80, "http://127.0.0.1/", protocol="HTTPS"),
    asked(80, "http://me@127.0.0.1/", protocol="HTTP"),
    asked(80, "a b"),
    asked(70000, "example.com"),
    asked(80, "example.com", protocol="UDP"),
    asked(80) | {"source": {"region": "elsewhere"}},
    {},
)


def test_what_may_not_or_cannot_be_tried_is_refused(console: Console) -> None:
    for body in REFUSED:
        assert check(console, body).status_code == 400, body
    # Metadata is not tried, even for who names it a backend.
    place = {"url": "http://169.254.169.254/", "protocol": "http"}
    console.call("PUT", "/backends/b", place)
    answer = check(console, asked(80, "169.254.169.254"))
    assert answer.status_code == 400
    assert "may not be tried" in answer.text


def test_only_owners_have_the_console_reach_out(console: Console, port: int) -> None:
    let_gateways_reach(console, port)
    roles: tuple[Role, ...] = ("viewer", "editor")
    for role in roles:
        token = console.issue(role)
        assert check(console, asked(port), token).status_code == 403
