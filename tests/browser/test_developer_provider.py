"""Signing in with another provider's account, in the browser."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import origin
from tests.browser.managing import manage
from tests.browser.strict import Strictness
from tests.journeys.running import Running
from tests.portals.identity_server import CLIENT, Provider, identity_server


@pytest.fixture
def provider(site: Running) -> Iterator[Provider]:
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
    browser: Browser, site: Running, provider: Provider
) -> None:
    console = site.run["console_url"]
    strict = Strictness([origin(console), origin(provider.issuer)])
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
