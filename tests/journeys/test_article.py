"""The article's story: publish, put an API in front, call, limit, count."""

import json
import re
import subprocess
import time
from typing import Any

from tests.journeys.running import Running, eventually

from bramka.app.gateway.parts import FLUSH_SECONDS

EIGHT = ["1", "1", "2", "2", "0", "2", "0", "1"]
MISSING_KEY = (
    b'{ "statusCode": 401, "message": "Access denied due to missing subscription key. '
    b'Make sure to include subscription key when making requests to an API." }'
)
INVALID_KEY = (
    b'{ "statusCode": 401, "message": "Access denied due to invalid subscription key. '
    b'Make sure to provide a valid key for an active subscription." }'
)


def test_the_synchronous_call_returns_the_eight_values(demo: Running) -> None:
    reply = demo.execute(demo.demo["unlimited_key"])
    assert (reply.status, reply.reason) == (200, "OK")
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    output = reply.json()["Results"]["output1"]
    assert output["type"] == "table"
    assert output["value"]["Values"][0][-8:] == EIGHT


def test_the_printed_curl_works_as_it_stands(demo: Running) -> None:
    command = demo.output[demo.output.index("curl ") :].partition("\n\n")[0]
    assert max(map(len, demo.output.splitlines())) <= 80 or str(demo.data) in command
    shell = ["bash", "-c", command.replace("curl ", "curl -sS --fail ", 1)]
    answer = subprocess.run(shell, check=True, capture_output=True).stdout
    values = json.loads(answer)["Results"]["output1"]["value"]["Values"]
    assert values[0][-8:] == EIGHT


def test_without_a_key_the_call_is_refused(demo: Running) -> None:
    reply = demo.execute(None)
    assert (reply.status, reply.reason) == (401, "Access Denied")
    assert reply.body == MISSING_KEY
    assert reply.headers["content-type"] == "application/json"
    assert re.fullmatch(
        r'AzureApiManagementKey realm="https?://[^"]+/azureml-demo",'
        r'name="Ocp-Apim-Subscription-Key",type="header"',
        reply.headers["www-authenticate"],
    )


def test_with_a_bad_key_the_call_is_refused(demo: Running) -> None:
    reply = demo.execute("0" * 32)
    assert (reply.status, reply.reason) == (401, "Access Denied")
    assert reply.body == INVALID_KEY


def test_an_unknown_operation_is_not_found(demo: Running) -> None:
    reply = demo.call(
        "PUT",
        demo.path("execute?api-version=2.0"),
        Ocp_Apim_Subscription_Key=demo.demo["unlimited_key"],
    )
    assert (reply.status, reply.reason) == (404, "Resource Not Found")
    assert reply.body == b'{ "statusCode": 404, "message": "Resource not found" }'


def test_the_sixth_call_in_a_minute_is_refused_with_the_wait(demo: Running) -> None:
    key, began = demo.demo["starter_key"], time.monotonic()
    admitted = [demo.execute(key).status for _ in range(5)]
    refused = demo.execute(key)
    assert admitted == [200] * 5
    assert (refused.status, refused.reason) == (429, "Too Many Requests")
    wait = int(refused.headers["retry-after"])
    # The minute began with the first of them.
    assert 59 - (time.monotonic() - began) <= wait <= 60
    message = f"Rate limit is exceeded. Try again in {wait} seconds."
    assert refused.body == f'{{ "statusCode": 429, "message": "{message}" }}'.encode()


def test_a_bad_service_key_is_refused_by_the_service(demo: Running) -> None:
    reply = demo.execute(demo.demo["unlimited_key"], api_key="not-the-key")
    assert reply.status == 401
    error = reply.json()["error"]
    assert error["code"]
    assert error["details"]


def test_a_malformed_body_is_refused_with_details(demo: Running) -> None:
    bodies: list[Any] = [b"{", {"Inputs": {}}, {"Inputs": {"input1": 1}}, [1]]
    for body in bodies:
        reply = demo.execute(demo.demo["unlimited_key"], body)
        assert reply.status == 400, body
        assert reply.json()["error"]["details"]


def test_the_same_call_works_at_the_service_itself(demo: Running) -> None:
    path = demo.path("execute?api-version=2.0&details=true")
    reply = demo.call(
        "POST",
        path.removeprefix("/azureml-demo"),
        {"Inputs": {"input1": {"ColumnNames": ["Col2"], "Values": [["a"], ["b"]]}}},
        base="services_url",
        Authorization=f"bearer  {demo.demo['api_key']}",
        Content_Type="application/json",
    )
    assert reply.status == 200
    assert len(reply.json()["Results"]["output1"]["value"]["Values"]) == 2


def test_calls_are_counted_at_once(demo: Running) -> None:
    def count(kind: str) -> int:
        found = json.loads(demo.bramka("usage", "--by", "product", "--output", "json"))
        records = [each for each in found["product"] if each.get("name") == "Unlimited"]
        return int(records[0][f"callCount{kind}"]) if records else 0

    good, total = count("Success"), count("Total")
    for _ in range(3):
        demo.execute(demo.demo["unlimited_key"])
    eventually(lambda: count("Success") >= good + 3)
    # How soon is a matter of how often they are brought, whatever the machine does.
    assert FLUSH_SECONDS <= 2
    assert count("Total") >= total + 3
