"""Deleting the instance: nothing is served, nothing is lost, owners restore it."""

from typing import Any

import httpx2
from tests.databases import DEMO
from tests.management.console import BASE, VERSION, Console

PROVIDER = f"/subscriptions/{DEMO.subscription_id}/providers/Microsoft.ApiManagement"
PLACE = f"{PROVIDER}/locations/{DEMO.location}/deletedservices/{DEMO.name}"
API = {"displayName": "Pets", "path": "pets", "serviceUrl": "http://127.0.0.1:9"}


def above(console: Console, path: str, method: str = "GET") -> httpx2.Response:
    return console.client.request(method, path, params=VERSION)


def configuration(console: Console) -> Any:
    headers = {"Authorization": f"GatewayKey {console.gateway_token}"}
    answer = console.client.get("/gateway/configuration", headers=headers)
    return answer.json()["whole"]


def test_a_deleted_instance_serves_nothing_until_it_is_restored(
    console: Console,
) -> None:
    console.call("PUT", "/apis/pets", API)
    before = configuration(console)
    assert "pets" in before["apis"]
    assert console.call("DELETE", "").status_code == 200
    assert console.call("DELETE", "").status_code == 204
    for path in ("", "/apis/pets", "/audit"):
        refused = console.call("GET", path)
        assert refused.status_code == 404
        assert refused.json()["error"]["code"] == "ResourceNotFound"
        assert "bramka undelete" in refused.json()["error"]["message"]
    assert console.call("PUT", "/apis/more", API).status_code == 404
    assert above(console, f"{PROVIDER}/service").json()["value"] == []
    gone = configuration(console)
    assert gone["instance"]["deleted"] is True
    assert gone["apis"] == gone["subscriptions"] == gone["policies"] == {}
    [told] = above(console, f"{PROVIDER}/deletedservices").json()["value"]
    assert told == above(console, PLACE).json()
    assert told["properties"]["serviceId"] == BASE
    assert told["properties"]["deletionDate"] < told["properties"]["scheduledPurgeDate"]
    restored = console.call("PUT", "", {"restore": True})
    assert restored.status_code in (200, 201)
    assert restored.json()["properties"]["publisherName"] == DEMO.publisher_name
    after = configuration(console)
    assert after["version"] > gone["version"]
    assert after | {"version": 0} == before | {"version": 0}
    assert above(console, f"{PROVIDER}/deletedservices").json()["value"] == []
    assert above(console, PLACE).status_code == 404


def test_a_name_is_kept_and_nothing_is_purged(console: Console) -> None:
    console.call("DELETE", "")
    publisher = {"publisherName": "Others", "publisherEmail": "o@example.com"}
    refused = console.call("PUT", "", publisher)
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "ServiceAlreadyExistsInSoftDeletedState"
    purging = above(console, PLACE, "DELETE")
    assert purging.status_code == 400
    assert "data folder" in purging.json()["error"]["message"]
    assert above(console, f"{PLACE}x", "DELETE").status_code == 404
    assert above(console, PLACE).status_code == 200


def test_only_owners_delete_and_restore_and_both_are_in_the_log(
    console: Console,
) -> None:
    editor = {"Authorization": f"Bearer {console.issue('editor')}"}

    def as_editor(method: str) -> int:
        body = {"properties": {"restore": True}}
        answer = console.client.request(
            method, BASE, params=VERSION, headers=editor, json=body
        )
        return answer.status_code

    assert as_editor("DELETE") == 403
    assert console.call("DELETE", "").status_code == 200
    assert as_editor("PUT") == 403
    assert console.call("PUT", "", {"restore": True}).status_code in (200, 201)
    rows = console.call("GET", "/audit", query={"$top": "2"}).json()["value"]
    restored, deleted = (row["properties"] for row in rows)
    assert (deleted["method"], deleted["after"]) == ("DELETE", None)
    assert (restored["method"], restored["before"]) == ("PUT", None)
    nothing = console.call("PUT", "", {"restore": True})
    assert nothing.status_code == 400
