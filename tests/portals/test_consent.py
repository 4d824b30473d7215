"""Somebody lets a connection act in their name: the way there, and every wrong turn."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.portals.browser import BASE, Browser, Portal
from tests.portals.identity_server import CLIENT, Provider, identity_server

from bramka.app.clock import SystemChance
from bramka.store import access_token
from bramka.store.connection import LOGIN_SECONDS

PROVIDERS = f"{BASE}/authorizationProviders"
MINE = f"{PROVIDERS}/shop/authorizations/mine"
VERSION = "?api-version=2024-05-01"
AFTERWARDS = "https://admin.example.com/connected"


@pytest.fixture
def provider(portal: Portal) -> Iterator[Provider]:
    with identity_server(portal.clock.now()) as provider:
        yield provider


class Administrator:
    """Speaks to the management REST."""

    def __init__(self, portal: Portal) -> None:
        self.browser = portal.browser()
        with portal.store.writing() as transaction:
            token = access_token.issue(
                transaction, SystemChance(), role="owner", name="test"
            )
        self.headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}

    async def ask(self, method: str, path: str, body: object = None) -> httpx2.Response:
        return await self.browser.ask(method, path + VERSION, body, self.headers)

    async def put(self, path: str, **properties: Any) -> None:
        told = await self.ask("PUT", path, {"properties": properties})
        assert told.status_code in (200, 201), told.text

    async def connect(self, provider: Provider) -> None:
        """A provider and a connection, which the instance itself may use."""
        given = {
            "clientId": CLIENT[0],
            "clientSecret": CLIENT[1],
            "authorizationUrl": f"{provider.issuer}/authorize",
            "tokenUrl": f"{provider.issuer}/token",
            "scopes": "orders",
        }
        oauth2 = {"grantTypes": {"authorizationCode": given}}
        await self.put(
            f"{PROVIDERS}/shop",
            displayName="The <Shop>",
            identityProvider="oauth2",
            oauth2=oauth2,
        )
        await self.put(MINE, oauth2grantType="AuthorizationCode")
        own = (await self.ask("GET", BASE)).json()["identity"]
        ids = {"objectId": own["principalId"], "tenantId": own["tenantId"]}
        await self.put(f"{MINE}/accessPolicies/itself", **ids)

    async def link(self) -> str:
        wanted = {"postLoginRedirectUrl": AFTERWARDS}
        told = await self.ask("POST", f"{MINE}/getLoginLinks", wanted)
        assert told.status_code == 200, told.text
        return str(urlsplit(told.json()["loginLink"]).path)

    async def stands(self) -> tuple[str, str]:
        """The connection's status, and what is wrong with it."""
        told = (await self.ask("GET", MINE)).json()["properties"]
        return told["status"], told.get("error", {}).get("message", "")


async def agree(browser: Browser, link: str) -> str:
    """Where the provider sends the browser back to, once somebody has agreed."""
    page = await browser.ask("GET", link)
    assert page.status_code == 200, page.text
    agreed = re.search('href="([^"]+)"', page.text)
    assert agreed is not None
    return await sent_back(await browser.ask("GET", link + agreed[1]))


async def sent_back(away: httpx2.Response) -> str:
    assert away.status_code == 302, away.text
    async with httpx2.AsyncClient(timeout=90) as outside:
        answer = await outside.get(away.headers["location"])
    back = urlsplit(answer.headers["location"])
    assert back.netloc == "portal.test"
    return f"{back.path}?{back.query}"


async def lent(portal: Portal) -> httpx2.Response:
    """What the console lends to a gateway."""
    token = portal.gateway_token
    wanted = {"provider": "shop", "authorization": "mine"}
    headers = {"Authorization": f"Bearer {token}"}
    path = "/gateway/authorizations"
    return await portal.browser().ask("POST", path, wanted, headers)


async def test_who_agrees_lets_gateways_act_in_their_name(
    portal: Portal, provider: Provider
) -> None:
    admin, browser = Administrator(portal), portal.browser()
    provider.is_renewable = True
    await admin.connect(provider)
    status, why = await admin.stands()
    assert status == "Error"
    assert "getLoginLinks" in why
    assert (await lent(portal)).status_code == 409
    link = await admin.link()
    page = await browser.ask("GET", link)
    assert "The &lt;Shop&gt;" in page.text
    assert "demoazureml" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    back = await agree(browser, link)
    done = await browser.ask("GET", back)
    assert (done.status_code, done.headers["location"]) == (302, AFTERWARDS)
    assert await admin.stands() == ("Connected", "")
    token = (await lent(portal)).json()
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert token["accessToken"] == f"of {state}"
    assert token["claims"]["scope"] == "orders"
    portal.clock.advance(10)
    again = await browser.ask("GET", back)
    assert again.status_code == 400, "once"
    portal.clock.advance(600)
    assert (await lent(portal)).json()["accessToken"] == "next-1"
    shown = await admin.ask("GET", f"{PROVIDERS}/shop")
    redirect = "http://portal.test/authorization-manager/redirect/apim/demoazureml"
    assert shown.json()["properties"]["oauth2"] == {"redirectUrl": redirect}
    for path in (MINE, f"{PROVIDERS}/shop", BASE + "/audit"):
        text = (await admin.ask("GET", path)).text
        assert "next-1" not in text
        assert CLIENT[1] not in text


async def test_a_token_that_cannot_be_renewed_asks_for_another_log_in(
    portal: Portal, provider: Provider
) -> None:
    admin, browser = Administrator(portal), portal.browser()
    await admin.connect(provider)
    await browser.ask("GET", await agree(browser, await admin.link()))
    portal.clock.advance(601)
    refused = await lent(portal)
    assert refused.status_code == 409
    assert "log in anew" in refused.json()["error"]["message"]
    assert (await admin.stands())[0] == "Error"
    await browser.ask("GET", await agree(browser, await admin.link()))
    assert (await lent(portal)).status_code == 200


async def test_a_link_serves_one_browser_for_a_while(
    portal: Portal, provider: Provider
) -> None:
    admin, browser, other = Administrator(portal), portal.browser(), portal.browser()
    await admin.connect(provider)
    link = await admin.link()
    back = await agree(browser, link)
    assert (await other.ask("GET", back)).status_code == 400, "another browser"
    no_page = await other.ask("GET", f"{link}?agreed={'0' * 32}")
    assert no_page.status_code == 200, "our page comes first"
    spoilt = re.sub("state=[^&]+", "state=0", back)
    assert (await browser.ask("GET", spoilt)).status_code == 400
    assert (await browser.ask("GET", back)).status_code == 400, "the cookie is gone"
    portal.clock.advance(LOGIN_SECONDS)
    assert (await browser.ask("GET", link)).status_code == 400
    assert (await admin.stands())[0] == "Error"


async def test_a_code_told_by_who_logs_in_spares_the_page_in_their_browser(
    portal: Portal, provider: Provider
) -> None:
    admin, browser = Administrator(portal), portal.browser()
    await admin.connect(provider)
    link = await admin.link()
    page = (await browser.ask("GET", link)).text
    code = re.findall("<b>([0-9a-f]{24})</b>", page)[0]
    other = portal.browser()
    assert code not in (await other.ask("GET", link)).text
    confirm = f"{MINE}/confirmConsentCode"
    wrong = await admin.ask("POST", confirm, {"consentCode": "0" * 24})
    assert wrong.status_code == 400
    assert code not in link
    done = await admin.ask("POST", confirm, {"consentCode": code})
    assert done.status_code == 200
    assert (await other.ask("GET", link)).status_code == 200, "there it asks"
    back = await sent_back(await browser.ask("GET", link))
    assert (await browser.ask("GET", back)).headers["location"] == AFTERWARDS


async def test_what_changed_meanwhile_is_not_agreed_to(
    portal: Portal, provider: Provider
) -> None:
    admin, browser = Administrator(portal), portal.browser()
    await admin.connect(provider)
    back = await agree(browser, await admin.link())
    await admin.put(
        MINE,
        oauth2grantType="AuthorizationCode",
        parameters={"clientId": "another"},
    )
    assert (await browser.ask("GET", back)).status_code == 400
    assert (await admin.ask("DELETE", MINE)).status_code == 200
    assert (await lent(portal)).status_code == 404


async def test_only_gateways_of_the_instance_get_tokens(
    portal: Portal, provider: Provider
) -> None:
    admin = Administrator(portal)
    await admin.connect(provider)
    path, wanted = "/gateway/authorizations", {"provider": "shop"}
    for token, status in ((None, 401), ("other", 401), ("edge&2&3", 403)):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        told = await portal.browser().ask("POST", path, wanted, headers)
        assert told.status_code == status, told.text
    own = {"Authorization": f"Bearer {portal.gateway_token}"}
    told = await portal.browser().ask("POST", path, wanted, own)
    assert told.status_code == 400, "it names no connection"
