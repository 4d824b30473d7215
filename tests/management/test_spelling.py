"""Ids and names in paths: the case of letters is no matter, and is kept as made."""

from collections.abc import Mapping

from tests.management.console import BASE, Console


def put(console: Console, path: str, properties: Mapping[str, object]) -> int:
    answer = console.call("PUT", path, dict(properties))
    assert answer.status_code in (200, 201), answer.text
    return answer.status_code


def shown(console: Console, path: str) -> dict[str, object]:
    answer = console.call("GET", path)
    assert answer.status_code == 200, (path, answer.text)
    found: dict[str, object] = answer.json()
    return found


def test_what_was_made_is_found_however_it_is_spelled(console: Console) -> None:
    put(console, "/apis/My-API", {"displayName": "My", "path": "my"})
    operation = {"displayName": "Get", "method": "GET", "urlTemplate": "/"}
    put(console, "/apis/my-api/operations/GetIt", operation)
    whole = shown(console, "/APIS/mY-aPi/Operations/getit")
    assert whole["id"] == f"{BASE}/apis/My-API/operations/GetIt"
    assert whole["name"] == "GetIt"
    listed = shown(console, "/apis/MY-API/operations")["value"]
    assert isinstance(listed, list)
    assert [one["id"] for one in listed] == [whole["id"]]
    policy = {"value": "<policies><inbound><base /></inbound></policies>"}
    put(console, "/apis/MY-API/operations/GETIT/policies/POLICY", policy)
    assert shown(console, "/apis/My-API/operations/GetIt/policies/policy")
    assert console.call("HEAD", "/apis/MY-API;rev=1").status_code == 200


def test_a_put_in_another_spelling_replaces(console: Console) -> None:
    assert put(console, "/products/Gold", {"displayName": "Gold"}) == 201
    assert put(console, "/products/GOLD", {"displayName": "Golden"}) == 200
    assert shown(console, "/products/gold")["name"] == "Gold"
    gone = console.call("DELETE", "/products/gOLD", match="*")
    assert gone.status_code == 200
    assert console.call("GET", "/products/Gold").status_code == 404


def test_references_are_kept_as_what_they_name_was_made(console: Console) -> None:
    put(console, "/apis/echo-api", {"displayName": "Echo", "path": "echo"})
    put(console, "/products/Gold", {"displayName": "Gold"})
    put(console, "/products/GOLD/apis/Echo-API", {})
    assert shown(console, "/products/gold/apis")["count"] == 1
    assert console.call("HEAD", "/products/gold/apis/echo-api").status_code == 204
    made = {"displayName": "Mine", "scope": "/Products/gOLD"}
    put(console, "/subscriptions/Mine", made)
    properties = shown(console, "/subscriptions/mine")["properties"]
    assert isinstance(properties, dict)
    assert properties["scope"] == f"{BASE}/products/Gold"
    made["scope"] = f"{BASE.upper()}/APIs/ECHO-API"
    put(console, "/subscriptions/MINE", made)
    properties = shown(console, "/subscriptions/mine")["properties"]
    assert isinstance(properties, dict)
    assert properties["scope"] == f"{BASE}/apis/echo-api"
    assert console.call("POST", "/subscriptions/MINE/listsecrets").status_code == 200


def test_words_that_are_always_the_same_are_known_however_spelled(
    console: Console,
) -> None:
    for path in (
        "/TENANT/ACCESS",
        "/notifications/bcc",
        "/templates/NEWDEVELOPERNOTIFICATIONMESSAGE",
        "/portalsettings/SignIn",
        "/portalconfigs/DEFAULT",
        "/gateways/MANAGED",
        "/settings/Public",
    ):
        assert shown(console, path)
    secret = {"clientId": "c", "clientSecret": "s"}
    put(console, "/identityProviders/AADB2C", secret)
    assert shown(console, "/identityproviders/aadb2c")["name"] == "aadB2C"
