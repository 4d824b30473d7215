"""Policy documents that people use, run against stubs: each keeps what it promises."""

import base64
import hashlib
import hmac
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec.structs import replace

from bramka.domain.errors import Invalid
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.operation import Operation
from bramka.testing.backends import Call, Reply
from bramka.testing.nouns import KEY, PRODUCT
from bramka.testing.playbook import Playbook, play

FOLDER = Path("tests/expressions/corpus")
SECRET = base64.b64encode(b"a secret of thirty-two bytes ...").decode()
DAMAGED = ("Call_out_to", "Loopback", "Pre-auth")


def document(start: str) -> str:
    """The one document whose name begins so."""
    [path] = FOLDER.glob(f"{start}*")
    return path.read_text("utf-8")


def values(**named: str) -> dict[str, dict[str, NamedValue]]:
    return {
        "named_values": {
            name: NamedValue(id=name, display_name=name, value=value)
            for name, value in named.items()
        }
    }


def story(start: str, named: dict[str, str] | None = None, **how: Any) -> Playbook:
    return play(document(start), tables=values(**(named or {})), **how)


def answered_json(value: Any, status: int = 200) -> Reply:
    fields = [("Content-Type", "application/json")]
    return Reply(status, json.dumps(value).encode(), fields)


def bearer(claims: dict[str, Any]) -> dict[str, str]:
    """A signed token."""

    def part(value: Any) -> str:
        text = json.dumps(value).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    key = base64.b64decode(SECRET)
    made = hmac.digest(key, signed.encode(), hashlib.sha256)
    seal = base64.urlsafe_b64encode(made).decode().rstrip("=")
    return {"Authorization": f"Bearer {signed}.{seal}"}


LATER = {"exp": 4_000_000_000, "permissions": ["sendEmail", "sendText"]}

# --- headers and where calls go -----------------------------------------------------


def test_a_correlation_id_is_added_and_an_old_one_kept() -> None:
    book = story("Add_correlation").call()
    one = book.sent.header("correlationid") or ""
    other = book.call().sent.header("correlationid") or ""
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one)
    assert one != other
    assert book.call(headers={"correlationid": "own"}).sent.header("correlationid") == (
        "own"
    )
    # A COMB: its last six bytes are the time, for indexes.
    ticks = int((book.clock.now() + 62_135_596_800) * 10_000_000)
    time = int.from_bytes(bytes.fromhex(other[24:]), "little")
    assert ticks % 2**48 - time in range(10_000_000)


def test_the_gateways_host_is_forwarded() -> None:
    book = story("Forward_gateway").call()
    assert book.sent.header("Forwarded") == "proto=http;host=gateway.test;"


def test_who_calls_is_told_to_the_backend() -> None:
    book = story("Send_request_context", region="West US").call(path="/a?b=c")
    assert book.sent.target == "/a?b=c&x-product-name=Starter"
    assert book.sent.header("x-request-context-data") == "ada,West US"


@pytest.mark.parametrize(
    ("region", "host"),
    [("west us", "us"), ("East Asia", "asia"), ("North Europe", "other")],
)
def test_a_region_has_its_backend(region: str, host: str) -> None:
    hosts = {f"contoso-{one}.com": Reply(200) for one in ("us", "asia", "other")}
    book = story("Route_requests_to_regional", region=region, hosts=hosts)
    assert book.call(path="/a").sent.url == f"contoso-{host}.com/a"


def test_large_requests_go_elsewhere() -> None:
    named = {
        "alternate-path-and-query": "/big?x=1",
        "alternate-host": "http://big.test",
    }
    book = story("Route_requests_based_on_size", named, hosts={"big.test": Reply(200)})
    assert book.call("POST", "/a", b"small").sent.url == "backend.test/a"
    assert book.call("POST", "/a", b"x" * 256_000).sent.url == "big.test/big?x=1"


def test_calls_are_spread_over_two_backends() -> None:
    named = {"backend-url-1": "http://one.test", "backend-url-2": "http://two.test"}
    hosts = {"one.test": Reply(200), "two.test": Reply(200)}
    book = story("Random_load_balancer.", named, hosts=hosts)
    for _ in range(40):
        book.call().passes()
    assert {call.host for call in book.backends.calls} == {"one.test", "two.test"}


def test_a_share_of_the_calls_goes_to_another_backend() -> None:
    named = {
        "MyTrafficSplitApp_TrafficSplitWeight": "30",
        "MyTrafficSplitApp_TrafficBaseUrlOverride": "http://other.test",
    }
    book = story(
        "Random_load_balancer_simpler", named, hosts={"other.test": Reply(200)}
    )
    for _ in range(100):
        book.call().passes()
    moved = sum(call.host == "other.test" for call in book.backends.calls)
    assert 10 <= moved <= 50


@pytest.mark.parametrize(
    ("region", "near"),
    [
        ("East US", "hello-eus.azurewebsites.net"),
        ("West Europe", "hello-weu.azurewebsites.net"),
    ],
)
def test_the_nearest_backend_is_asked(region: str, near: str) -> None:
    text = document("Back-end_API").replace("https://", "http://")
    book = play(text, region=region, hosts={near: Reply(200)}).call().passes()
    assert [call.host for call in book.backends.calls] == [near]


def test_a_backend_that_fails_is_replaced_and_remembered() -> None:
    eus, weu = "hello-eus.azurewebsites.net", "hello-weu.azurewebsites.net"
    text = document("Back-end_API").replace("https://", "http://")
    hosts = {eus: Reply(404), weu: Reply(200, b"from the west")}
    book = play(text, region="East US", hosts=hosts)
    book.call().answered("from the west").reached(2)
    assert [call.host for call in book.backends.calls] == [eus, weu]
    book.call().answered("from the west").reached(3)
    book.after(11).call().answered("from the west").reached(5)


# --- who may call -------------------------------------------------------------------


def test_an_external_authorizer_is_asked_and_its_word_kept_for_a_while() -> None:
    def authorizer(call: Call) -> Reply:
        is_known = call.header("Authorization") == "good"
        return answered_json({"status": 200 if is_known else 403})

    named = {"authorizer-url": "http://auth.test/check?code=1"}
    book = story("Authorize_requests", named, hosts={"auth.test": authorizer})
    book.call().refused(401)
    assert book.answer.header("WWW-Authenticate") == "Bearer realm=gateway.test"
    good, bad = {"Authorization": "good"}, {"Authorization": "bad"}
    book.call(headers=good).answered("from the backend").reached(2)
    book.call(headers=good).answered("from the backend").reached(3)
    book.call(headers=bad).refused(403).reached(4)
    book.after(6).call(headers=good).answered("from the backend").reached(6)


def test_basic_credentials_are_checked_and_not_passed_on() -> None:
    book = story("Perform_basic", {"UserId": "ada", "Password": "s3cret"})
    for text in ("ada:s3cret", "ada:wrong", "bob:s3cret", ""):
        token = base64.b64encode(text.encode()).decode()
        book.call(headers={"Authorization": f"Basic {token}"})
        assert (book.answer.status == 200) is (text == "ada:s3cret")
    book.call().refused(401).reached(1)
    assert book.sent.header("Authorization") is None


@pytest.mark.parametrize(
    ("caller", "status"),
    [("10.1.2.3", 200), ("192.168.7.7:4711", 200), ("8.8.8.8", 403), ("", 403)],
)
def test_callers_behind_another_gateway_are_filtered(caller: str, status: int) -> None:
    text = document("Filter_on_IP")
    text = text.replace("</policies>", "<backend><base /></backend></policies>")
    book = play(text, tables=values(ipValidated="validated"))
    book.call(headers={"X-Forwarded-For": caller} if caller else {})
    assert book.answer.status == status
    if status == 200:
        seen = book.sent.header("X-Forwarded-For") or ""
        assert seen.startswith(caller)
        assert "validated" not in seen


def test_a_token_is_checked_and_its_claims_looked_at() -> None:
    book = story("Parse_a_JWT", {"signing-key": SECRET})
    book.call(headers=bearer(LATER)).answered("from the backend")
    book.call(headers=bearer({"exp": 1})).refused(401)
    book.call().refused(401).reached(1)


def test_what_a_token_permits_is_told() -> None:
    mark = '<set-header name="may"><value>mail</value></set-header>'
    text = document("Parse_a_JWT").replace("<!-- Do something here -->", mark)
    book = play(text, tables=values(**{"signing-key": SECRET}))
    mails = {**LATER, "permissions": ["read", "sendEmail"]}
    book.call(headers=bearer(mails)).passes()
    assert book.sent.header("may") == "mail"
    book.call(headers=bearer({**LATER, "permissions": ["read"]})).passes()
    assert book.sent.header("may") is None


def test_a_message_of_ones_own_tells_of_a_bad_token() -> None:
    book = story("Use_custom", {"base64-encoded-hashing-secret": SECRET})
    book.call(headers=bearer(LATER)).answered("from the backend")
    message = "Unauthorized. Access token is missing or invalid."
    book.call(headers={"Authorization": "Bearer x"}).answered(message, 401)


def test_a_token_is_made_for_the_backend() -> None:
    book = story("Create_HMAC", {"hashing-secret": "secret"}).call()
    kind, _, token = (book.sent.header("Authorization") or "").partition(" ")
    signed, _, seal = token.rpartition(".")
    made = hmac.digest(b"secret", signed.encode(), hashlib.sha256)
    assert kind == "Bearer"
    assert seal == base64.urlsafe_b64encode(made).decode().rstrip("=")
    claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    assert claims == {"exp": int(book.clock.now()) + 600, "username": "john_doe"}


def test_a_token_of_the_backend_is_fetched_once_and_dropped_when_refused() -> None:
    tokens: list[str] = []

    def give(call: Call) -> Reply:
        assert call.text == (
            "client_id=me&scope=all&client_secret=s&grant_type=client_credentials"
        )
        tokens.append(f"token-{len(tokens)}")
        return answered_json({"access_token": tokens[-1], "expires_in": 60})

    def backend(call: Call) -> Reply:
        return Reply(401 if call.target == "/refused" else 200)

    named = {
        "authorizationServer": "http://login.test/token",
        "clientId": "me",
        "scope": "all",
        "clientSecret": "s",
    }
    hosts = {"login.test": give}
    book = story("Backend_OAuth2", named, hosts=hosts, answers=backend)
    book.call().passes().call().passes()
    assert book.sent.header("Authorization") == "Bearer token-0"
    assert book.sent.header("Ocp-Apim-Subscription-Key") is None
    book.call(path="/refused").refused(401).call().passes()
    assert book.sent.header("Authorization") == "Bearer token-1"
    book.after(61).call().passes()
    assert tokens == ["token-0", "token-1", "token-2"]


# --- bodies --------------------------------------------------------------------------


def test_an_encrypted_text_is_decrypted() -> None:
    key, vector = bytes(range(24)), bytes(range(16))
    padder = padding.PKCS7(128).padder()
    padded = padder.update(b"plain text") + padder.finalize()
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    text = base64.b64encode(cipher.update(padded) + cipher.finalize()).decode()
    named = {
        "AES-IV": base64.b64encode(vector).decode(),
        "AES-Key": base64.b64encode(key).decode(),
    }
    body = json.dumps({"encrpText": text}).encode()
    story("Decrypt", named).call("POST", body=body).answered("plain text").reached(0)


def test_a_value_is_read_out_of_xml() -> None:
    story("Extract_value").call().answered("ABCDEF123456789").reached(0)


def test_values_of_xml_are_used_in_a_template(caplog: pytest.LogCaptureFixture) -> None:
    body = b"""<message1><conditionValue>true</conditionValue>
        <value1>ONE</value1><value2>TWO</value2><value3>THREE</value3></message1>"""
    named = {"my-send-request": "http://more.test/"}
    hosts = {"more.test": Reply(200, body)}
    with caplog.at_level(logging.DEBUG, "bramka.policies.trace"):
        book = story("Extracting_multiple", named, hosts=hosts).call()
    assert '<data val1="ONE" val3="THREE" />' in book.answer.text
    assert book.answer.header("Content-Type") == "text/xml"
    assert "Condition was met" in caplog.text


def test_a_product_gets_only_a_part_of_the_answer() -> None:
    names = ("current", "minutely", "hourly", "daily", "alerts", "lat")
    weather = answered_json(dict.fromkeys(names, 1))
    book = story("Filter_response", answers=weather).call()
    assert json.loads(book.answer.body) == {"lat": 1}
    gold = {"products": {"starter": replace(PRODUCT, display_name="Gold")}}
    book = play(document("Filter_response"), answers=weather, tables=gold).call()
    assert set(json.loads(book.answer.body)) == set(names)


def test_headers_are_listed() -> None:
    book = story("List_all").call(headers={"X-One": "1"}).reached(0)
    lines = [line.strip() for line in book.answer.text.splitlines() if line.strip()]
    assert lines == [
        "Host: gateway.test",
        "X-One: 1",
        f"Ocp-Apim-Subscription-Key: {KEY}",
    ]


@pytest.mark.parametrize(
    ("broken", "status", "reason"), [("", 200, "OK"), ("3", 207, "Multi Status")]
)
def test_four_backends_become_one_answer(broken: str, status: int, reason: str) -> None:
    def backend(call: Call) -> Reply:
        if broken and call.target.startswith(f"/operation{broken}"):
            raise OSError
        return answered_json({"at": call.target})

    named = {"bff-baseurl": "http://many.test", "bff-timeout": "5"}
    book = story("Backend_for", named, hosts={"many.test": backend})
    book.call(path="/?param1=p")
    assert (book.answer.status, book.answer.reason) == (status, reason)
    parts = json.loads(book.answer.body)
    assert parts[0] == {
        "operation": "operation1",
        "status": 200,
        "body": {"at": "/operation1?param1=p"},
    }
    assert ("error" in parts[2]) is bool(broken)


def test_four_backends_are_asked_at_once() -> None:
    slow = Reply(200, b"{}", [("Content-Type", "application/json")], delay=3)
    named = {"bff-baseurl": "http://many.test", "bff-timeout": "5"}
    book = story("Backend_for", named, hosts={"many.test": slow})
    book.call(path="/?param1=p").passes().reached(4)
    assert book.clock.elapsed < 4


def test_a_database_is_queried_with_a_signed_request() -> None:
    host = "{database-account}.documents.azure.com"
    text = document("Query_Cosmos")
    text = text.replace(host, "cosmos.test").replace("https:", "http:")
    text = text.replace("/dbs/{db}/colls/{coll}/docs", "/docs")
    book = play(text, hosts={"cosmos.test": answered_json({})}).call().passes()
    query = book.backends.calls[0]
    assert json.loads(query.body)["parameters"] == [{"name": "@id", "value": "ada"}]
    assert query.header("x-ms-date") == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert (query.header("Authorization") or "").startswith("type%3Dmaster%26ver%3D1.0")


# --- time and errors -----------------------------------------------------------------


def test_an_answer_is_cached_for_as_long_as_the_backend_says() -> None:
    look = """<inbound><base /><cache-lookup vary-by-developer="false"
        vary-by-developer-groups="false" /></inbound>"""
    text = document("Set_cache_duration")
    text = re.sub(r"<inbound>.*</inbound>", look, text, flags=re.DOTALL)
    backend = Reply(200, b"x", [("Cache-Control", "public, max-age=20")])
    book = play(text, answers=backend)
    book.call().passes().after(19).call().passes().reached(1)
    book.after(2).call().passes().reached(2)
    book = play(text, answers=Reply(200, b"x")).call()
    book.after(299).call().reached(1).after(2).call().reached(2)


def test_a_call_waits_for_what_the_backend_does_later() -> None:
    asked: list[float] = []
    location = [("Location", "http://jobs.test/1")]

    def job(_: Call) -> Reply:
        asked.append(book.clock.elapsed)
        return Reply(200, b"done") if len(asked) == 3 else Reply(202)

    backend = Reply(202, b"", location)
    book = story("Mask_async", answers=backend, hosts={"jobs.test": job})
    book.call().answered("done")
    assert [round(moment) for moment in asked] == [0, 30, 60]


def test_errors_are_sent_to_a_log_service() -> None:
    text = document("Log_errors").replace("https:", "http:")
    text = text.replace("<inbound>", "<inbound><set-status code='@(9)' />")
    named = {
        "stackify-api-key": "k",
        "environment-name": "Test",
        "app-name": "shop",
    }
    book = play(text, tables=values(**named), hosts={"api.stackify.com": Reply(200)})
    book.call().refused(500).after(1)
    sent = json.loads(book.sent.body)
    assert (sent["Environment"], sent["AppName"]) == ("Test", "shop")
    assert sent["Msgs"][0]["SrcMethod"] == "set-status"
    assert sent["Msgs"][0]["EpochMs"] == 1_700_000_000_000
    assert book.sent.header("X-Stackify-Key") == "k"


def test_a_refused_call_is_replayed_at_another_place() -> None:
    text = document("Replay").replace("example-policy-name", "rate-limit")
    limit = "<inbound><rate-limit calls='1' renewal-period='60' />"
    text = text.replace("<inbound>", limit)
    book = play(text, hosts={"origin.test": Reply(203, b"replayed")})
    fields = {"X-Original-Host": "origin.test", "X-Original-Url": "/again"}
    book.call("POST", body=b"body", headers=fields).passes()
    book.call("POST", body=b"body", headers=fields).answered("replayed", 203)
    assert (book.sent.method, book.sent.url) == ("POST", "origin.test/again")
    assert book.sent.body == b"body"
    assert book.answer.header("x-request-replayed") == "true"
    assert book.answer.header("x-original-error-reason") == "RateLimitExceeded"


def test_an_undefined_method_may_be_refused_as_such() -> None:
    text = document("Return_HTTP_405")
    book = play(text).call("TRACE", "/echo/resource-cached")
    assert json.loads(book.refused(405).answer.body)["status"] == "HTTP 405"
    book.call("TRACE", "/other").refused(404)
    book.call("GET", "/echo/resource-cached").passes()


# --- the whole of it -----------------------------------------------------------------


def test_a_method_needs_its_claim() -> None:
    """The document as its author meant it, before its quotes were lost."""
    text = re.sub(r'"(patch|post|put)="""', r'"\1"', document("Pre-auth"))
    book = play(text, tables=values(**{"signing-key": SECRET}))
    plain, edits, creates = (
        bearer({**LATER, **more}) for more in ({}, {"edit": "true"}, {"create": "true"})
    )
    for method, headers, status in (
        ("GET", plain, 200),
        ("PATCH", edits, 200),
        ("PATCH", creates, 401),
        ("POST", creates, 200),
        ("PUT", edits, 401),
        ("PUT", plain, 401),
        ("GET", {}, 401),
    ):
        book.call(method, headers=headers)
        assert (method, book.answer.status) == (method, status)


def test_a_place_is_looked_up_and_remembered() -> None:
    """The document as its author meant it, before its quotes were lost."""
    text = re.sub(r'"(latlong|response)="""', r'"\1"', document("Call_out_to"))
    text = text.replace('GetValueOrDefault("latlong")', 'GetValueOrDefault("place")')
    path = """loc = JObject.Parse((string)context.Variables["latlong"]);
        var lat = loc["lat"]; var lng = loc["lng"];
        return $"/forecast/{{dark-sky-api-key}}/{lat},{lng}";}"/>"""
    text = re.sub(r'loc = JObject.*?;}"/>', lambda _: path, text, flags=re.DOTALL)
    text = text.replace("https:", "http:")

    def places(call: Call) -> Reply:
        assert call.target == "/maps/api/geocode/json?address=Oslo&key=g"
        found = {"geometry": {"location": {"lat": 59.9, "lng": 10.7}}}
        return answered_json({"results": [found]})

    named = values(**{"google-geo-api-key": "g", "dark-sky-api-key": "d"})
    weather = Operation(
        id="get",
        api_id="tried",
        display_name="Weather",
        method="GET",
        url_template="/weather/{place}",
    )
    book = play(
        text,
        tables=named,
        hosts={"maps.googleapis.com": places},
        operations=[weather],
    )
    book.call(path="/weather/Oslo").passes().reached(2)
    assert book.sent.target == "/forecast/d/59.9,10.7"
    book.after(3599).call(path="/weather/Oslo").passes().reached(3)
    book.after(2).call(path="/weather/Oslo").passes().reached(5)


def test_a_service_of_the_same_gateway_is_asked() -> None:
    """The document as its author meant it, before its quotes were lost."""
    text = document("Loopback").replace("https:", "http:")
    text = text.replace('Key=""","scheme="" param="""', 'Key","scheme param"')
    text = text.replace("{your API Management service endpoint url}", "echo")
    text = text.replace("{your API Management service domain}", "own.test")
    book = play(text, hosts={"localhost": Reply(200, b"own")}).call().answered("own")
    assert (book.sent.url, book.sent.header("Host")) == ("localhost/echo", "own.test")
    assert book.sent.header("Ocp-Apim-Subscription-Key") == KEY


@pytest.mark.parametrize("start", DAMAGED)
def test_a_damaged_document_is_refused_with_its_place(start: str) -> None:
    named = {"google-geo-api-key": "g", "dark-sky-api-key": "d", "signing-key": SECRET}
    with pytest.raises(Invalid) as caught:
        story(start, named)
    assert re.search(r"line \d+, column \d+: ", caught.value.details[0].message)


def test_every_document_is_tried() -> None:
    source = Path(__file__).read_text("utf-8")
    starts = re.findall(r'(?:story|document)\(\s*"([^"]+)"', source)
    names = [path.name for path in FOLDER.glob("*.xml")]
    assert [one for one in names if not one.startswith((*starts, *DAMAGED))] == []
    assert len(names) == 30
