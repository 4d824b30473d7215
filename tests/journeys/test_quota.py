"""A spent quota is seen, set back, and lives on; over real processes."""

import json
from typing import Any

from tests.journeys.running import Reply, Running, eventually
from tests.journeys.test_traced_call import managed

from bramka.domain.traffic.quota_counter import duration_text

KEY = "a customer/7"
PATH = "/quotas/a%20customer%2F7"
LIMIT = 5
POLICY = (
    f"<policies><inbound><quota-by-key calls='{LIMIT}' renewal-period='86400' "
    f"counter-key='{KEY}'/><return-response><set-status code='200' reason='OK'/>"
    "</return-response></inbound><backend><base/></backend><outbound><base/>"
    "</outbound><on-error><base/></on-error></policies>"
)


def manage(demo: Running, method: str, path: str, properties: object = None) -> Reply:
    body = None if properties is None else {"properties": properties}
    return managed(demo, method, path, body)


def made(demo: Running, path: str, properties: object) -> None:
    reply = manage(demo, "PUT", path, properties)
    assert reply.status in (200, 201), reply.body


def status(demo: Running) -> int:
    try:
        return demo.call("GET", "/counted/it").status
    except ConnectionError:
        return 0


def calls(demo: Running) -> int | None:
    """How many the REST knows of; None for a key it does not know."""
    try:
        reply = manage(demo, "GET", PATH)
    except ConnectionError:
        return None
    if reply.status == 404:
        return None
    found: dict[str, Any] = json.loads(reply.body)
    (period,) = found["value"]
    assert period["counterKey"] == KEY
    assert period["periodKey"].endswith(f"_{duration_text(86400)}")
    return int(period["value"]["callsCount"])


def test_a_spent_quota_is_seen_and_set_back_and_lives_on(demo: Running) -> None:
    made(
        demo,
        "/apis/counted",
        {
            "displayName": "Counted",
            "path": "counted",
            "serviceUrl": "http://127.0.0.1:9",
            "subscriptionRequired": False,
            "protocols": ["http", "https"],
        },
    )
    made(
        demo,
        "/apis/counted/operations/get",
        {"displayName": "Get", "method": "GET", "urlTemplate": "/*"},
    )
    policy = {"format": "xml", "value": POLICY}
    made(demo, "/apis/counted/policies/policy", policy)
    eventually(lambda: status(demo) == 200)
    statuses = [status(demo) for _ in range(2 * LIMIT)]
    assert statuses == [200] * (LIMIT - 1) + [403] * (LIMIT + 1)
    eventually(lambda: calls(demo) == LIMIT)

    assert manage(demo, "PATCH", PATH, {"callsCount": 2}).status == 200
    assert calls(demo) == 2
    eventually(lambda: status(demo) == 200)
    assert [status(demo) for _ in range(3)] == [200, 200, 403]
    eventually(lambda: calls(demo) == LIMIT)

    # What was set once is not set again by a gateway that starts anew.
    demo.kill("gateway")
    demo.kill("console")
    eventually(lambda: status(demo) == 403)
    eventually(lambda: calls(demo) == LIMIT)
    assert manage(demo, "DELETE", "/apis/counted").status in (200, 204)
