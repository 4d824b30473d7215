"""Bearer tokens of another issuer on the management REST."""

import base64
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.databases import new_database
from tests.portals.browser import BASE, Portal, running_portal
from tests.portals.identity_server import Provider, identity_server

from bramka.app.console.portal import open_issuers, vouching
from bramka.app.settings import Settings
from bramka.domain.errors import Invalid
from bramka.portals.issuer import safe
from bramka.testing import FakeClock

VERSION = "?api-version=2024-05-01"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_server(FakeClock().now()) as provider:
        yield provider


@pytest.fixture
def portal(
    request: pytest.FixtureRequest, tmp_path: Path, provider: Provider
) -> Iterator[Portal]:
    settings = {
        "oidc_issuer": provider.issuer,
        "oidc_audience": "bramka",
        "oidc_role_claim": "realm_access.roles",
    }
    with (
        new_database("sqlite", tmp_path, request, "demo") as url,
        running_portal(url, tmp_path, **settings) as portal,
    ):
        yield portal


def held(*roles: str) -> dict[str, Any]:
    return {"realm_access": {"roles": ["something", *roles]}}


async def statuses(portal: Portal, token: str) -> tuple[int, int, int]:
    """Of reading, of writing, and of what only owners do."""
    bearer = {"Authorization": f"Bearer {token}", "If-Match": "*"}
    browser = portal.browser()
    reads = await browser.ask("GET", f"{BASE}/tags{VERSION}", None, bearer)
    tag = {"properties": {"displayName": "new"}}
    writes = await browser.ask("PUT", f"{BASE}/tags/new{VERSION}", tag, bearer)
    change = {"properties": {"publisherName": "Shelves"}}
    owns = await browser.ask("PATCH", BASE + VERSION, change, bearer)
    return reads.status_code, writes.status_code, owns.status_code


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), (403, 403, 403)),
        (("bramka-viewer",), (200, 403, 403)),
        (("bramka-editor", "bramka-viewer"), (200, 201, 403)),
        (("bramka-viewer", "bramka-owner"), (200, 201, 200)),
    ],
)
async def test_the_claim_gives_the_role(
    portal: Portal,
    provider: Provider,
    roles: tuple[str, ...],
    expected: tuple[int, int, int],
) -> None:
    assert await statuses(portal, provider.token(**held(*roles))) == expected


async def test_who_changed_something_is_in_the_audit_log(
    portal: Portal, provider: Provider
) -> None:
    token = provider.token(preferred_username="ann", **held("bramka-owner"))
    await statuses(portal, token)
    bearer = {"Authorization": f"Bearer {token}"}
    path = f"{BASE}/audit{VERSION}"
    told = (await portal.browser().ask("GET", path, None, bearer)).json()["value"]
    assert told[0]["properties"]["actor"] == "ann (oidc:person-1)"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://elsewhere.test"},
        {"exp": 1_699_999_000},
        {"nbf": 1_700_009_000},
    ],
)
async def test_a_token_for_others_or_of_another_time_opens_nothing(
    portal: Portal, provider: Provider, claims: dict[str, Any]
) -> None:
    token = provider.token(**held("bramka-owner"), **claims)
    assert await statuses(portal, token) == (401, 401, 401)


def symmetric(claims: dict[str, Any], public: bytes) -> str:
    """Signed with the public key as if it were a secret that both know."""
    parts = [
        base64.urlsafe_b64encode(msgspec.json.encode(one)).rstrip(b"=")
        for one in ({"alg": "HS256", "kid": "one"}, claims)
    ]
    digest = hmac.digest(public, b".".join(parts), "sha256")
    return b".".join((*parts, base64.urlsafe_b64encode(digest).rstrip(b"="))).decode()


async def test_a_token_that_the_issuer_did_not_sign_opens_nothing(
    portal: Portal, provider: Provider
) -> None:
    claims = {"iss": provider.issuer, "aud": "bramka", "sub": "eve", "exp": 2**40}
    claims |= held("bramka-owner")
    other = RSAKey.generate_key(2048, {"kid": "one"})
    header = {"kid": "one"}
    forged = [
        jwt.encode(header | {"alg": "RS256"}, claims, other),
        symmetric(claims, provider.key.as_pem(private=False)),
        "eyJhbGciOiJub25lIn0." + provider.token().split(".")[1] + ".",
        "a.b.c",
        "..",
    ]
    for token in forged:
        assert await statuses(portal, token) == (401, 401, 401)


async def test_a_key_that_is_new_at_the_issuer_is_asked_for(
    portal: Portal, provider: Provider
) -> None:
    token = provider.token(**held("bramka-viewer"))
    assert (await statuses(portal, token))[0] == 200
    provider.key = provider.signing = RSAKey.generate_key(
        2048, {"kid": "one", "use": "sig"}
    )
    portal.clock.advance(61)
    provider.now += 61
    token = provider.token(**held("bramka-viewer"))
    assert (await statuses(portal, token))[0] == 200


def test_without_an_audience_the_issuer_is_not_trusted(portal: Portal) -> None:
    settings = Settings(data=Path("nowhere"), oidc_issuer="https://issuer.test")
    with pytest.raises(Invalid, match="oidc_audience"):
        vouching(settings, open_issuers(portal.store))


@pytest.mark.parametrize(
    "address",
    [
        *("http://localhost:1@example.com/keys", "http://127.0.0.1:x@10.0.0.1/"),
        *("http://localhost.example.com/", "ftp://localhost/", "http://[::1", ""),
    ],
)
def test_only_https_and_this_machine_are_safe_from_others(address: str) -> None:
    assert not safe(address)
    assert safe("http://[::1]:8090/keys")
    assert safe("https://login.example.com/")
