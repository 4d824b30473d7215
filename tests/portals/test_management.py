"""The management REST from a browser: sessions, roles, CSRF."""

import pytest
from tests.portals.browser import BASE, PASSWORD, Browser, Portal

from bramka.domain.traffic.account import Role
from bramka.store import account, user

VERSION = "?api-version=2024-05-01"


async def signed_in(portal: Portal, role: Role | None) -> Browser:
    portal.add_user("ann")
    with portal.store.writing() as transaction:
        account.set_role(transaction, "ann", role)
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    return browser


async def call(
    browser: Browser, method: str, path: str, properties: object = None, **headers: str
) -> int:
    body = None if properties is None else {"properties": properties}
    sent = {"If-Match": "*"} | headers
    answer = await browser.ask(method, BASE + path + VERSION, body, sent)
    return answer.status_code


@pytest.mark.parametrize(
    ("role", "reads", "writes", "owns"),
    [
        (None, 403, 403, 403),
        ("viewer", 200, 403, 403),
        ("editor", 200, 201, 403),
        ("owner", 200, 201, 200),
    ],
)
async def test_a_role_opens_what_its_tokens_open(
    each_portal: Portal, role: Role | None, reads: int, writes: int, owns: int
) -> None:
    browser = await signed_in(each_portal, role)
    assert await call(browser, "GET", "/products") == reads
    tag = {"displayName": "new"}
    assert await call(browser, "PUT", "/tags/new", tag) == writes
    change = {"publisherName": "Shelves"}
    assert await call(browser, "PATCH", "", change) == owns


async def test_a_change_from_a_browser_carries_the_csrf_token(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    csrf, browser.csrf = browser.csrf, ""
    tag = {"displayName": "new"}
    assert await call(browser, "PUT", "/tags/new", tag) == 403
    assert await call(browser, "GET", "/tags") == 200
    browser.csrf = csrf
    assert await call(browser, "PUT", "/tags/new", tag) == 201


async def test_a_role_that_is_taken_away_is_gone_at_once(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    with portal.store.writing() as transaction:
        account.set_role(transaction, "ann", None)
    assert await call(browser, "GET", "/products") == 403
    with portal.store.writing() as transaction:
        account.set_role(transaction, "ann", "viewer")
        user.delete(transaction, "ann")
    assert await call(browser, "GET", "/products") == 401


async def test_whoever_gets_the_id_of_an_owner_later_is_none(portal: Portal) -> None:
    await signed_in(portal, "owner")
    with portal.store.writing() as transaction:
        user.delete(transaction, "ann")
    portal.add_user("ann")
    with portal.store.reading() as transaction:
        assert account.find(transaction, "ann").role is None


@pytest.mark.parametrize(
    "change",
    [
        {"password": "chosen by somebody else"},
        {"email": "mine@example.com"},
        {"state": "blocked"},
        {"identities": [{"provider": "aad", "id": "mine"}]},
    ],
)
async def test_an_editor_cannot_become_an_owner_by_changing_one(
    portal: Portal, change: dict[str, object]
) -> None:
    portal.add_user("boss")
    with portal.store.writing() as transaction:
        account.set_role(transaction, "boss", "owner")
    browser = await signed_in(portal, "editor")
    assert await call(browser, "PATCH", "/users/boss", change) == 403
    assert await call(browser, "DELETE", "/users/boss") == 403
    for action in ("generateSsoUrl", "confirmations/password/send"):
        assert await call(browser, "POST", f"/users/boss/{action}") == 403


async def test_only_owners_say_who_vouches_for_people(portal: Portal) -> None:
    browser = await signed_in(portal, "editor")
    provider = {"clientId": "a", "clientSecret": "b"}
    assert await call(browser, "PUT", "/identityProviders/aad", provider) == 403
    body = "<html><body><p>$ConfirmUrl</p></body></html>"
    reset = "/templates/passwordResetIdentityDefault"
    assert await call(browser, "PATCH", reset, {"body": body}) == 403
    plain = "/templates/newDeveloperNotificationMessage"
    assert await call(browser, "PATCH", plain, {"subject": "Hello"}) == 200


async def test_what_a_browser_changes_is_in_the_audit_log(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    await call(browser, "PUT", "/tags/new", {"displayName": "new"})
    told = (await browser.ask("GET", f"{BASE}/audit{VERSION}")).json()["value"]
    actors = [(one["properties"]["method"], one["properties"]["actor"]) for one in told]
    assert actors[0] == ("PUT", "ann@example.com (ann)")
    assert actors[1] == ("POST", "ann@example.com (ann)")
    assert PASSWORD not in str(told)
