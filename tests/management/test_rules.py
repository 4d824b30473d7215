"""What may refer to what, and which steps a life allows."""

import json
from typing import Any

import pytest
from tests.management.console import BASE, Console

Answer = tuple[int, str]


def told(console: Console, method: str, path: str, *given: Any, **how: Any) -> Answer:
    """Status and message of a call."""
    answer = console.call(method, path, *given, **how)
    body = answer.json() if answer.content else {}
    return answer.status_code, body.get("error", {}).get("message", "")


def put_api(console: Console, name: str, path: str, **more: object) -> Answer:
    return told(
        console, "PUT", f"/apis/{name}", {"displayName": name, "path": path, **more}
    )


def put_open_product(console: Console, name: str) -> None:
    properties = {"displayName": name, "subscriptionRequired": False}
    assert told(console, "PUT", f"/products/{name}", properties)[0] == 201


def test_two_apis_cannot_share_a_path(console: Console) -> None:
    assert put_api(console, "one", "echo")[0] == 201
    status, message = put_api(console, "two", "echo")
    assert status == 409
    assert "'one' is already served at path 'echo'" in message
    assert put_api(console, "two", "echo", apiVersion="v2")[0] == 201


@pytest.mark.parametrize("scheme", ["Query", "Header"])
def test_a_scheme_names_where_the_version_stands(console: Console, scheme: str) -> None:
    given = {"displayName": "x", "versioningScheme": scheme}
    assert told(console, "PUT", "/apiVersionSets/x", given)[0] == 400
    given |= {"versionQueryName": "v", "versionHeaderName": "v"}
    assert told(console, "PUT", "/apiVersionSets/x", given)[0] == 201


def test_an_api_names_a_version_set_that_exists(console: Console) -> None:
    wanted = {"apiVersionSetId": "/apiVersionSets/nobody"}
    assert put_api(console, "one", "echo", **wanted)[0] == 404


def test_revisions_share_the_path_and_go_with_the_api(console: Console) -> None:
    put_api(console, "one", "echo")
    assert put_api(console, "one;rev=2", "echo")[0] == 201
    revision = console.call("GET", "/apis/one;rev=2").json()["properties"]
    assert (revision["apiRevision"], revision["isCurrent"]) == ("2", False)
    assert told(console, "DELETE", "/apis/one", match="*")[0] == 400
    query = {"deleteRevisions": "true"}
    assert told(console, "DELETE", "/apis/one", match="*", query=query)[0] == 204
    assert console.call("GET", "/apis").json()["count"] == 0


def test_a_revision_needs_its_api(console: Console) -> None:
    assert put_api(console, "nobody;rev=2", "echo")[0] == 404


def test_an_api_is_in_one_open_product_at_most(console: Console) -> None:
    put_api(console, "one", "echo")
    put_open_product(console, "free")
    put_open_product(console, "gratis")
    assert told(console, "PUT", "/products/free/apis/one")[0] == 201
    assert told(console, "PUT", "/products/free/apis/one")[0] == 200
    status, message = told(console, "PUT", "/products/gratis/apis/one")
    assert status == 409
    assert "already in the open product 'free'" in message
    assert told(console, "PUT", "/products/starter/apis/one")[0] == 201
    closed = {"subscriptionRequired": False}
    assert told(console, "PATCH", "/products/starter", closed, match="*")[0] == 409


def test_an_api_takes_its_links_and_keys_along(console: Console) -> None:
    put_api(console, "one", "echo")
    told(console, "PUT", "/products/starter/apis/one")
    mine = {"displayName": "Mine", "scope": "/apis/one", "state": "active"}
    assert told(console, "PUT", "/subscriptions/mine", mine)[0] == 201
    assert told(console, "DELETE", "/apis/one", match="*")[0] == 204
    assert console.call("GET", "/products/starter/apis").json()["value"] == []
    assert told(console, "GET", "/subscriptions/mine")[0] == 404


def test_importing_is_refused_rather_than_ignored(console: Console) -> None:
    given = {"format": "openapi", "value": "openapi: 3.0.1", "path": "x"}
    status, _ = told(console, "PUT", "/apis/one", {"displayName": "x", **given})
    assert status == 400


def test_operations_that_could_not_be_told_apart_are_refused(console: Console) -> None:
    put_api(console, "one", "echo")
    parameters = [{"name": "a", "type": "string"}]
    given = {"displayName": "x", "method": "GET", "templateParameters": parameters}
    first = given | {"urlTemplate": "/things/{a}"}
    assert told(console, "PUT", "/apis/one/operations/a", first)[0] == 201
    same = given | {"urlTemplate": "/THINGS/{b}/"}
    same["templateParameters"] = [{"name": "b", "type": "string"}]
    assert told(console, "PUT", "/apis/one/operations/b", same)[0] == 409
    other = same | {"method": "POST"}
    assert told(console, "PUT", "/apis/one/operations/b", other)[0] == 201


@pytest.mark.parametrize(
    ("template", "names"), [("/{a}", []), ("/", ["a"]), ("/{a}/{a}", ["a"])]
)
def test_template_parameters_match_the_template(
    console: Console, template: str, names: list[str]
) -> None:
    put_api(console, "one", "echo")
    given = {
        "displayName": "x",
        "method": "GET",
        "urlTemplate": template,
        "templateParameters": [{"name": name, "type": "string"} for name in names],
    }
    assert told(console, "PUT", "/apis/one/operations/a", given)[0] == 400


def test_a_named_value_in_use_stays(console: Console) -> None:
    value = {"displayName": "where", "value": "there"}
    assert told(console, "PUT", "/namedValues/v", value)[0] == 201
    assert told(console, "PUT", "/namedValues/w", value)[0] == 409
    header = '<set-header name="x"><value>{{where}}</value></set-header>'
    text = f"<policies><inbound>{header}</inbound></policies>"
    policy = {"value": text, "format": "rawxml"}
    assert told(console, "PUT", "/policies/policy", policy)[0] == 201
    status, message = told(console, "DELETE", "/namedValues/v", match="*")
    assert status == 409
    assert "used by policies: global" in message
    assert told(console, "DELETE", "/policies/policy", match="*")[0] == 200
    assert told(console, "DELETE", "/namedValues/v", match="*")[0] == 200


def test_a_policy_that_names_an_unknown_value_is_refused(console: Console) -> None:
    header = '<set-header name="x"><value>{{nobody}}</value></set-header>'
    text = f"<policies><inbound>{header}</inbound></policies>"
    answer = console.call("PUT", "/policies/policy", {"value": text})
    assert answer.status_code == 400
    assert "no named value 'nobody'" in answer.text


def test_a_policy_is_answered_in_the_format_asked_for(console: Console) -> None:
    raw = console.call(
        "GET", "/products/starter/policies/policy", query={"format": "rawxml"}
    )
    assert '<rate-limit calls="5"' in raw.json()["properties"]["value"]
    bad = told(
        console, "GET", "/products/starter/policies/policy", query={"format": "pdf"}
    )
    assert bad[0] == 400


@pytest.mark.parametrize("form", ["xml-link", "rawxml-link"])
def test_policies_are_not_fetched_from_elsewhere(console: Console, form: str) -> None:
    given = {"format": form, "value": "http://169.254.169.254/"}
    assert told(console, "PUT", "/policies/policy", given)[0] == 400


def put_user(console: Console, name: str, **more: object) -> Answer:
    given = {"firstName": "A", "lastName": "B", "email": f"{name}@example.com"}
    return told(console, "PUT", f"/users/{name}", given | more)


def subscribe(console: Console, name: str, **more: object) -> Answer:
    given = {"displayName": name, "scope": "/products/starter", "ownerId": "/users/u"}
    return told(console, "PUT", f"/subscriptions/{name}", given | more)


def test_a_mail_address_belongs_to_one_user(console: Console) -> None:
    assert put_user(console, "u")[0] == 201
    assert put_user(console, "v", email="U@EXAMPLE.com")[0] == 409


def test_a_user_sees_no_password_again(console: Console) -> None:
    put_user(console, "u", password="hush-hush")
    assert "hush" not in console.call("GET", "/users/u").text
    assert put_user(console, "v", password="short")[0] == 400


def test_an_invited_user_waits_until_they_accept(console: Console) -> None:
    assert put_user(console, "u", confirmation="invite")[0] == 201
    found = console.call("GET", "/users/u").json()
    assert found["properties"]["state"] == "pending"
    assert put_user(console, "v", confirmation="shout")[0] == 400


def test_the_first_administrator_stays(console: Console) -> None:
    assert told(console, "DELETE", "/users/1", match="*")[0] == 400
    blocked = {"state": "blocked"}
    assert told(console, "PATCH", "/users/1", blocked, match="*")[0] == 400


@pytest.mark.parametrize("group", ["administrators", "developers", "guests"])
def test_built_in_groups_cannot_be_changed_or_joined(
    console: Console, group: str
) -> None:
    put_user(console, "u")
    given = {"displayName": "x"}
    assert told(console, "PATCH", f"/groups/{group}", given, match="*")[0] == 409
    assert told(console, "DELETE", f"/groups/{group}", match="*")[0] == 409
    assert told(console, "PUT", f"/groups/{group}/users/u")[0] == 409
    assert told(console, "DELETE", f"/groups/{group}/users/1")[0] == 409


def test_nobody_makes_a_group_of_the_system(console: Console) -> None:
    given = {"displayName": "x", "type": "system"}
    assert told(console, "PUT", "/groups/x", given)[0] == 400


def test_the_subscriptions_of_a_user_are_limited(console: Console) -> None:
    put_user(console, "u")
    assert subscribe(console, "one")[0] == 201
    status, message = subscribe(console, "two")
    assert status == 409
    assert "1 of 1 possible" in message
    cancelled = {"state": "cancelled"}
    assert told(console, "PATCH", "/subscriptions/one", cancelled, match="*")[0] == 200
    assert subscribe(console, "two")[0] == 201


@pytest.mark.parametrize(
    ("first", "then", "status"),
    [
        ("submitted", "active", 200),
        ("submitted", "rejected", 200),
        ("active", "suspended", 200),
        ("active", "submitted", 409),
        ("cancelled", "active", 409),
        ("active", "happy", 400),
    ],
)
def test_a_subscription_takes_only_steps_of_its_life(
    console: Console, first: str, then: str, status: int
) -> None:
    put_user(console, "u")
    subscribe(console, "one", state=first)
    given = {"state": then}
    assert told(console, "PATCH", "/subscriptions/one", given, match="*")[0] == status


@pytest.mark.parametrize(
    "scope",
    ["/products/nothing", "/apis/nothing", "/users/1", "products", "", "/products/a/b"],
)
def test_a_subscription_is_for_something_that_exists(
    console: Console, scope: str
) -> None:
    given = {"displayName": "x", "scope": scope}
    assert told(console, "PUT", "/subscriptions/one", given)[0] in (400, 404)


@pytest.mark.parametrize("scope", ["/apis", f"{BASE}/apis", f"{BASE}/products/starter"])
def test_a_scope_may_be_short_or_full(console: Console, scope: str) -> None:
    given = {"displayName": "x", "scope": scope}
    answer = console.call("PUT", "/subscriptions/one", given)
    assert answer.json()["properties"]["scope"] == BASE + scope.removeprefix(BASE)


def test_keys_of_ones_own_are_kept_by_a_later_put(console: Console) -> None:
    given = {"displayName": "x", "scope": "/apis", "primaryKey": "my-own-key"}
    made = console.call("PUT", "/subscriptions/one", given)
    assert "my-own-key" not in made.text
    del given["primaryKey"]
    told(console, "PUT", "/subscriptions/one", given)
    keys = console.call("POST", "/subscriptions/one/listSecrets").json()
    assert keys["primaryKey"] == "my-own-key"
    assert len(keys["secondaryKey"]) == 32


def test_digests_cannot_be_written(console: Console) -> None:
    given = {"displayName": "x", "scope": "/apis", "primaryDigest": "AAAA"}
    assert told(console, "PUT", "/subscriptions/one", given)[0] == 400


def test_the_all_access_subscription_stays(console: Console) -> None:
    assert told(console, "DELETE", "/subscriptions/master", match="*")[0] == 409
    suspended = {"state": "suspended"}
    path = "/subscriptions/master"
    assert told(console, "PATCH", path, suspended, match="*")[0] == 200


def test_a_product_with_subscriptions_goes_only_with_them(console: Console) -> None:
    put_user(console, "u")
    subscribe(console, "one")
    assert told(console, "DELETE", "/products/starter", match="*")[0] == 409
    query = {"deleteSubscriptions": "true"}
    found = told(console, "DELETE", "/products/starter", match="*", query=query)
    assert found[0] == 200
    assert told(console, "GET", "/subscriptions/one")[0] == 404


def test_only_a_product_with_subscriptions_has_approval(console: Console) -> None:
    given = {
        "displayName": "x",
        "subscriptionRequired": False,
        "approvalRequired": True,
    }
    assert told(console, "PUT", "/products/x", given)[0] == 400


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"url": "ftp://x"},
        {"url": "http://"},
        {"url": "http://[x"},
        {"type": "Pool"},
        {"type": "Pool", "pool": {"services": [{"id": "/backends/nobody"}]}},
        {"type": "Pool", "pool": {"services": [{}]}},
        {"url": "http://x", "tls": {"validateCertificateChain": "no"}},
    ],
)
def test_a_backend_leads_somewhere(console: Console, given: dict[str, object]) -> None:
    assert told(console, "PUT", "/backends/b", given)[0] in (400, 404)


def test_a_number_no_database_holds_is_refused(console: Console) -> None:
    given = {"displayName": "x", "subscriptionsLimit": 10**30}
    assert told(console, "PUT", "/products/x", given)[0] == 400


@pytest.mark.parametrize("depth", [3, 50, 65, 985, 100_000])
def test_examples_nest_only_so_deep(console: Console, depth: int) -> None:
    put_api(console, "one", "echo")
    deep = '{"a":' * depth + "1" + "}" * depth
    body = (
        '{"properties":{"displayName":"x","method":"GET","urlTemplate":"/",'
        '"request":{"representations":[{"contentType":"x","examples":' + deep + "}]}}}"
    )
    answer = console.client.put(
        f"{BASE}/apis/one/operations/a",
        params={"api-version": "2024-05-01"},
        content=body,
    )
    assert answer.status_code == (201 if depth <= 50 else 400)
    assert console.call("GET", "/apis/one/operations").status_code == 200


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deeply_nested_bodies_are_refused(console: Console, depth: int) -> None:
    text = b'{"properties":' + b"[" * depth + b"]" * depth + b"}"
    answer = console.client.put(
        f"{BASE}/groups/x", params={"api-version": "2024-05-01"}, content=text
    )
    assert answer.status_code == 400


def test_a_websocket_api_is_made_with_its_one_operation(console: Console) -> None:
    properties = {
        "displayName": "Talk",
        "path": "talk",
        "type": "websocket",
        "serviceUrl": "wss://talk.example",
        "protocols": ["wss"],
    }
    assert console.call("PUT", "/apis/talk", properties).status_code == 201
    assert console.call("PUT", "/apis/talk", properties).status_code == 200
    (only,) = console.call("GET", "/apis/talk/operations").json()["value"]
    assert (only["name"], only["properties"]["method"]) == ("onHandshake", "GET")
    policy = "/apis/talk/operations/onHandshake/policies/policy"
    document = {"value": "<policies><inbound><base /></inbound></policies>"}
    assert console.call("PUT", policy, document).status_code == 201


@pytest.mark.parametrize(
    "more", [{"subscriptionsLimit": 1}, {"approvalRequired": True}]
)
def test_an_open_product_takes_neither_limit_nor_approval(
    console: Console, more: dict[str, Any]
) -> None:
    given = {"displayName": "Open", "subscriptionRequired": False}
    answer = console.call("PUT", "/products/open", given | more)
    assert answer.status_code == 400
    (detail,) = answer.json()["error"]["details"]
    assert detail["target"] in more
    assert "only if subscriptionRequired" in detail["message"]
    nothing = {"subscriptionsLimit": None, "approvalRequired": False}
    assert told(console, "PUT", "/products/open", given | nothing)[0] == 201
    closed = {"subscriptionRequired": True} | more
    assert told(console, "PATCH", "/products/open", closed, match="*")[0] == 200
    opened = {"subscriptionRequired": False}
    answer = console.call("PATCH", "/products/open", opened, match="*")
    shown = answer.json()["properties"]
    assert not shown.get("subscriptionsLimit")
    assert not shown["approvalRequired"]


@pytest.mark.parametrize(
    ("given", "kept"), [("get", "GET"), ("Patch", "PATCH"), ("purge", "purge")]
)
def test_the_known_methods_are_written_in_capitals(
    console: Console, given: str, kept: str
) -> None:
    assert put_api(console, "one", "echo")[0] == 201
    properties = {"displayName": "Do", "method": given, "urlTemplate": "/"}
    answer = console.call("PUT", "/apis/one/operations/do", properties)
    assert answer.json()["properties"]["method"] == kept


def test_terraform_makes_an_api_by_its_first_revision(console: Console) -> None:
    path, given = "/apis/pets;rev=1", {"path": "pets", "displayName": "Pets"}
    document = {
        "openapi": "3.0.1",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": "https://pets.example.com"}],
        "paths": {},
    }
    imported = {"format": "openapi+json", "value": json.dumps(document)}
    assert console.call("GET", path).status_code == 404
    assert console.call("PUT", path, given | imported).status_code == 201
    # The rest of its settings follow, without what the import told.
    settings = given | {"authenticationSettings": None, "subscriptionRequired": False}
    assert console.call("PUT", path, settings, match="*").status_code == 200
    told = console.call("GET", path).json()["properties"]
    assert (told["isCurrent"], told["apiRevision"]) == (True, "1")
    assert told["serviceUrl"] == "https://pets.example.com"
    assert told["authenticationSettings"]["oAuth2"] is None
    assert console.call("GET", "/apis/pets").json()["properties"] == told
    assert console.call("DELETE", path, match="*").status_code == 204
    assert console.call("GET", "/apis/pets").status_code == 404


def test_a_link_is_made_again_when_what_it_led_to_is(console: Console) -> None:
    link, api = "/products/starter/apiLinks/l", {"path": "a", "displayName": "A"}
    for _ in range(2):
        assert console.call("PUT", "/apis/a", api).status_code == 201
        made = [console.call("PUT", link, {"apiId": "/apis/a"}) for _ in range(2)]
        assert [answer.status_code for answer in made] == [201, 200]
        assert console.call("DELETE", "/apis/a", match="*").status_code == 204
        assert console.call("GET", link).status_code == 404
