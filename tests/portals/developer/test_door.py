"""The door of the developer face, with real sessions, mails and the audit log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import new_database
from tests.portals.browser import Portal, running_portal
from tests.portals.developer.face import Face

from bramka.domain.traffic.mail import PUBLISHER_EVENTS, Notification
from bramka.store import audit, instance
from bramka.store.mail import NOTIFICATIONS


@pytest.fixture
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    with (
        new_database("sqlite", tmp_path, request, "demo") as url,
        running_portal(url, tmp_path) as portal,
    ):
        yield portal


async def test_who_is_signed_in_subscribes_and_is_written_to(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    products = (await browser.ask("GET", "/developer/products")).json()
    assert [one["id"] for one in products["value"]] == ["starter", "unlimited"]
    wanted = {"productId": "unlimited"}
    assert (
        await browser.ask("POST", "/developer/subscriptions", wanted)
    ).status_code == 401
    await browser.sign_in("ann@example.com")
    products = (await browser.ask("GET", "/developer/products")).json()
    assert [one["id"] for one in products["value"]] == ["starter", "unlimited"]
    made = await browser.ask("POST", "/developer/subscriptions", wanted)
    assert (made.status_code, made.json()["state"]) == (201, "submitted")
    (letter,) = portal.letters()
    assert letter.template == "requestDeveloperNotificationMessage"
    assert (letter.recipient, letter.tokens["ProdName"]) == (
        "ann@example.com",
        "Unlimited",
    )


async def test_changes_of_another_site_are_refused(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    browser.csrf = "0" * 64
    for path in ("/subscriptions", "/console/send", "/uploads?filename=a.csv"):
        answer = await browser.ask(
            "POST", f"/developer{path}", {"productId": "starter"}
        )
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "CsrfTokenInvalid"
    found = await browser.ask("GET", "/developer/subscriptions")
    assert found.json()["count"] == 0


async def test_who_is_blocked_meanwhile_is_a_guest_at_once(portal: Portal) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    made = await browser.ask(
        "POST", "/developer/subscriptions", {"productId": "starter"}
    )
    portal.add_user("ann", "blocked")
    path = f"/developer/subscriptions/{made.json()['id']}/keys"
    assert (await browser.ask("POST", path)).status_code == 401


def test_what_readers_do_is_noted_without_keys(face: Face) -> None:
    face.join("ann")
    made = face.subscribe("ann", "starter")
    path = f"/subscriptions/{made['id']}"
    keys = face.call("POST", f"{path}/regenerate", "ann", {"key": "primary"})
    with face.store.reading() as transaction:
        entries, total = audit.newest(transaction, 0, 2)
    newest, before = entries
    assert total == 2
    assert (newest.actor, newest.role) == ("ann@example.com (ann)", "developer")
    assert newest.path == f"/developer{path}/regenerate"
    assert before.after == made
    for key in keys.json().values():
        assert key not in f"{entries}"


def test_issues_are_told_to_those_who_asked(face: Face) -> None:
    event = "NewIssuePublisherNotificationMessage"
    assert event in PUBLISHER_EVENTS
    face.publish_product("outer", "developers")
    face.publish_api("alpha", "outer")
    face.join("ann")
    with face.store.writing() as transaction:
        told = Notification(id=event, emails=("boss@example.com",))
        NOTIFICATIONS.put(transaction, told)
    given = {"title": "Broken", "description": "y"}
    made = face.call("POST", "/apis/alpha/issues", "ann", given).json()
    path = f"/apis/alpha/issues/{made['id']}/comments"
    face.call("POST", path, "ann", {"text": "More"})
    assert face.recipients() == [
        "ann@example.com",
        "boss@example.com",
        "boss@example.com",
    ]


def test_a_portal_without_guests_tells_them_nothing(face: Face) -> None:
    face.join("ann")
    face.publish("/portalsettings/signin", {"enabled": True})
    for path in ("/apis", "/products", "/pages", "/tags"):
        answer = face.call("GET", path)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "SignInRequired"
        assert face.call("GET", path, "ann").status_code == 200
    sent = {"method": "GET", "url": f"{face.settings.gateway_url}/x"}
    assert face.call("POST", "/console/send", "", sent).status_code == 401


def test_errors_have_one_shape(face: Face) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("DELETE", "/apis", 404),
        ("GET", "/pages/none", 404),
        ("POST", "/subscriptions", 401),
    ):
        answer = face.call(method, path, "", {} if method == "POST" else None)
        assert answer.status_code == status, path
        assert set(answer.json()["error"]) >= {"code", "message"}


async def test_developers_are_told_that_the_instance_was_deleted(
    portal: Portal,
) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    with portal.store.writing() as transaction:
        instance.delete(transaction)
    newcomer = {
        "email": "new@example.com",
        "password": "a long enough pass-phrase",
        "firstName": "New",
        "lastName": "Comer",
    }
    for method, path, body in (
        ("GET", "/developer/products", None),
        ("GET", "/developer/apis", None),
        ("POST", "/developer/subscriptions", {"productId": "unlimited"}),
        ("POST", "/account", newcomer),
    ):
        answer = await browser.ask(method, path, body)
        assert answer.status_code == 404, answer.text
        assert "was deleted" in answer.json()["error"]["message"]
    # The studio is no part of the instance: people still sign in to it.
    assert (await browser.ask("GET", "/session")).status_code == 200
