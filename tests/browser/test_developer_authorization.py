"""Accounts of another provider, and tokens in Try it and in the test console."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import origin, sign_in
from tests.browser.managing import manage
from tests.browser.strict import Strictness
from tests.journeys.running import Running
from tests.portals.identity_server import CLIENT, Provider, identity_server

SAYS = """<policies><inbound><base /><return-response><set-body>@(
  context.Request.Headers.GetValueOrDefault("Authorization", "none")
)</set-body></return-response></inbound>
<backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error>
</policies>"""
API = "/apis/whoami"


@pytest.fixture(scope="module")
def provider(site: Running) -> Iterator[Provider]:
    """A server that gives out tokens for an API which repeats what it was sent."""
    with identity_server(time.time()) as provider:
        publish(site, provider)
        yield provider
        manage(site, "DELETE", API)
        manage(site, "DELETE", "/authorizationServers/corp")


def publish(site: Running, provider: Provider) -> None:
    server = {
        "displayName": "Corporate",
        "clientRegistrationEndpoint": provider.issuer,
        "authorizationEndpoint": f"{provider.issuer}/authorize",
        "tokenEndpoint": f"{provider.issuer}/token",
        "grantTypes": ["authorizationCodeWithPkce", "clientCredentials"],
        "clientId": CLIENT[0],
        "clientSecret": CLIENT[1],
        "clientAuthenticationMethod": ["Body"],
        "authorizationMethods": ["GET"],
    }
    api = {
        "displayName": "Who am I",
        "path": "whoami",
        "protocols": ["http"],
        "subscriptionRequired": False,
        "authenticationSettings": {"oAuth2": {"authorizationServerId": "corp"}},
    }
    operation = {"displayName": "Look", "method": "GET", "urlTemplate": "/"}
    manage(site, "PUT", "/authorizationServers/corp", {"properties": server})
    manage(site, "PUT", API, {"properties": api})
    manage(site, "PUT", f"{API}/operations/look", {"properties": operation})
    policy = {"format": "rawxml", "value": SAYS}
    manage(site, "PUT", f"{API}/policies/policy", {"properties": policy})
    manage(site, "PUT", f"/products/starter{API}")


@pytest.fixture
def page(browser: Browser, site: Running, provider: Provider) -> Iterator[Page]:
    console = site.run["console_url"]
    strict = Strictness([origin(console), origin(provider.issuer)])
    context = browser.new_context(base_url=console, locale="en-GB")
    strict.watch(context)
    yield context.new_page()
    context.close()
    assert strict.faults == []


def has_token(place: Page | Locator) -> None:
    expect(
        place.get_by_text("The token is in the Authorization header")
    ).to_be_visible()


def test_a_reader_signs_in_and_tries_with_the_token(page: Page, site: Running) -> None:
    sign_in(page, site.demo["developer"], f"{API}/operations/look")
    page.get_by_role("button", name="Try it").click()
    drawer = page.get_by_role("dialog")
    with page.expect_popup() as opened:
        drawer.get_by_role("button", name="Sign in at Corporate").click()
    has_token(drawer)
    # No part of the answer stays in the address of the window that brought it.
    assert opened.value.is_closed() or "code" not in opened.value.url
    expect(drawer.get_by_text("Bearer ••••").first).to_be_visible()
    drawer.get_by_role("button", name="Send").click()
    expect(drawer.get_by_text(re.compile("^Bearer of [0-9a-f]{32}$"))).to_be_visible()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Bearer" not in kept


def test_a_publisher_tries_with_the_token_of_the_client(
    page: Page, site: Running
) -> None:
    sign_in(page, site.demo["admin"], f"/publisher{API}/test")
    page.get_by_role("button", name="Token of the client itself").click()
    has_token(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Bearer client's own")).to_be_visible()
    page.get_by_role("button", name="Remove the token").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("none", exact=True)).to_be_visible()


@pytest.fixture
def house(site: Running) -> Iterator[Provider]:
    with identity_server(time.time()) as provider:
        of = {
            "clientId": CLIENT[0],
            "clientSecret": CLIENT[1],
            "authority": provider.issuer,
        }
        provider.person["email"] = "olga@example.com"
        manage(site, "PUT", "/identityProviders/aad", {"properties": of})
        yield provider
        manage(site, "DELETE", "/identityProviders/aad")


def test_the_button_of_a_provider_signs_in_and_leads_back(
    browser: Browser, site: Running, house: Provider
) -> None:
    console = site.run["console_url"]
    strict = Strictness([origin(console), origin(house.issuer)])
    context = browser.new_context(base_url=console, locale="en-GB")
    strict.watch(context)
    page = context.new_page()
    page.goto("/signin?return=/products")
    page.get_by_role("link", name=re.compile("^Sign in with ")).click()
    expect(page).to_have_url(re.compile(r"/products$|/my|/$|/signin"))
    expect(page.get_by_role("button", name="Ann Provided, account")).to_be_visible()
    told = page.request.get("/session").json()["user"]
    assert told["email"] == "olga@example.com"
    context.close()
    assert strict.faults == []
