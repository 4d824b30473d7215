"""The conventions of the REST, spoken by hand."""

from pathlib import Path

import httpx2
import pytest
from tests.databases import DEMO, new_database
from tests.management.console import (
    BASE,
    VERSION,
    Console,
    Listener,
    running_console,
)

from bramka.app.settings import Settings

GROUP = {"displayName": "Readers"}


def put_group(console: Console, name: str = "readers") -> httpx2.Response:
    return console.call("PUT", f"/groups/{name}", GROUP)


def error(answer: httpx2.Response) -> tuple[int, str]:
    told = answer.json()["error"]
    assert told["message"]
    return answer.status_code, told["code"]


def test_an_entity_comes_in_the_arm_envelope(console: Console) -> None:
    found = console.call("GET", "/products/starter").json()
    assert found["id"] == f"{BASE}/products/starter"
    assert found["type"] == "Microsoft.ApiManagement/service/products"
    assert found["name"] == "starter"
    assert found["properties"]["displayName"] == "Starter"


def test_put_answers_201_and_then_200_with_another_etag(console: Console) -> None:
    first, second = put_group(console), put_group(console)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["etag"] != second.headers["etag"]


def test_put_replaces_what_it_does_not_name(console: Console) -> None:
    console.call("PUT", "/groups/readers", GROUP | {"description": "a"})
    assert put_group(console).json()["properties"]["description"] is None


def test_head_answers_the_etag_and_nothing_else(console: Console) -> None:
    tag = put_group(console).headers["etag"]
    answer = console.call("HEAD", "/groups/readers")
    assert (answer.status_code, answer.headers["etag"]) == (200, tag)
    assert answer.content == b""
    assert console.call("HEAD", "/groups/nobody").status_code == 404


def test_patch_merges_and_null_takes_away(console: Console) -> None:
    console.call("PUT", "/groups/readers", GROUP | {"description": "a"})
    patched = console.call("PATCH", "/groups/readers", {"displayName": "R"}, match="*")
    assert patched.json()["properties"]["description"] == "a"
    patched = console.call("PATCH", "/groups/readers", {"description": None}, match="*")
    assert patched.json()["properties"]["description"] is None
    assert patched.json()["properties"]["displayName"] == "R"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_patch_and_delete_ask_for_if_match(console: Console, method: str) -> None:
    put_group(console)
    assert error(console.call(method, "/groups/readers", {})) == (
        400,
        "ValidationError",
    )


def test_a_setting_lets_change_what_nobody_looked_at(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    listening_once: tuple[str, Listener],
) -> None:
    with new_database("sqlite", tmp_path, request, "demo") as url:
        settings = Settings(data=tmp_path, usage_database=url, if_match_optional=True)
        with running_console(url, tmp_path, listening_once, settings) as console:
            put_group(console)
            for method in ("PATCH", "DELETE"):
                assert console.call(method, "/groups/readers", {}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("match", ['"1"', '"x"', "W/0", "", '"99999999999999999999"'])
def test_another_etag_is_a_412(console: Console, method: str, match: str) -> None:
    put_group(console)
    answer = console.call(method, "/groups/readers", GROUP, match=match)
    assert error(answer) == (412, "PreconditionFailed")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_the_right_etag_lets_pass(console: Console, method: str) -> None:
    tag = put_group(console).headers["etag"]
    assert console.call(method, "/groups/readers", GROUP, match=tag).status_code == 200


def test_delete_answers_200_and_then_204(console: Console) -> None:
    put_group(console)
    assert console.call("DELETE", "/groups/readers", match="*").status_code == 200
    assert console.call("DELETE", "/groups/readers", match="*").status_code == 204


def test_a_list_tells_its_count_and_where_the_rest_is(console: Console) -> None:
    for number in range(5):
        put_group(console, f"z{number}")
    wanted = {"$top": "3", "$skip": "1", "$filter": "startswith(name,'z')"}
    page = console.call("GET", "/groups", query=wanted).json()
    assert [one["name"] for one in page["value"]] == ["z1", "z2", "z3"]
    assert page["count"] == 5
    rest = console.client.get(page["nextLink"]).json()
    assert [one["name"] for one in rest["value"]] == ["z4"]
    assert "nextLink" not in rest


def test_a_list_is_sorted_as_asked(console: Console) -> None:
    page = console.call(
        "GET", "/products", query={"$orderby": "displayName desc"}
    ).json()
    assert [one["name"] for one in page["value"]] == ["unlimited", "starter"]


@pytest.mark.parametrize(
    "query", [{"$top": "0"}, {"$top": "x"}, {"$skip": "-1"}, {"$filter": "x eq 1"}]
)
def test_bad_list_parameters_are_named(console: Console, query: dict[str, str]) -> None:
    answer = console.call("GET", "/products", query=query)
    assert error(answer) == (400, "ValidationError")
    assert answer.json()["error"]["target"] == next(iter(query))


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("", "MissingApiVersionParameter"),
        ("2017-03-01", "InvalidApiVersionParameter"),
        ("2099-01-01", "InvalidApiVersionParameter"),
        ("latest", "InvalidApiVersionParameter"),
    ],
)
def test_the_api_version_is_mandatory(
    console: Console, version: str, code: str
) -> None:
    query = {"api-version": version} if version else {}
    assert error(console.client.get(f"{BASE}/products", params=query)) == (400, code)


@pytest.mark.parametrize("version", ["2021-08-01", "2022-08-01", "2023-03-01-preview"])
def test_older_versions_are_spoken(console: Console, version: str) -> None:
    answer = console.client.get(f"{BASE}/products", params={"api-version": version})
    assert answer.status_code == 200


def test_the_fixed_parts_of_a_path_have_no_case(console: Console) -> None:
    path = BASE.replace("resourceGroups", "RESOURCEGROUPS").replace("demo", "Demo")
    answer = console.client.get(f"{path}/Products/starter", params=VERSION)
    assert answer.json()["id"] == f"{BASE}/products/starter"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/products/nothing",
        "/products/starter/nothing",
        "/products/nothing/apis",
        "/products/starter/policies/other",
        "/products/..%2Fgroups/apis",
    ],
)
def test_what_is_not_there_is_a_404(console: Console, path: str) -> None:
    assert error(console.call("GET", path)) == (404, "ResourceNotFound")


def test_another_instance_is_a_404_that_tells_ours(console: Console) -> None:
    path = BASE.replace(DEMO.name, "other")
    answer = console.client.get(f"{path}/products", params=VERSION)
    assert error(answer) == (404, "ResourceNotFound")
    assert BASE in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/products"),
        ("PUT", "/products"),
        ("PATCH", "/products/starter/policies/policy"),
        ("GET", "/subscriptions/master/listSecrets"),
        ("GET", "/products/starter/groups/developers"),
    ],
)
def test_what_is_not_done_is_a_405(console: Console, method: str, path: str) -> None:
    assert error(console.call(method, path, match="*")) == (405, "MethodNotAllowed")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"properties": 1}']
)
def test_a_body_that_cannot_be_read_is_a_400(console: Console, body: bytes) -> None:
    url = f"{BASE}/groups/readers"
    answer = console.client.put(url, params=VERSION, content=body)
    assert error(answer) == (400, "ValidationError")


def test_a_body_that_is_too_large_is_a_400(console: Console) -> None:
    url = f"{BASE}/groups/readers"
    body = b" " * (9 * 1024 * 1024)
    answer = console.client.put(url, params=VERSION, content=body)
    assert error(answer) == (400, "ValidationError")


@pytest.mark.parametrize(
    ("properties", "target"),
    [
        ({}, "displayName"),
        ({"displayName": ""}, "displayName"),
        ({"displayName": "x" * 301}, "displayName"),
        ({"displayName": 1}, "displayName"),
        ({"displayName": "x", "type": "odd"}, "type"),
        ({"displayName": "x", "displayname": "y"}, "displayname"),
        ({"displayName": "x", "id": "administrators"}, "id"),
    ],
)
def test_each_broken_rule_is_told_with_its_field(
    console: Console, properties: dict[str, object], target: str
) -> None:
    answer = console.call("PUT", "/groups/readers", properties)
    assert error(answer) == (400, "ValidationError")
    (detail,) = answer.json()["error"]["details"]
    assert detail["target"] == target


@pytest.mark.parametrize("name", ["a*b", "a%23b", "a+b", "a%2Fb", "x" * 257])
def test_ids_keep_to_their_rule(console: Console, name: str) -> None:
    assert error(put_group(console, name)) == (400, "ValidationError")


def test_a_text_that_no_database_can_hold_is_refused_or_kept(
    console: Console,
) -> None:
    answer = console.call("PUT", "/groups/g", {"displayName": "a\0b"})
    assert answer.status_code in (201, 400)


def test_without_a_token_nothing_is_told(console: Console) -> None:
    for header in ({}, {"Authorization": ""}, {"Authorization": "Bearer wrong"}):
        answer = httpx2.get(f"{console.url}{BASE}/x", params=VERSION, headers=header)
        assert error(answer) == (401, "AuthenticationFailed")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "viewer", "editor"),
    [
        ("GET", "/products", 200, 200),
        ("HEAD", "/products/starter", 200, 200),
        ("PUT", "/groups/readers", 403, 201),
        ("PATCH", "/products/starter", 403, 200),
        ("POST", "/subscriptions/master/listSecrets", 403, 200),
        ("POST", "/subscriptions/master/regeneratePrimaryKey", 403, 204),
        ("PATCH", "", 403, 403),
    ],
)
def test_roles_bound_what_a_token_may(
    console: Console, method: str, path: str, viewer: int, editor: int
) -> None:
    found = []
    for role in ("viewer", "editor"):
        console.client.headers["Authorization"] = f"Bearer {console.issue(role)}"
        answer = console.call(method, path, GROUP if path else {}, match="*")
        found.append(answer.status_code)
    assert found == [viewer, editor]


def test_a_change_is_seen_by_gateways_at_once(console: Console) -> None:
    headers = {"Authorization": f"Bearer {console.gateway_token}"}
    url = "/gateway/configuration"
    before = console.client.get(url, headers=headers).json()["version"]
    put_group(console)
    query = {"since": str(before)}
    told = console.client.get(url, headers=headers, params=query).json()
    assert [(one["table"], one["key"]) for one in told["changes"]] == [
        ("groups", "readers")
    ]


def test_what_the_caller_has_is_not_sent_again(console: Console) -> None:
    made = put_product(console)
    tag, client = made.headers["etag"], console.client
    for given, status in (
        (tag, 304),
        (f'"7", W/{tag}', 304),
        ("*", 304),
        ('"999999"', 200),
    ):
        for method in ("GET", "HEAD"):
            answer = client.request(
                method,
                f"{BASE}/products/fresh",
                params=VERSION,
                headers={"If-None-Match": given},
            )
            assert (answer.status_code, answer.headers["etag"]) == (status, tag)
            # What other things say in it changes without its tag.
            assert answer.headers["cache-control"] == "no-store"
            assert bool(answer.content) == (method == "GET" and status == 200)


def test_what_is_there_is_not_made_again_if_the_caller_says_so(
    console: Console,
) -> None:
    for status in (201, 412):
        answer = put_product(console, {"If-None-Match": "*"})
        assert answer.status_code == status
    assert answer.json()["error"]["code"] == "PreconditionFailed"
    assert put_product(console, {"If-None-Match": '"999999"'}).status_code == 200


def put_product(
    console: Console, headers: dict[str, str] | None = None
) -> httpx2.Response:
    return console.client.put(
        f"{BASE}/products/fresh",
        params=VERSION,
        headers=headers,
        json={"properties": {"displayName": "Fresh"}},
    )
