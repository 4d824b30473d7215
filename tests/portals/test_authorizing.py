"""Tokens for calls tried on our pages: the ways there, and every wrong turn."""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from msgspec import structs
from tests.portals.browser import Browser, Portal
from tests.portals.identity_server import CLIENT, Provider, identity_server

from bramka.domain.traffic.api import (
    Api,
    AuthenticationSettings,
    OAuth2Setting,
    OpenIdSetting,
)
from bramka.domain.traffic.identity_provider import AuthorizationServer, OpenIdProvider
from bramka.domain.traffic.product import Product
from bramka.store.api import APIS, PRODUCT_APIS
from bramka.store.group import PRODUCT_GROUPS
from bramka.store.identity_provider import AUTHORIZATION_SERVERS, OPENID_PROVIDERS
from bramka.store.product import PRODUCTS

SOURCES = "/session/authorization/weather"
CODE = {"grant": "authorizationCode"}
OWN = {"grant": "clientCredentials"}


@pytest.fixture
def provider(portal: Portal) -> Iterator[Provider]:
    """A provider that stands behind two sources of the API `weather`."""
    with identity_server(portal.clock.now()) as provider:
        publish(portal, provider)
        yield provider


def publish(portal: Portal, provider: Provider) -> None:
    settings = AuthenticationSettings(
        o_auth2=OAuth2Setting(authorization_server_id="/authorizationServers/corp"),
        openid_authentication_settings=(
            OpenIdSetting(openid_provider_id="/openidConnectProviders/house"),
        ),
    )
    house = OpenIdProvider(
        id="house",
        display_name="House",
        metadata_endpoint=f"{provider.issuer}/.well-known/openid-configuration",
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
    )
    weather = Api(
        id="weather", display_name="W", path="w", authentication_settings=settings
    )
    with portal.store.writing() as transaction:
        AUTHORIZATION_SERVERS.put(transaction, server(provider))
        OPENID_PROVIDERS.put(transaction, house)
        APIS.put(transaction, weather)
        product = Product(id="all", display_name="All", state="published")
        PRODUCTS.put(transaction, product)
        PRODUCT_APIS.join(transaction, "all", "weather")
        PRODUCT_GROUPS.join(transaction, "all", "developers")


def server(
    provider: Provider, way: Literal["Basic", "Body"] = "Basic"
) -> AuthorizationServer:
    return AuthorizationServer(
        id="corp",
        display_name="Corporate",
        client_registration_endpoint=provider.issuer,
        authorization_endpoint=f"{provider.issuer}/authorize",
        token_endpoint=f"{provider.issuer}/token",
        grant_types=("authorizationCodeWithPkce", "clientCredentials", "implicit"),
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
        client_authentication_method=(way,),
        default_scope="scores.read",
    )


async def somebody(portal: Portal, name: str = "ann") -> Browser:
    portal.add_user(name)
    browser = portal.browser()
    await browser.sign_in(f"{name}@example.com")
    return browser


async def agree(browser: Browser, source: str = "oauth2-corp") -> dict[str, str]:
    """What the server sends the browser back with, once its person has agreed."""
    begun = await browser.ask("POST", f"{SOURCES}/{source}", CODE)
    assert begun.status_code == 200, begun.text
    async with httpx2.AsyncClient(timeout=90) as outside:
        agreed = await outside.get(begun.json()["address"])
    back = urlsplit(agreed.headers["location"])
    assert (back.netloc, back.path) == ("portal.test", "/authorization")
    came = {name: one[0] for name, one in parse_qs(back.query).items()}
    assert came["state"] == begun.json()["state"]
    return came


async def finish(browser: Browser, came: dict[str, str]) -> httpx2.Response:
    return await browser.ask("POST", "/session/authorization/finish", came)


async def test_an_api_offers_what_its_publisher_says_and_no_secret(
    portal: Portal, provider: Provider
) -> None:
    browser = await somebody(portal)
    told = await browser.ask("GET", SOURCES)
    corp, house = told.json()["value"]
    assert (corp["id"], corp["scope"]) == ("oauth2-corp", "scores.read")
    assert corp["grants"] == ["authorizationCode", "clientCredentials"]
    assert house["grants"] == ["authorizationCode"]
    assert "s3cret" not in told.text
    assert (await portal.browser().ask("GET", SOURCES)).status_code == 401
    with portal.store.writing() as transaction:
        PRODUCT_GROUPS.part(transaction, "all", "developers")
    assert (await browser.ask("GET", SOURCES)).status_code == 404
    assert (await browser.ask("POST", f"{SOURCES}/oauth2-corp", OWN)).status_code == 404


@pytest.mark.parametrize("source", ["oauth2-corp", "openid-house"])
async def test_a_code_is_good_for_one_token(
    portal: Portal, provider: Provider, source: str
) -> None:
    browser = await somebody(portal)
    came = await agree(browser, source)
    answer = await finish(browser, came)
    assert answer.json()["accessToken"] == f"of {came['state']}"
    assert (answer.json()["tokenType"], answer.json()["expiresIn"]) == ("bearer", 600)
    assert answer.headers["cache-control"] == "no-store"
    again = await finish(browser, came)
    assert again.json()["error"]["code"] == "AuthorizationExpired"


async def test_nobody_else_uses_what_came_back(
    portal: Portal, provider: Provider
) -> None:
    ann, eve = await somebody(portal), await somebody(portal, "eve")
    came = await agree(ann)
    flow = ann.client.cookies["bramka-token"]
    assert came["code"] not in flow
    stolen = await finish(eve, came)
    assert stolen.json()["error"]["code"] == "AuthorizationExpired"
    eve.client.cookies.set("bramka-token", flow, domain="portal.test")
    assert (await finish(eve, came)).status_code == 403
    wrong = await finish(ann, came | {"state": "guessed"})
    assert wrong.json()["error"]["code"] == "AuthorizationExpired"
    csrf, ann.csrf = ann.csrf, ""
    assert (await finish(ann, came)).status_code == 403
    ann.csrf = csrf
    portal.clock.advance(601)
    assert (await finish(ann, came)).json()["error"]["code"] == "AuthorizationExpired"


@pytest.mark.parametrize("way", ["Basic", "Body"])
async def test_a_client_gets_a_token_of_its_own_where_the_server_allows_it(
    portal: Portal, provider: Provider, way: Literal["Basic", "Body"]
) -> None:
    browser = await somebody(portal)
    with portal.store.writing() as transaction:
        wrong = structs.replace(server(provider), client_secret="wrong")
        AUTHORIZATION_SERVERS.put(transaction, wrong)
    refused = await browser.ask("POST", f"{SOURCES}/oauth2-corp", OWN)
    assert refused.json()["error"]["code"] == "TokenRefused"
    assert (await browser.who()) is not None
    with portal.store.writing() as transaction:
        AUTHORIZATION_SERVERS.put(transaction, server(provider, way))
    given = await browser.ask(
        "POST", f"{SOURCES}/oauth2-corp", OWN | {"scope": "scores.write"}
    )
    assert given.json()["accessToken"] == "client's own"
    assert given.json()["scope"] == "scores.write"
    only_people = await browser.ask("POST", f"{SOURCES}/openid-house", OWN)
    assert only_people.status_code == 400
    assert "clientCredentials" in only_people.json()["error"]["message"]


async def test_no_browser_is_sent_where_anybody_listens(
    portal: Portal, provider: Provider
) -> None:
    browser = await somebody(portal)
    away = server(provider)
    for address in ("http://login.example.test/authorize", "javascript:alert(1)"):
        with portal.store.writing() as transaction:
            noun = structs.replace(away, authorization_endpoint=address)
            AUTHORIZATION_SERVERS.put(transaction, noun)
        answer = await browser.ask("POST", f"{SOURCES}/oauth2-corp", CODE)
        assert answer.status_code == 503
        assert "is not https" in answer.json()["error"]["message"]
