"""Subscribing, and what one does with one's own subscriptions."""

import pytest
from tests.portals.developer.face import Face

CHANGES = [
    ("GET", "", None),
    ("PATCH", "", {"name": "Mine now"}),
    ("POST", "/cancel", None),
    ("POST", "/keys", None),
    ("POST", "/regenerate", {"key": "primary"}),
    ("GET", "/limits", None),
]


def keys_of(face: Face, reader: str, name: str) -> dict[str, str]:
    return dict(face.call("POST", f"/subscriptions/{name}/keys", reader).json())


def refusal(face: Face, reader: str, **wanted: object) -> tuple[int, str]:
    answer = face.call("POST", "/subscriptions", reader, wanted)
    return answer.status_code, answer.json()["error"]["message"]


def test_a_developer_subscribes_and_gets_two_keys(each_face: Face) -> None:
    face = each_face
    face.join("ann")
    made = face.subscribe("ann", "starter", name="First")
    assert (made["state"], made["name"]) == ("active", "First")
    assert made["product"] == {"id": "starter", "name": "Starter"}
    assert made["startDate"] == made["createdDate"] == "2027-01-15T08:00:00Z"
    keys = keys_of(face, "ann", made["id"])
    assert len({*keys.values()}) == 2
    assert face.ids("/subscriptions", "ann") == [made["id"]]
    assert "Key" not in face.call("GET", "/subscriptions", "ann").text


def test_one_key_is_made_anew_while_the_other_stays(face: Face) -> None:
    face.join("ann")
    made = face.subscribe("ann", "starter")
    before = keys_of(face, "ann", made["id"])
    path = f"/subscriptions/{made['id']}/regenerate"
    after = face.call("POST", path, "ann", {"key": "secondary"}).json()
    assert after["primaryKey"] == before["primaryKey"]
    assert after["secondaryKey"] != before["secondaryKey"]
    assert face.call("POST", path, "ann", {"key": "third"}).status_code == 400


def test_approval_is_waited_for(face: Face) -> None:
    face.join("ann")
    made = face.subscribe("ann", "unlimited")
    assert (made["state"], made["startDate"]) == ("submitted", None)
    path = f"/subscriptions/{made['id']}"
    face.publish(path, {"state": "active"}, "PATCH")
    assert face.get(path, "ann")["state"] == "active"


def test_no_more_is_subscribed_to_than_the_product_allows(each_face: Face) -> None:
    face = each_face
    face.join("ann")
    made = face.subscribe("ann", "starter")
    status, message = refusal(face, "ann", productId="starter")
    assert (status, message) == (
        409,
        "User 'ann' has 1 of 1 possible subscriptions to product 'starter'.",
    )
    product = face.get("/products/starter", "ann")
    assert (product["canSubscribe"], product["reason"]) == (False, "LimitReached")
    face.call("POST", f"/subscriptions/{made['id']}/cancel", "ann")
    assert face.get("/products/starter", "ann")["canSubscribe"] is True
    face.subscribe("ann", "starter")


def test_terms_are_accepted_first(face: Face) -> None:
    face.join("ann")
    face.publish_product("fine", "developers", terms="Be kind.")
    assert refusal(face, "ann", productId="fine")[0] == 400
    assert refusal(face, "ann", productId="fine", termsAccepted="yes")[0] == 400
    face.subscribe("ann", "fine", termsAccepted=True)


def test_guests_and_others_do_not_subscribe(face: Face) -> None:
    face.publish_product("outer", "guests", "developers")
    face.publish_product("open", "developers", subscriptionRequired=False)
    face.join("ann")
    face.join("eve", "suspects")
    assert refusal(face, "", productId="outer")[0] == 401
    assert refusal(face, "eve", productId="starter")[0] == 404
    assert refusal(face, "ann", productId="nobody")[0] == 404
    assert refusal(face, "ann", productId="open")[0] == 409
    assert face.get("/products/outer")["reason"] == "SignInFirst"


def test_a_delegated_portal_does_not_subscribe(face: Face) -> None:
    face.join("ann")
    given = {
        "url": "https://shop.example.com",
        "validationKey": "a2V5",
        "subscriptions": {"enabled": True},
    }
    face.publish("/portalsettings/delegation", given)
    assert refusal(face, "ann", productId="starter")[0] == 403


@pytest.mark.parametrize("reader", ["eve", ""])
def test_subscriptions_of_others_are_not_there(face: Face, reader: str) -> None:
    face.join("ann")
    face.join("eve")
    made = face.subscribe("ann", "starter")
    for method, tail, body in CHANGES:
        for wanted in (made["id"], "master", "nobody"):
            path = f"/subscriptions/{wanted}{tail}"
            answer = face.call(method, path, reader, body)
            assert answer.status_code == (404 if reader else 401)
    assert face.get(f"/subscriptions/{made['id']}", "ann") == made


def test_what_is_cancelled_stays_so(face: Face) -> None:
    face.join("ann")
    path = f"/subscriptions/{face.subscribe('ann', 'starter')['id']}"
    assert face.call("POST", f"{path}/cancel", "ann").json()["state"] == "cancelled"
    assert face.call("POST", f"{path}/cancel", "ann").status_code == 409
    again = face.call("POST", f"{path}/regenerate", "ann", {"key": "primary"})
    assert again.status_code == 409


def test_what_still_has_keys_stands_above_what_has_ended(face: Face) -> None:
    face.join("ann")
    first = face.subscribe("ann", "unlimited")["id"]
    ended = face.subscribe("ann", "starter")["id"]
    face.call("POST", f"/subscriptions/{ended}/cancel", "ann")
    assert face.ids("/subscriptions", "ann") == [first, ended]


def test_nothing_but_the_name_can_be_written(face: Face) -> None:
    face.join("ann")
    path = f"/subscriptions/{face.subscribe('ann', 'unlimited')['id']}"
    given = {"name": "New", "state": "active", "ownerId": "1", "scope": "/"}
    changed = face.call("PATCH", path, "ann", given).json()
    assert (changed["name"], changed["state"]) == ("New", "submitted")
    assert changed["scope"] == "/products/unlimited"
    for wrong in ({"name": ""}, {"name": "x" * 101}, {"name": None}, {}):
        assert face.call("PATCH", path, "ann", wrong).status_code == 400


def test_bodies_that_are_no_json_or_too_large_are_refused(face: Face) -> None:
    face.join("ann")
    for content in (b"{", b"[]", b"\xff", b"[" * 100_000, b"x" * 300_000):
        answer = face.call("POST", "/subscriptions", "ann", content=content)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "ValidationError"
