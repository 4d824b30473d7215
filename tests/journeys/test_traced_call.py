"""A publisher wants to see what one call went through, from token to trace."""

from typing import Any

from tests.journeys.running import ARTICLE_BODY, Reply, Running, eventually

VERSION = "api-version=2024-05-01"


def managed(demo: Running, method: str, rest: str, body: object = None) -> Reply:
    """A call of the management REST; `rest` stands below the instance."""
    held = demo.demo["management"]
    return demo.call(
        method,
        f"{below(demo)}{rest}?{VERSION}",
        body,
        base="console_url",
        Authorization=f"Bearer {held['token']}",
        Content_Type="application/json",
        If_Match="*" if method in ("PATCH", "DELETE") else None,
    )


def below(demo: Running) -> str:
    place = demo.demo["management"]
    return (
        f"/subscriptions/{place['subscription_id']}"
        f"/resourceGroups/{place['resource_group']}"
        f"/providers/Microsoft.ApiManagement/service/{place['service_name']}"
    )


def traced(demo: Running, **fields: str) -> Reply:
    return demo.call(
        "POST",
        demo.path("execute?api-version=2.0&details=true"),
        ARTICLE_BODY,
        Ocp_Apim_Subscription_Key=demo.demo["unlimited_key"],
        Authorization=f"Bearer {demo.demo['api_key']}",
        Content_Type="application/json",
        **fields,
    )


def test_a_call_is_traced_by_credentials_and_read_a_moment_later(demo: Running) -> None:
    apis: list[dict[str, Any]] = managed(demo, "GET", "/apis").json()["value"]
    api = next(one for one in apis if "azureml-demo" in one["properties"]["path"])
    given = {"apiId": api["id"], "purposes": ["tracing"]}
    path = "/gateways/managed/listDebugCredentials"
    token = managed(demo, "POST", path, given).json()["token"]
    answer = traced(demo, Apim_Debug_Authorization=token)
    wanted = {"traceId": answer.headers["apim-trace-id"]}

    def look() -> Any:
        found = managed(demo, "POST", "/gateways/managed/listTrace", wanted)
        return found.json() if found.status == 200 else None

    trace = eventually(look)
    assert trace["traceId"] == wanted["traceId"]
    sources = {one["source"] for one in trace["traceEntries"]["inbound"]}
    assert "api-inspector" in sources
    last = trace["traceEntries"]["outbound"][-1]["data"]["response"]["status"]["code"]
    assert last == answer.status
    assert demo.demo["unlimited_key"] not in str(trace)
    assert demo.demo["api_key"] not in str(trace)


def test_credentials_that_were_called_back_trace_no_more(demo: Running) -> None:
    apis: list[dict[str, Any]] = managed(demo, "GET", "/apis").json()["value"]
    api = next(one for one in apis if "azureml-demo" in one["properties"]["path"])
    given = {"apiId": api["id"], "purposes": ["tracing"]}
    path = "/gateways/managed/listDebugCredentials"
    old = managed(demo, "POST", path, given).json()["token"]
    back = managed(demo, "POST", "/gateways/managed/invalidateDebugCredentials")
    assert back.status == 204
    name = "apim-debug-authorization-invalid"
    assert eventually(
        lambda: traced(demo, Apim_Debug_Authorization=old).headers.get(name)
    )
    new = managed(demo, "POST", path, given).json()["token"]
    assert "apim-trace-id" in traced(demo, Apim_Debug_Authorization=new).headers


def test_a_subscription_that_may_is_told_where_its_trace_is(demo: Running) -> None:
    held = managed(demo, "GET", "/subscriptions").json()["value"]
    keys = {
        one["name"]: managed(
            demo, "POST", f"/subscriptions/{one['name']}/listSecrets"
        ).json()["primaryKey"]
        for one in held
    }
    mine = next(n for n, key in keys.items() if key == demo.demo["unlimited_key"])
    change = {"properties": {"allowTracing": True}}
    assert managed(demo, "PATCH", f"/subscriptions/{mine}", change).status == 200
    asks = {"Ocp_Apim_Trace": "true"}
    name = "ocp-apim-trace-location"
    location = eventually(lambda: traced(demo, **asks).headers.get(name))
    assert location is not None
    place = demo.run["console_url"]
    assert location.startswith(f"{place}/gateway/traces/")

    def look() -> Any:
        found = demo.call("GET", location.removeprefix(place), base="console_url")
        return found.json() if found.status == 200 else None

    assert eventually(look)["traceEntries"]["inbound"]
