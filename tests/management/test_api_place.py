"""What a gateway could not serve, or a database not keep, is refused when it comes."""

from typing import Any
from urllib.parse import quote

from tests.management.console import BASE, VERSION, Console
from tests.management.test_entities import put

API: dict[str, Any] = {"displayName": "A", "path": "a"}
UNFIT: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("/apis/b", "path", API | {"path": "A"}, 409),
    ("/apis/b", "path", API | {"path": "/a/"}, 409),
    ("/apis/b", "path", API | {"path": "a/../b"}, 400),
    ("/apis/b", "path", API | {"path": "a?b"}, 400),
    ("/apis/b", "path", API | {"path": "a b"}, 400),
    ("/apis/b", "serviceUrl", API | {"path": "b", "serviceUrl": "ftp://b"}, 400),
    ("/apis/b", "serviceUrl", API | {"path": "b", "serviceUrl": "http://"}, 400),
    ("/apis/b", "serviceUrl", API | {"path": "b", "serviceUrl": "http://b:x"}, 400),
    ("/apis/b", "serviceUrl", API | {"path": "b", "serviceUrl": "no address"}, 400),
    ("/apis/b", "apiVersion", API | {"path": "b", "apiVersion": "1/2"}, 400),
    ("/apis/a;rev=x", "apiRevision", {}, 400),
    ("/apis/a;rev=0", "apiRevision", {}, 400),
    ("/apis/a", "apiRevision", API | {"apiRevision": "2"}, 409),
    (
        "/apis/a/operations/o",
        "urlTemplate",
        {"displayName": "O", "method": "GET", "urlTemplate": "/o/{id"},
        400,
    ),
    (
        "/users/u",
        "email",
        {"firstName": "U", "lastName": "U", "email": "nobody"},
        400,
    ),
)


def test_what_no_gateway_could_serve_is_refused(console: Console) -> None:
    put(console, "/apis/a", **API)
    put(console, "/apis/a;rev=2", sourceApiId="/apis/a")
    for path, field, properties, status in UNFIT:
        refused = console.call("PUT", path, properties)
        assert refused.status_code == status, (path, properties, refused.text)
        assert refused.json()["error"]["target"] == field


RULE: dict[str, Any] = {
    "name": "one",
    "failureCondition": {"count": 1, "interval": "PT1M"},
    "tripDuration": "PT1M",
}
RANGE = {"count": 1, "interval": "PT1M", "statusCodeRanges": [{"min": 599, "max": 500}]}
BACKENDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("circuitBreaker.rules", {"circuitBreaker": {"rules": [RULE] * 16}}),
    *(
        ("circuitBreaker.rules", {"circuitBreaker": {"rules": [RULE | wrong]}})
        for wrong in (
            {"tripDuration": "a minute"},
            {"failureCondition": {"count": 1, "interval": "1 minute"}},
            {"failureCondition": {"interval": "PT1M"}},
            {"failureCondition": RANGE},
        )
    ),
    ("credentials.certificateIds", {"credentials": {"certificateIds": ["a"] * 33}}),
    ("credentials.header", {"credentials": {"header": {"x": ["a\r\nb: c"]}}}),
    ("credentials.header", {"credentials": {"header": {"x y": ["a"]}}}),
    (
        "credentials.authorization",
        {"credentials": {"authorization": {"scheme": "A", "parameter": "b\r\nc: d"}}},
    ),
    ("proxy.url", {"proxy": {"url": "nowhere"}}),
    ("pool.services", {"type": "Pool", "pool": {"services": [{"id": "/backends/p"}]}}),
)


def test_a_backend_that_would_stop_every_change_is_refused(console: Console) -> None:
    place = {"url": "http://127.0.0.1:9", "protocol": "http"}
    put(console, "/backends/m", **place)
    services = [{"id": "/backends/m"}]
    put(console, "/backends/p", type="Pool", pool={"services": services})
    for field, properties in BACKENDS:
        refused = console.call("PUT", "/backends/p2", place | properties)
        assert refused.status_code == 400, (properties, refused.text)
        assert refused.json()["error"]["target"] == field
    kept = console.call("DELETE", "/backends/m", match="*")
    assert kept.status_code == 409
    assert "pool 'p'" in kept.text


def test_an_address_that_leads_nowhere_is_not_taken_from_a_document(
    console: Console,
) -> None:
    document = '{"openapi": "3.0.1", "info": {"title": "T", "version": "1"},'
    document += '"servers": [{"url": "/v1"}], "paths": {}}'
    made = put(console, "/apis/b", path="b", format="openapi+json", value=document)
    assert made.json()["properties"]["serviceUrl"] is None


def test_ids_and_texts_that_cannot_be_kept_everywhere_are_refused(
    console: Console,
) -> None:
    for name in ("..", ".", "a\0", "a\n", "a\x7f"):
        path = f"{BASE}/tags/{quote(name).replace('.', '%2E')}"
        body = {"properties": {"displayName": "T"}}
        refused = console.client.put(path, params=VERSION, json=body)
        assert refused.status_code in (400, 405), name
    for properties in ({"displayName": "a\0b"}, {"displayName": "a", "b\0": "c"}):
        assert console.call("PUT", "/tags/t", properties).status_code == 400
    # Written with a backslash of its own it is six letters like any others.
    assert console.call("PUT", "/tags/t", {"displayName": "\\u0000"}).status_code == 201


def test_one_of_several_etags_is_enough(console: Console) -> None:
    tag = put(console, "/tags/t", displayName="T").headers["etag"]
    changed = {"displayName": "U"}
    stale = console.call("PATCH", "/tags/t", changed, match='"7000", "8000"')
    assert stale.status_code == 412
    match = f'"7000", W/{tag}'
    assert console.call("PATCH", "/tags/t", changed, match=match).status_code == 200


def test_an_api_version_is_a_date_of_the_calendar(console: Console) -> None:
    for version in ("2022-13-99", "2022garbage", "20220801", "2022-8-1"):
        refused = console.client.get(BASE, params={"api-version": version})
        assert refused.status_code == 400, version
        assert refused.json()["error"]["code"] == "InvalidApiVersionParameter"


def test_tags_of_the_instance_come_alone(console: Console) -> None:
    told = console.client.patch(BASE, params=VERSION, json={"tags": {"team": "books"}})
    assert told.status_code == 200
    assert told.json()["tags"] == {"team": "books"}
    assert told.json()["properties"]["publisherName"]
    junk = console.client.patch(BASE, params=VERSION, json={"tags": {"team": 1}})
    assert junk.status_code == 400
