"""Delegation: people sent to another site, and coming back by a one-time link."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.portals.browser import BASE, PASSWORD, Browser, Portal

from bramka.domain.traffic.portal import (
    ConfigDelegation,
    PortalConfig,
    PortalSetting,
    Switch,
)
from bramka.store import subscription, user
from bramka.store.portal import PORTAL_CONFIGS, PORTAL_SETTINGS

KEY = base64.b64encode(b"the key that both know").decode()
SETTING = PortalSetting(
    id="delegation",
    url="https://shop.test/enter?from=us",
    validation_key=KEY,
    subscriptions=Switch(enabled=True),
    user_registration=Switch(enabled=True),
)


@pytest.fixture
def delegating(portal: Portal) -> Portal:
    with portal.store.writing() as transaction:
        PORTAL_SETTINGS.put(transaction, SETTING)
    return portal


async def signed_in(portal: Portal, name: str) -> Browser:
    """By a link, as the other site would have people come back."""
    with portal.store.writing() as transaction:
        user.set_password(transaction, "1", PASSWORD)
    owner = portal.browser()
    await owner.sign_in("admin@example.com")
    path = f"{BASE}/users/{name}/generateSsoUrl?api-version=2024-05-01"
    link = (await owner.ask("POST", path, {})).json()["value"]
    browser = portal.browser()
    back = await browser.ask("GET", link.removeprefix(portal.origin))
    assert back.status_code == 302
    return browser


async def sent(browser: Browser, path: str) -> dict[str, str]:
    """What the other site is told, after its own look at the signature."""
    answer = await browser.ask("GET", f"/session/delegation/{path}")
    assert answer.status_code == 302
    address = urlsplit(answer.headers["location"])
    assert (address.netloc, address.path) == ("shop.test", "/enter")
    return {name: one[0] for name, one in parse_qs(address.query).items()}


def signature(told: dict[str, str], *parts: str) -> str:
    text = "\n".join((told["salt"], *parts)).encode()
    digest = hmac.new(base64.b64decode(KEY), text, hashlib.sha512).digest()
    return base64.b64encode(digest).decode()


async def test_who_signs_in_is_sent_with_the_way_back(delegating: Portal) -> None:
    browser = delegating.browser()
    for operation in ("SignIn", "SignUp"):
        told = await sent(browser, f"{operation.lower()}?return=/apis")
        assert (told["operation"], told["returnUrl"]) == (operation, "/apis")
        assert told["sig"] == signature(told, "/apis")
        assert told["from"] == "us"
    told = await sent(browser, "signin?return=//evil.test")
    assert told["returnUrl"] == "/"


async def test_who_changes_or_ends_an_account_is_named(delegating: Portal) -> None:
    delegating.add_user("ann")
    browser = await signed_in(delegating, "ann")
    for operation in ("ChangePassword", "ChangeProfile", "CloseAccount", "SignOut"):
        told = await sent(browser, operation.lower())
        assert (told["operation"], told["userId"]) == (operation, "ann")
        assert told["sig"] == signature(told, "ann")


async def test_who_subscribes_is_named_with_the_product(delegating: Portal) -> None:
    delegating.add_user("ann")
    browser = await signed_in(delegating, "ann")
    told = await sent(browser, "subscribe?productId=starter&userId=1")
    assert (told["productId"], told["userId"]) == ("starter", "ann")
    assert told["sig"] == signature(told, "starter", "ann")
    unknown = await browser.ask(
        "GET", "/session/delegation/subscribe?productId=nothing"
    )
    assert unknown.status_code == 404


async def test_who_ends_or_renews_a_subscription_holds_it(delegating: Portal) -> None:
    delegating.add_user("ann")
    delegating.add_user("eve")
    noun = subscription.SUBSCRIPTIONS.noun(
        id="held", scope="/products/starter", owner_id="ann"
    )
    with delegating.store.writing() as transaction:
        subscription.put(transaction, noun, subscription.Keys("a" * 32, "b" * 32))
    browser = await signed_in(delegating, "ann")
    for operation in ("Unsubscribe", "Renew"):
        told = await sent(browser, f"{operation.lower()}?subscriptionId=held")
        assert told["operation"] == operation
        assert told["sig"] == signature(told, "held")
    eve = await signed_in(delegating, "eve")
    path = "/session/delegation/renew?subscriptionId=held"
    assert (await eve.ask("GET", path)).status_code == 404
    assert (await delegating.browser().ask("GET", path)).status_code == 401


async def test_our_own_doors_are_closed_to_all_but_who_runs_the_site(
    delegating: Portal,
) -> None:
    delegating.add_user("ann")
    browser = delegating.browser()
    told = (await browser.ask("GET", "/session")).json()["site"]
    assert told["delegation"] == {
        "signIn": True,
        "subscriptions": True,
        "url": "https://shop.test/enter?from=us",
    }
    assert told["signUp"]["enabled"] is False
    refused = await browser.sign_in("ann@example.com")
    assert refused.json()["error"]["code"] == "SignInDelegated"
    given: dict[str, Any] = {
        "email": "new@example.com",
        "password": PASSWORD,
        "firstName": "N",
        "lastName": "N",
    }
    refused = await browser.ask("POST", "/account", given)
    assert refused.json()["error"]["code"] == "SignUpClosed"
    with delegating.store.writing() as transaction:
        user.set_password(transaction, "1", PASSWORD)
    assert (await browser.sign_in("admin@example.com")).status_code == 200


async def test_the_settings_of_the_portal_configuration_count_as_well(
    portal: Portal,
) -> None:
    delegation = ConfigDelegation(
        delegate_registration=True,
        delegation_url="https://shop.test/enter",
        validation_key=KEY,
    )
    config = PortalConfig(id="default", delegation=delegation)
    with portal.store.writing() as transaction:
        PORTAL_CONFIGS.put(transaction, config)
    assert (await sent(portal.browser(), "signin"))["operation"] == "SignIn"
    off = await portal.browser().ask("GET", "/session/delegation/subscribe")
    assert off.status_code == 400


async def test_without_delegation_nobody_is_sent_away(portal: Portal) -> None:
    answer = await portal.browser().ask("GET", "/session/delegation/signin")
    assert answer.status_code == 400


async def test_a_link_to_enter_with_works_once_and_soon(portal: Portal) -> None:
    portal.add_user("ann")
    with portal.store.writing() as transaction:
        user.set_password(transaction, "1", PASSWORD)
    owner = portal.browser()
    await owner.sign_in("admin@example.com")
    path = f"{BASE}/users/ann/generateSsoUrl?api-version=2024-05-01"

    async def link() -> str:
        url = str((await owner.ask("POST", path, {})).json()["value"])
        return url.removeprefix(portal.origin)

    first = await link()
    browser = portal.browser()
    went = await browser.ask("GET", f"{first}&returnUrl=https://evil.test")
    assert went.headers["location"] == "/"
    found = await browser.who()
    assert found is not None
    assert found["id"] == "ann"
    wrong = "/signin?error=LinkInvalid"
    again = await portal.browser().ask("GET", first)
    assert (again.headers["location"], "set-cookie" in again.headers) == (wrong, False)
    second = await link()
    portal.clock.advance(301)
    late = await portal.browser().ask("GET", second)
    assert late.headers["location"] == wrong
    third = await link()
    portal.add_user("ann", "blocked")
    out = await portal.browser().ask("GET", third)
    assert out.headers["location"] == "/signin?error=AuthenticationFailed"
