"""Which hosts are served, and the address for whoever watches the gateway."""

from http.client import HTTPConnection

import pytest
from tests.gateway.serving import Serving, echo, open_api

HEALTH = "/status-0123456789abcdef"


def call(
    serving: Serving, host: str, path: str, method: str = "GET"
) -> tuple[int, bytes]:
    caller = HTTPConnection("127.0.0.1", serving.port, timeout=90)
    caller.request(method, path, headers={"Host": host})
    answer = caller.getresponse()
    found = answer.status, answer.read()
    caller.close()
    return found


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("api.example.com", 200),
        ("API.example.com:8080", 200),
        ("a.example.org", 200),
        ("other.example.com", 404),
        ("a.b.example.org", 404),
        ("127.0.0.1", 404),
    ],
)
def test_only_hosts_of_the_list_are_served(host: str, status: int) -> None:
    with Serving(hosts=["api.example.com", "*.example.org"]) as serving:
        serving.take(open_api("echo", f"http://127.0.0.1:{serving.backend(echo)}"))
        for _ in range(2):  # the second time from memory
            assert call(serving, host, "/echo/x")[0] == status
        if status == 404:
            assert call(serving, host, "/echo/x")[1] == (
                b'{ "statusCode": 404, "message": "Resource not found" }'
            )


def test_whoever_watches_needs_no_key_and_no_host_and_counts_as_no_call() -> None:
    with Serving(hosts=["api.example.com"]) as serving:
        assert call(serving, "10.0.0.1", HEALTH)[0] == 503
        serving.take(open_api("echo", f"http://127.0.0.1:{serving.backend(echo)}"))
        for _ in range(2):
            assert call(serving, "10.0.0.1", HEALTH) == (200, b"")
        assert call(serving, "10.0.0.1", HEALTH, "HEAD") == (200, b"")
        assert serving.do(lambda: serving.gateway.engine.in_flight) == 0
