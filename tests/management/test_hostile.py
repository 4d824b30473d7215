"""What somebody hostile would send to the REST is refused with a clear error."""

import httpx2
import pytest
from tests.management.console import BASE, VERSION, Console

NOBODY = ("00000000-0000-0000-0000-000000000009", "other-group", "other-service")


def refused(answer: httpx2.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_nobody_raises_their_own_role(console: Console, role: str) -> None:
    lower = {"Authorization": f"Bearer {console.issue(role)}"}  # type: ignore[arg-type] # one of the two roles
    for path, body in (
        ("/users/1/setRole", {"properties": {"role": "owner"}}),
        ("/tenant/access", {"properties": {"enabled": True}}),
    ):
        verb = "PUT" if path.startswith("/tenant") else "POST"
        answer = console.client.request(
            verb,
            BASE + path,
            params=VERSION,
            headers=lower | {"If-Match": "*"},
            json=body,
        )
        refused(answer, 403)


@pytest.mark.parametrize("place", range(3))
def test_ids_of_other_instances_lead_nowhere(console: Console, place: int) -> None:
    parts = BASE.split("/")
    parts[(2, 4, 8)[place]] = NOBODY[place]
    answer = console.client.get("/".join(parts) + "/apis", params=VERSION)
    refused(answer, 404)


@pytest.mark.parametrize(
    ("path", "properties"),
    [
        ("/subscriptions/s", {"primaryDigest": "AA==", "scope": "/apis"}),
        ("/users/u", {"role": "owner", "firstName": "A", "lastName": "B"}),
        ("/users/u", {"passwordHash": "x", "firstName": "A", "lastName": "B"}),
        ("/groups/g", {"displayName": "g", "builtIn": False, "type": "system"}),
        ("/products/p", {"displayName": "p", "revision": 7}),
    ],
)
def test_nothing_is_set_that_is_not_offered(
    console: Console, path: str, properties: dict[str, object]
) -> None:
    refused(console.call("PUT", path, properties), 400)
    assert console.call("GET", path).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "../../etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "http://127.0.0.1:1/a",
        "http://2130706433/",
        "gopher://example.com/",
        "http://user@127.0.0.1/",
    ],
)
@pytest.mark.parametrize("form", ["openapi-link", "wadl-link-json", "wsdl-link"])
def test_links_reach_neither_files_nor_inner_addresses(
    console: Console, form: str, address: str
) -> None:
    given = {"path": "x", "format": form, "value": address}
    answer = console.call("PUT", "/apis/x", given)
    refused(answer, 400)
    assert "root:" not in answer.text


def test_fifty_megabytes_are_not_read(console: Console) -> None:
    def pieces() -> "list[bytes]":
        return [b"x" * 1_000_000] * 50

    try:
        answer = console.client.put(
            f"{BASE}/apis/x", params=VERSION, content=iter(pieces())
        )
    except httpx2.TransportError:
        return  # Cut while it still sent: as good a refusal.
    refused(answer, 400)


def test_a_yaml_bomb_is_refused(console: Console) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "\n".join(["openapi: 3.0.0", *levels])
    given = {"path": "x", "format": "openapi", "value": text}
    refused(console.call("PUT", "/apis/x", given), 400)


@pytest.mark.parametrize("form", ["wsdl", "wadl-xml"])
def test_an_xml_bomb_is_refused(console: Console, form: str) -> None:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x"}">' for n in range(12)
    )
    text = f"<!DOCTYPE r [{entities}]><r>&e11;</r>"
    given = {"path": "x", "format": form, "value": text}
    refused(console.call("PUT", "/apis/x", given), 400)


def test_an_xml_bomb_is_no_policy(console: Console) -> None:
    text = (
        '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><policies>&e;</policies>'
    )
    given = {"value": text, "format": "rawxml"}
    answer = console.call("PUT", "/policies/policy", given)
    refused(answer, 400)
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "name eq ''; DROP TABLE product; --'",
        "name eq 'x' OR 1=1",
        "1 eq 1",
        "name eq 'x' union select digest from access_token",
        "sqlite_version() eq '3'",
        "digest eq 'x'",
    ],
)
def test_sql_is_no_filter(console: Console, text: str) -> None:
    refused(console.call("GET", "/products", query={"$filter": text}), 400)
    refused(console.call("GET", "/products", query={"$orderby": f"name; {text}"}), 400)
    assert console.call("GET", "/products").json()["count"] == 2


def test_text_that_is_not_even_ascii_is_no_base64(console: Console) -> None:
    given = {"data": "\u202e", "password": "x"}
    answer = console.call("PUT", "/certificates/c", given)
    assert (answer.status_code, "base64" in answer.text) == (400, True)
