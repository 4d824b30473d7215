"""What helps to write policies: elements, a trial, what is in force."""

from typing import Any

from tests.management.console import BASE, VERSION, Console
from tests.management.test_entities import put, put_api, put_operation

WRONG = (
    '<policies>\n  <inbound>\n    <rate-limit calls="5" />\n  </inbound>\n</policies>'
)


def validated(console: Console, **given: str) -> Any:
    answer = console.client.post(
        f"{BASE}/validatePolicy", params=VERSION, json={"format": "rawxml", **given}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_wrong_document_is_told_by_line_and_column(console: Console) -> None:
    put_api(console)
    told = validated(console, scope="/apis/echo", value=WRONG)
    (problem,) = told["problems"]
    assert not told["valid"]
    assert (problem["line"], problem["column"]) == (3, 5)
    assert problem["element"] == "rate-limit"
    assert "renewal-period" in problem["message"]
    assert console.call("GET", "/apis/echo/policies/policy").status_code == 404


def test_a_right_document_is_valid(console: Console) -> None:
    right = WRONG.replace("/>", 'renewal-period="60" />')
    assert validated(console, scope="products/starter", value=right)["valid"]


def test_a_viewer_reads_what_is_in_force_where(console: Console) -> None:
    put_api(console)
    put_operation(console, "echo", "get")
    at_api = (
        "<policies><inbound><base /><set-method>PUT</set-method></inbound></policies>"
    )
    header = '<set-header name="@(&quot;ż&quot;)"\n exists-action="delete" />'
    at_operation = f"<policies><inbound>\n{header}\n<base /></inbound></policies>"
    put(console, "/apis/echo/policies/policy", value=at_api, format="rawxml")
    path = "/apis/echo/operations/get/policies/policy"
    put(console, path, value=at_operation, format="rawxml")
    query = {"scope": "/apis/echo/operations/get", "productId": "starter"}
    told = console.call("GET", "/effectivePolicy", query=query).json()
    inbound = told["sections"][0]["policies"]
    assert [(one["scope"], one["name"]) for one in inbound] == [
        ("apis/echo/operations/get", "set-header"),
        ("products/starter", "rate-limit"),
        ("products/starter", "quota"),
        ("apis/echo", "set-method"),
    ]
    assert inbound[0]["text"] == header
    assert inbound[-1]["text"] == "<set-method>PUT</set-method>"
    assert told["sections"][1]["policies"] == []


def test_every_element_is_told_with_attributes_and_example(console: Console) -> None:
    listed = console.call("GET", "/policyElements").json()["value"]
    told = {one["name"]: one["properties"] for one in listed}
    limit = told["rate-limit"]
    calls = next(one for one in limit["attributes"] if one["name"] == "calls")
    assert calls["required"]
    assert "Calls admitted" in calls["description"]
    assert limit["example"] == '<rate-limit calls="5" renewal-period="60" />'
    assert limit["once"]
    assert limit["sections"] == ["inbound"]
    assert told["set-header"]["children"] == {"value": {}}
    assert all(one["summary"] for one in told.values())


def test_types_of_expressions_are_told_with_their_members(console: Console) -> None:
    listed = console.call("GET", "/expressionTypes").json()["value"]
    told = {one["name"]: one["properties"] for one in listed}
    context = {one["name"]: one for one in told["IContext"]["members"]}
    assert context["Request"]["result"] == "IRequest"
    assert context["Request"]["takes"] is None
    assert context["Trace"]["takes"] == "object message"
    assert told["IHeaders"]["bases"] == ["IReadOnlyDictionary<string, string[]>"]
    assert told["List"]["parameters"] == ["T"]
    assert told["JObject"]["item"] == "JToken"
    guid = {one["name"]: one["isStatic"] for one in told["Guid"]["members"]}
    assert guid["NewGuid"]
