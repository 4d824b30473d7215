"""Signing in with an OpenID provider: the whole way, and every wrong turn."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from msgspec import structs
from tests.portals.browser import PASSWORD, Browser, Portal
from tests.portals.identity_server import CLIENT, Provider, identity_server

from bramka.domain.traffic.identity_provider import IdentityProvider
from bramka.domain.traffic.portal import PortalSetting, Terms
from bramka.domain.traffic.user import Identity
from bramka.store import account, user
from bramka.store.identity_provider import IDENTITY_PROVIDERS
from bramka.store.portal import PORTAL_SETTINGS
from bramka.store.user import USERS

START = "/session/providers/aad/start"


@pytest.fixture
def provider(portal: Portal) -> Iterator[Provider]:
    with identity_server(portal.clock.now()) as provider:
        noun = IdentityProvider(
            id="aad",
            client_id=CLIENT[0],
            client_secret=CLIENT[1],
            authority=provider.issuer,
        )
        with portal.store.writing() as transaction:
            IDENTITY_PROVIDERS.put(transaction, noun)
        yield provider


async def begin(browser: Browser, query: str = "?return=/apis") -> str:
    """Where the provider sends the browser back to."""
    sent = await browser.ask("GET", START + query)
    assert sent.status_code == 302
    async with httpx2.AsyncClient(timeout=90) as outside:
        agreed = await outside.get(sent.headers["location"])
    return str(agreed.headers["location"])


async def come_in(browser: Browser, query: str = "?return=/apis") -> str:
    """Sign in; where the browser ends up."""
    back = urlsplit(await begin(browser, query))
    answer = await browser.ask("GET", f"{back.path}?{back.query}")
    assert answer.status_code == 302
    return str(answer.headers["location"])


async def test_a_stranger_with_a_verified_address_becomes_a_user(
    portal: Portal, provider: Provider
) -> None:
    browser = portal.browser()
    told = (await browser.ask("GET", "/session")).json()
    host = provider.issuer.removeprefix("http://")
    assert told["site"]["providers"] == [{"name": "aad", "title": host}]
    assert await come_in(browser) == "/apis"
    found = await browser.who()
    assert found is not None
    assert (found["email"], found["lastName"]) == ("ann@example.com", "Provided")
    assert (found["role"], found["groups"]) == (None, ["developers"])
    provider.person["email"] = "moved@example.com"
    again = portal.browser()
    await come_in(again)
    same = await again.who()
    assert same is not None
    assert same["id"] == found["id"]


async def test_a_verified_address_leads_to_its_account(
    portal: Portal, provider: Provider
) -> None:
    portal.add_user("ann")
    browser = portal.browser()
    await come_in(browser)
    found = await browser.who()
    assert found is not None
    assert found["id"] == "ann"
    assert (await portal.browser().sign_in("ann@example.com")).status_code == 200


@pytest.mark.parametrize("verified", [False, None, "no"])
async def test_an_address_that_nobody_verified_opens_nothing(
    portal: Portal, provider: Provider, verified: object
) -> None:
    portal.add_user("ann")
    provider.person["email_verified"] = verified
    browser = portal.browser()
    assert await come_in(browser) == "/signin?error=EmailNotVerified"
    assert await browser.who() is None


async def test_who_runs_the_site_adds_a_provider_when_signed_in_only(
    portal: Portal, provider: Provider
) -> None:
    provider.person["email"] = "admin@example.com"
    with portal.store.writing() as transaction:
        user.set_password(transaction, "1", PASSWORD)
    browser = portal.browser()
    assert await come_in(browser) == "/signin?error=LinkNeeded"
    await browser.sign_in("admin@example.com")
    assert await come_in(browser, "?link=true&return=/profile") == "/profile"
    fresh = portal.browser()
    assert await come_in(fresh) == "/apis"
    found = await fresh.who()
    assert found is not None
    assert found["role"] == "owner"


async def test_a_provider_is_not_added_to_the_account_of_somebody_else(
    portal: Portal, provider: Provider
) -> None:
    portal.add_user("bob")
    portal.add_user("eve")
    browser = portal.browser()
    await browser.sign_in("bob@example.com")
    back = urlsplit(await begin(browser, "?link=true"))
    await browser.sign_in("eve@example.com")
    answer = await browser.ask("GET", f"{back.path}?{back.query}")
    assert answer.headers["location"] == "/signin?error=SignInExpired"
    forced = await browser.ask(
        "GET", f"{START}?link=true", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert forced.headers["location"] == "/signin?error=CsrfTokenInvalid"
    with portal.store.reading() as transaction:
        assert USERS.get(transaction, "eve").noun.identities == ()


async def test_who_signed_up_with_the_address_of_another_gets_nothing_by_it(
    portal: Portal, provider: Provider
) -> None:
    portal.add_user("ann", "pending")
    browser = portal.browser()
    await come_in(browser)
    found = await browser.who()
    assert found is not None
    assert found["state"] == "active"
    assert (await portal.browser().sign_in("ann@example.com")).status_code == 401


@pytest.mark.parametrize("state", ["blocked", "deleted"])
async def test_who_is_blocked_stays_out(
    portal: Portal, provider: Provider, state: str
) -> None:
    noun = portal.add_user("ann", state)
    browser = portal.browser()
    assert await come_in(browser) == "/signin?error=AccountBlocked"
    identity = Identity(provider="aad", id="person-1")
    with portal.store.writing() as transaction:
        USERS.replace(transaction, structs.replace(noun, identities=(identity,)))
    assert await come_in(browser) == "/signin?error=AccountBlocked"
    assert await browser.who() is None


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "somebody else"},
        {"aud": ["bramka", "somebody else"]},
        {"iss": "https://elsewhere.test"},
        {"exp": 1},
        {"sub": None},
    ],
)
async def test_a_token_that_does_not_fit_signs_nobody_in(
    portal: Portal, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.spoilt = claims
    browser = portal.browser()
    where = await come_in(browser)
    assert where == "/signin?error=AuthenticationFailed"
    assert await browser.who() is None


async def test_a_token_signed_by_another_key_signs_nobody_in(
    portal: Portal, provider: Provider
) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "one"})
    browser = portal.browser()
    assert await come_in(browser) == "/signin?error=AuthenticationFailed"


async def test_an_answer_counts_in_the_browser_that_asked_and_once(
    portal: Portal, provider: Provider
) -> None:
    browser, other = portal.browser(), portal.browser()
    back = urlsplit(await begin(browser))
    path = f"{back.path}?{back.query}"
    foreign = await other.ask("GET", path)
    assert foreign.headers["location"] == "/signin?error=SignInExpired"
    await begin(other)
    foreign = await other.ask("GET", path)
    assert foreign.headers["location"] == "/signin?error=SignInExpired"
    assert (await browser.ask("GET", path)).headers["location"] == "/apis"
    again = await browser.ask("GET", path)
    assert again.headers["location"] == "/signin?error=SignInExpired"


async def test_an_answer_that_takes_too_long_does_not_count(
    portal: Portal, provider: Provider
) -> None:
    browser = portal.browser()
    back = urlsplit(await begin(browser))
    portal.clock.advance(601)
    late = await browser.ask("GET", f"{back.path}?{back.query}")
    assert late.headers["location"] == "/signin?error=SignInExpired"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test/",
        "/\t/evil.test",
        "javascript:alert(1)",
        "evil.test",
        "/%0d%0aSet-Cookie:x=y".replace("%0d%0a", "\r\n"),
    ],
)
async def test_nobody_is_sent_to_another_site_afterwards(
    portal: Portal, provider: Provider, target: str
) -> None:
    browser = portal.browser()
    query = f"?{httpx2.QueryParams({'return': target})}"
    assert await come_in(browser, query) == "/"


async def test_where_people_do_not_sign_up_strangers_stay_out(
    portal: Portal, provider: Provider
) -> None:
    with portal.store.writing() as transaction:
        PORTAL_SETTINGS.put(transaction, PortalSetting(id="signup", enabled=False))
    browser = portal.browser()
    assert await come_in(browser) == "/signin?error=SignUpClosed"
    terms = Terms(text="Be kind.", enabled=True, consent_required=True)
    setting = PortalSetting(id="signup", enabled=True, terms_of_service=terms)
    with portal.store.writing() as transaction:
        PORTAL_SETTINGS.put(transaction, setting)
    assert await come_in(browser) == "/signin?error=TermsNotAccepted"
    assert await come_in(browser, "?termsAccepted=true") == "/"


async def test_secrets_do_not_stand_in_addresses_or_plain_cookies(
    portal: Portal, provider: Provider
) -> None:
    browser = portal.browser()
    sent = await browser.ask("GET", START)
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    cookie = sent.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert asked["state"][0] not in cookie
    assert "client_secret" not in asked
    assert sent.headers["referrer-policy"] == "no-referrer"


async def test_a_provider_that_is_away_is_told_of(
    portal: Portal, provider: Provider
) -> None:
    noun = IdentityProvider(
        id="aad", client_id="a", client_secret="b", authority="http://127.0.0.1:9"
    )
    with portal.store.writing() as transaction:
        IDENTITY_PROVIDERS.put(transaction, noun)
    sent = await portal.browser().ask("GET", START)
    assert sent.headers["location"] == "/signin?error=ServiceUnavailable"
    unknown = await portal.browser().ask("GET", "/session/providers/x/start")
    assert unknown.headers["location"] == "/signin?error=ResourceNotFound"


async def test_a_role_is_never_given_by_a_provider(
    portal: Portal, provider: Provider
) -> None:
    provider.person |= {"roles": ["bramka-owner"], "role": "owner"}
    browser = portal.browser()
    await come_in(browser)
    with portal.store.reading() as transaction:
        assert list(account.with_role(transaction)) == ["1"]
