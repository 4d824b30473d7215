"""Own usage, and what is left of limits."""

import time

from tests.gateway.serving import Serving, echo
from tests.portals.developer.face import NOW, Face, calls_of, serve

MINUTE = int(NOW // 60)
COUNTER = "@(context.Request.IpAddress)"


def subscribed(face: Face, reader: str, product: str = "starter") -> str:
    face.join(reader)
    return str(face.subscribe(reader, product)["id"])


def policy(inbound: str) -> dict[str, str]:
    rest = "<backend><base/></backend><outbound><base/></outbound>"
    value = f"<policies><inbound>{inbound}<base/></inbound>{rest}</policies>"
    return {"format": "rawxml", "value": value}


# --- usage --------------------------------------------------------------------------


def test_readers_see_their_own_calls_only(each_face: Face) -> None:
    face = each_face
    ann, bob = subscribed(face, "ann"), subscribed(face, "bob")
    face.publish_api("alpha", "starter")
    where = {"api": "alpha", "product": "starter"}
    face.count(
        calls_of(ann, MINUTE, 200, 200, 429, 500, **where),
        calls_of(bob, MINUTE, 200, **where),
        calls_of("", MINUTE, 200, api="alpha"),
    )
    (told,) = face.get("/usage", "ann", by="api")["value"]
    assert (told["name"], told["apiId"]) == ("alpha", "/apis/alpha")
    counts = [told[f"callCount{one}"] for one in ("Success", "Blocked", "Failed")]
    assert (counts, told["callCountTotal"]) == ([2, 1, 1], 4)
    assert (told["bandwidth"], told["apiTimeAvg"]) == (4000, 2.0)
    assert face.get("/usage", "ann", by="product")["value"][0]["name"] == "Starter"
    (mine,) = face.get("/usage", "ann", by="subscription")["value"]
    assert mine["subscriptionId"] == f"/subscriptions/{ann}"
    assert face.get("/usage", "ann", by="api", subscription=bob)["value"] == []
    assert face.get("/usage", "ann", by="time", api="other")["value"] == []
    (mine,) = face.get("/usage", "ann", by="time", api="alpha")["value"]
    assert mine["callCountTotal"] == 4
    assert face.call("GET", "/usage").status_code == 401


def test_time_is_cut_at_whole_intervals(each_face: Face) -> None:
    face = each_face
    ann = subscribed(face, "ann")
    face.count(*(calls_of(ann, MINUTE - back, 200) for back in (0, 14, 16, 1500)))
    told = face.get("/usage", "ann", interval="PT15M")["value"]
    assert [(one["timestamp"], one["callCountTotal"]) for one in told] == [
        ("2027-01-15T07:30:00Z", 1),
        ("2027-01-15T07:45:00Z", 1),
        ("2027-01-15T08:00:00Z", 1),
    ]
    early = {"from": "2027-01-13T00:00:00Z", "to": "2027-01-15T00:00:00+00:00"}
    (told,) = face.get("/usage", "ann", by="time", **early)["value"]
    assert (told["timestamp"], told["interval"]) == ("2027-01-14T07:00:00Z", "PT60M")


def test_usage_that_cannot_be_told_is_refused(face: Face) -> None:
    face.join("ann")
    for query in (
        {"by": "user"},
        {"interval": "PT7M"},
        {"from": "yesterday"},
        {"from": "2027-01-15", "to": "2027-01-14"},
        {"from": "1971-01-01", "interval": "PT15M"},
        {"to": "9999-99-99"},
    ):
        assert face.call("GET", "/usage", "ann", params=query).status_code == 400


# --- limits -------------------------------------------------------------------------


def test_limits_tell_what_the_reports_know(each_face: Face) -> None:
    face = each_face
    name = subscribed(face, "ann")
    face.count(
        calls_of(name, MINUTE, 200, 404, 500, 429), calls_of("other", MINUTE, 200)
    )
    rate, quota = face.get(f"/subscriptions/{name}/limits", "ann")["value"]
    assert rate == {
        "policy": "rate-limit",
        "scope": "product",
        "scopeId": "products/starter",
        "calls": 5,
        "renewalPeriodSeconds": 60,
    }
    assert (quota["used"], quota["remaining"]) == (3, 97)
    assert quota["resetsAt"] == "2027-01-22T08:00:00Z"
    assert quota["countedBy"] == "reports"
    face.clock.advance(604_800)
    *_, quota = face.get(f"/subscriptions/{name}/limits", "ann")["value"]
    assert (quota["used"], quota["resetsAt"]) == (0, "2027-01-29T08:00:00Z")


def test_limits_at_every_scope_are_told(face: Face) -> None:
    name = subscribed(face, "ann")
    face.publish_api("alpha", "starter")
    face.publish_api("other")
    face.publish("/namedValues/most", {"displayName": "most", "value": "40"})
    by_key = '<rate-limit-by-key calls="7" renewal-period="9" counter-key="{}"/>'
    face.publish("/policies/policy", policy(by_key.format(COUNTER)))
    fair = f"<fragment>{by_key.replace('7', '8').format('y')}</fragment>"
    face.publish("/policyFragments/fair", {"value": fair, "format": "rawxml"})
    parts = (
        '<include-fragment fragment-id="fair"/>'
        '<quota bandwidth="{{most}}" renewal-period="0"/>'
        '<choose><when condition="@(true)">'
        + by_key.replace('"7"', '"@(1+1)"').format("x")
        + "</when></choose>"
    )
    face.publish("/products/starter/policies/policy", policy(parts))
    for api in ("alpha", "other"):
        limit = '<rate-limit calls="3" renewal-period="1"/>'
        face.publish(f"/apis/{api}/policies/policy", policy(limit))
    face.count(calls_of(name, MINUTE, *([200] * 30)))
    told = face.get(f"/subscriptions/{name}/limits", "ann")["value"]
    assert [(one["policy"], one["scopeId"], one.get("calls")) for one in told] == [
        ("rate-limit-by-key", "", 7),
        ("rate-limit-by-key", "products/starter", 8),
        ("quota", "products/starter", None),
        ("rate-limit-by-key", "products/starter", None),
        ("rate-limit", "apis/alpha", 3),
    ]
    quota = told[2]
    assert (quota["bandwidthKb"], quota["usedKb"], quota["remainingKb"]) == (40, 30, 10)
    assert "resetsAt" not in quota
    assert "used" not in told[0]


def test_quotas_are_told_as_the_gateway_counts_them(
    serving: Serving, served_face: Face
) -> None:
    face = served_face
    face.clock.set(time.time())
    quotas = (
        '<choose><when condition="@(true)">'
        '<set-variable name="x" value="y"/></when></choose>'
        '<quota calls="10" bandwidth="50" renewal-period="3600">'
        '<api name="alpha" calls="5" renewal-period="60"/></quota>'
    )
    face.publish("/products/starter/policies/policy", policy(quotas))
    name = subscribed(face, "ann")
    face.publish_backed("alpha", serving.backend(echo), "starter")
    serve(serving, face)
    key = face.call("POST", f"/subscriptions/{name}/keys", "ann").json()
    for _ in range(3):
        sent = {
            "method": "POST",
            "bodyBase64": "YWFhYWFhYWFhYWFh" * 64,
            "url": f"{face.settings.gateway_url}/alpha/x",
            "headers": [("Ocp-Apim-Subscription-Key", key["primaryKey"])],
        }
        answer = face.call("POST", "/console/send", "ann", sent).json()
        assert answer["status"] == 200
    whole, part = face.get(f"/subscriptions/{name}/limits", "ann")["value"]
    assert (whole["used"], whole["remaining"]) == (3, 7)
    assert (whole["usedKb"], whole["countedBy"]) == (5, "gateway")
    assert (part["api"], part["used"], part["remaining"]) == ("alpha", 3, 2)
