"""Who gives roles over the REST, and what publishers read besides."""

import httpx2
from tests.management.console import BASE, VERSION, Console
from tests.management.test_entities import put

ANN = {"firstName": "Ann", "lastName": "B", "email": "ann@example.com"}


def set_role(
    console: Console, role: object, token: str | None = None
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token or console.token}"}
    place = f"{BASE}/users/ann/setRole"
    body = {"role": role}
    return console.client.post(place, params=VERSION, headers=headers, json=body)


def test_an_owner_gives_and_takes_a_role(console: Console) -> None:
    put(console, "/users/ann", **ANN)
    assert console.call("GET", "/users/ann/role").json() == {"role": None}
    assert set_role(console, "editor").json() == {"role": "editor"}
    assert console.call("GET", "/users/ann/role").json() == {"role": "editor"}
    assert set_role(console, None).json() == {"role": None}
    assert set_role(console, "king").status_code == 400


def test_an_editor_gives_no_role(console: Console) -> None:
    put(console, "/users/ann", **ANN)
    answer = set_role(console, "owner", console.issue("editor"))
    assert answer.status_code == 403
    assert console.call("GET", "/users/ann/role").json() == {"role": None}


def test_without_published_services_there_are_none_to_choose(console: Console) -> None:
    assert console.call("GET", "/webServices").json() == {"value": [], "count": 0}


def test_the_audit_log_is_searched_by_path_and_method(console: Console) -> None:
    put(console, "/tags/one", displayName="One")
    put(console, "/tags/two", displayName="Two")
    console.call("DELETE", "/tags/two", match="*")
    query = {"$filter": "contains(path,'/tags/two') and method eq 'DELETE'"}
    (found,) = console.call("GET", "/audit", query=query).json()["value"]
    assert found["properties"]["path"] == "/tags/two"
    answer = console.call("GET", "/audit", query={"$filter": "before eq 'x'"})
    assert answer.status_code == 400


def test_the_list_of_mails_is_searched_by_recipient(console: Console) -> None:
    put(console, "/users/ann", **ANN, confirmation="invite")
    listed = {"$filter": "contains(recipient,'ann@')"}
    others = {"$filter": "recipient eq 'bob@example.com'"}
    assert console.call("GET", "/mail", query=listed).json()["count"] == 1
    assert console.call("GET", "/mail", query=others).json()["count"] == 0
