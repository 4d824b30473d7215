"""What the entities besides the first ones promise."""

from typing import Any

import httpx2
import pytest
from tests.management.console import BASE, VERSION, Console
from tests.management.test_inventory import certificate, soon

from bramka.domain.traffic.configuration import Configuration, read_update


def put(console: Console, place: str, /, **properties: Any) -> httpx2.Response:
    answer = console.call("PUT", place, properties)
    assert answer.status_code in (200, 201), answer.text
    return answer


def put_api(console: Console, name: str = "echo", **more: Any) -> None:
    put(console, f"/apis/{name}", displayName=name, path=name.partition(";")[0], **more)


def put_operation(console: Console, api: str, name: str) -> None:
    given = {"displayName": name, "method": "GET", "urlTemplate": f"/{name}"}
    put(console, f"/apis/{api}/operations/{name}", **given)


def names(console: Console, path: str) -> list[str]:
    return [one["name"] for one in console.call("GET", path).json()["value"]]


def test_a_release_makes_a_revision_current(console: Console) -> None:
    put_api(console)
    put_operation(console, "echo", "old")
    source = {"sourceApiId": "/apis/echo", "apiRevisionDescription": "better"}
    put_api(console, "echo;rev=2", **source)
    assert names(console, "/apis/echo;rev=2/operations") == ["old"]
    put_operation(console, "echo;rev=2", "new")
    assert names(console, "/apis/echo/operations") == ["old"]
    put(console, "/apis/echo/releases/r", apiId="/apis/echo;rev=2", notes="at last")
    assert names(console, "/apis/echo/operations") == ["new", "old"]
    assert names(console, "/apis/echo;rev=2/operations") == ["new", "old"]
    assert names(console, "/apis/echo;rev=1/operations") == ["old"]
    listed = console.call("GET", "/apis/echo/revisions").json()["value"]
    current = {one["apiRevision"]: one["isCurrent"] for one in listed}
    assert current == {"2": True, "1": False}


def test_a_revision_shares_what_all_revisions_have(console: Console) -> None:
    put_api(console)
    put_api(console, "echo;rev=2", serviceUrl="http://127.0.0.1:2")
    change = {"displayName": "other"}
    answer = console.call("PATCH", "/apis/echo;rev=2", change, match="*")
    assert answer.status_code == 400
    assert "non-current revision" in answer.text


@pytest.mark.parametrize(
    ("path", "properties", "secrets"),
    [
        (
            "/identityProviders/google",
            {"clientId": "c", "clientSecret": "hush"},
            {"clientSecret": "hush"},
        ),
        (
            "/openidConnectProviders/p",
            {
                "displayName": "P",
                "metadataEndpoint": "https://x",
                "clientId": "c",
                "clientSecret": "hush",
            },
            {"clientSecret": "hush"},
        ),
        (
            "/portalsettings/delegation",
            {"url": "https://x", "validationKey": "hush"},
            {"validationKey": "hush"},
        ),
        (
            "/loggers/l",
            {"loggerType": "azureEventHub", "credentials": {"a": "hush"}},
            0,
        ),
        ("/caches/default", {"connectionString": "redis,password=hush"}, 0),
    ],
)
def test_secrets_are_told_by_post_and_outlive_a_put(
    console: Console, path: str, properties: dict[str, Any], secrets: Any
) -> None:
    made = put(console, path, **properties)
    read = console.call("GET", path)
    assert "hush" not in made.text + read.text
    again = console.call("PUT", path, read.json()["properties"])
    assert again.status_code == 200, again.text
    assert "hush" not in console.call("GET", "/audit").text
    if secrets:
        assert console.call("POST", f"{path}/listSecrets").json() == secrets


def test_a_fragment_in_use_stays_and_stays_right(console: Console) -> None:
    text = '<fragment><set-header name="x"><value>1</value></set-header></fragment>'
    put(console, "/policyFragments/f", value=text, format="rawxml")
    policy = (
        '<policies><inbound><include-fragment fragment-id="f" /></inbound></policies>'
    )
    put(console, "/policies/policy", value=policy)
    found = console.call("POST", "/policyFragments/f/listReferences").json()
    assert found["value"] == [{"id": f"{BASE}/policies/policy"}]
    wrong = {"value": "<fragment><no-such-policy /></fragment>", "format": "rawxml"}
    assert console.call("PUT", "/policyFragments/f", wrong).status_code == 400
    gone = console.call("DELETE", "/policyFragments/f", match="*")
    assert gone.status_code == 409


def test_a_restriction_keeps_base_in_a_policy(console: Console) -> None:
    scope = "/products/starter/policies/policy"
    put(console, "/policyRestrictions/r", scope=scope, requireBase="true")
    bare = {"value": "<policies><inbound></inbound></policies>"}
    assert console.call("PUT", scope, bare).status_code == 400
    told = console.call("POST", "/validatePolicies").json()
    assert told["properties"]["status"] == "Succeeded"


def test_tags_are_found_with_what_carries_them(console: Console) -> None:
    put_api(console)
    put(console, "/tags/red", displayName="Red")
    assert console.call("PUT", "/apis/echo/tags/red").status_code == 201
    assert console.call("PUT", "/products/starter/tags/red").status_code == 201
    rows = console.call("GET", "/tagResources").json()["value"]
    assert [one["tag"]["name"] for one in rows] == ["Red", "Red"]
    assert names(console, "/tags/red/apiLinks") == ["apis-echo"]
    assert console.call("DELETE", "/tags/red", match="*").status_code == 200
    assert console.call("GET", "/apis/echo/tags").json()["value"] == []


def test_a_pfx_is_read_and_its_key_stays_inside(console: Console) -> None:
    made = put(console, "/certificates/own", **certificate()).json()["properties"]
    assert made["subject"] == "CN=bramka.test"
    assert len(made["thumbprint"]) == 40
    assert made.keys() == {"subject", "thumbprint", "expirationDate"}
    wrong = certificate() | {"password": "other"}
    assert console.call("PUT", "/certificates/other", wrong).status_code == 400
    sent = configuration(console, console.gateway_token).certificates["own"]
    assert sent.key.startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_certificate_that_somebody_shows_or_trusts_stays(console: Console) -> None:
    put(console, "/certificates/own", **certificate())
    put(console, "/gateways/far", locationData={"name": "Far"})
    uses = (
        ("hostnameConfigurations/h", {"hostname": "h", "certificateId": OWN}),
        ("certificateAuthorities/own", {"isTrusted": True}),
    )
    for name, properties in uses:
        put(console, f"/gateways/far/{name}", **properties)
        assert console.call("DELETE", OWN, match="*").status_code == 409
        console.call("DELETE", f"/gateways/far/{name}", match="*")
    assert console.call("DELETE", OWN, match="*").status_code == 200


OWN = "/certificates/own"


def configuration(console: Console, token: str) -> Configuration:
    headers = {"Authorization": f"GatewayKey {token}"}
    answer = httpx2.get(f"{console.url}/gateway/configuration", headers=headers)
    assert answer.status_code == 200, answer.text
    whole = read_update(answer.content).whole
    assert whole is not None
    return whole


def test_a_gateways_token_opens_only_its_own_apis(console: Console) -> None:
    for name in ("mine", "other"):
        put_api(console, name)
        put(console, f"/namedValues/{name}", displayName=name, value="v", secret=True)
        header = f'<set-header name="x"><value>{{{{{name}}}}}</value></set-header>'
        text = f"<policies><inbound><base />{header}</inbound></policies>"
        put(console, f"/apis/{name}/policies/policy", value=text)
    put(console, "/gateways/edge", locationData={"name": "edge"})
    assert console.call("PUT", "/gateways/edge/apis/mine").status_code == 201
    asked = {"keyType": "primary", "expiry": soon()}
    path = f"{BASE}/gateways/edge/generateToken"
    token = console.client.post(path, params=VERSION, json=asked).json()["value"]
    found = configuration(console, token)
    assert found.instance.gateway_id == "edge"
    assert (list(found.apis), list(found.named_values)) == (["mine"], ["mine"])
    assert "apis/other" not in found.policies
    url, headers = f"{console.url}/gateway/configuration", {}
    for forged in (token.replace("edge", "else"), token[:-4] + "AAA="):
        headers = {"Authorization": f"GatewayKey {forged}"}
        assert httpx2.get(url, headers=headers).status_code == 401
    assert found.certificates == {}
    for name, trusted in (("own", True), ("not", False)):
        put(console, f"/certificates/{name}", **certificate())
        path = f"/gateways/edge/certificateAuthorities/{name}"
        put(console, path, isTrusted=trusted)
    told = configuration(console, token)
    assert told.version > found.version
    # Trust takes no key.
    assert [(name, one.key) for name, one in told.certificates.items()] == [
        ("own", b"")
    ]
    assert told.instance.distrusted == ("not",)
    regenerate = f"{BASE}/gateways/edge/regenerateKey"
    console.client.post(regenerate, params=VERSION, json={"keyType": "primary"})
    headers = {"Authorization": f"GatewayKey {token}"}
    assert httpx2.get(url, headers=headers).status_code == 401


def test_every_change_is_in_the_audit_log(console: Console) -> None:
    put(console, "/namedValues/n", displayName="n", value="hush", secret=True)
    console.call("PATCH", "/namedValues/n", {"tags": ["a"]}, match="*")
    console.call("PATCH", "/namedValues/n", {"tags": 1}, match="*")
    console.call("DELETE", "/namedValues/n", match="*")
    told = console.call("GET", "/audit")
    assert "hush" not in told.text
    entries = [one["properties"] for one in told.json()["value"]]
    assert [one["method"] for one in entries] == ["DELETE", "PATCH", "PUT"]
    assert {one["path"] for one in entries} == {"/namedValues/n"}
    assert entries[0]["after"] is None
    assert (entries[1]["before"]["tags"], entries[1]["after"]["tags"]) == ([], ["a"])
    assert entries[0]["actor"].startswith("test (")


def test_what_proves_us_to_a_backend_is_not_in_the_audit_log(console: Console) -> None:
    proof = {"header": {"x-key": ["hush"]}, "query": {"key": ["hush"]}}
    put(console, "/backends/b", url="https://b.example", credentials=proof)
    console.call("PATCH", "/backends/b", {"title": "B"}, match="*")
    assert "hush" in console.call("GET", "/backends/b").text
    told = console.call("GET", "/audit")
    assert "hush" not in told.text
    assert told.json()["value"][0]["properties"]["after"]["title"] == "B"


def test_an_administrators_signature_opens_the_rest(console: Console) -> None:
    asked = {"properties": {"keyType": "primary", "expiry": soon()}}
    path = f"{BASE}/users/1/token"
    refused = console.client.post(path, params=VERSION, json=asked)
    assert refused.json()["error"]["code"] == "NotSupported"
    put(console, "/tenant/access", enabled=True)
    token = console.client.post(path, params=VERSION, json=asked).json()["value"]
    headers = {"Authorization": f"SharedAccessSignature {token}"}
    url = f"{console.url}{BASE}/products"
    assert httpx2.get(url, params=VERSION, headers=headers).status_code == 200
    headers = {"Authorization": f"SharedAccessSignature {token[:-4]}AAA="}
    assert httpx2.get(url, params=VERSION, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/subscriptions/master/listSecrets",
        "/gateways/edge/listKeys",
        "/gateways/edge/generateToken",
        "/users/1/token",
        "/identityProviders/google/listSecrets",
        "/portalsettings/delegation/listSecrets",
        "/tenant/access/listSecrets",
    ],
)
def test_viewers_are_told_no_secret(console: Console, path: str) -> None:
    put(console, "/gateways/edge", locationData={"name": "edge"})
    put(console, "/identityProviders/google", clientId="c", clientSecret="hush")
    headers = {"Authorization": f"Bearer {console.issue('viewer')}"}
    answer = console.client.post(BASE + path, params=VERSION, headers=headers, json={})
    assert answer.status_code == 403
