"""The pages that browsers start from, and the files that they ask for."""

import gzip
import re
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bramka.app.clock import SystemChance
from bramka.portals.assets import Assets, takes_gzip
from bramka.portals.shell import Shell, face_at, quality

PAGE = """<!doctype html>
<html lang="en">
<meta property="csp-nonce" nonce="__CSP_NONCE__"><link nonce="__CSP_NONCE__">
"""
GATEWAY = "https://gateway.example:8443/base"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for face in ("developer", "publisher", "studio"):
        (tmp_path / f"{face}.html").write_text(PAGE.replace("<link", f"<link {face}"))
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "app-1.js").write_text("say()")
    (assets / "app-1.js.gz").write_bytes(gzip.compress(b"say()"))
    (tmp_path / "secret.js").write_text("no")
    return tmp_path


@pytest.fixture
def browser(built: Path) -> httpx2.AsyncClient:
    shell = Shell(SystemChance(), [GATEWAY], built)
    app = Starlette(
        routes=[
            Route("/static/ui/assets/{name}", Assets(built).answer),
            Route("/{rest:path}", shell.answer, methods=["GET", "HEAD", "POST"]),
        ]
    )
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app),
        base_url="http://portal.example",
        headers={"Accept": "text/html", "Accept-Encoding": "identity"},
    )


async def test_each_page_has_its_own_nonce_and_allows_it_only(
    browser: httpx2.AsyncClient,
) -> None:
    seen = set()
    for _ in range(2):
        answer = await browser.get("/")
        nonces = set(re.findall('nonce="([^"]*)"', answer.text))
        assert len(nonces) == 1
        (nonce,) = nonces
        policy = answer.headers["content-security-policy"]
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "script-src 'self';" in policy
        assert "connect-src 'self' https://gateway.example:8443;" in policy
        assert answer.headers["cache-control"] == "no-store"
        seen.add(nonce)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("path", "face"),
    [
        ("/", "developer"),
        ("/apis/one/operations/two", "developer"),
        ("/publisher", "publisher"),
        ("/publisher/apis/one", "publisher"),
        ("/publishers", "developer"),
        ("/studio/experiments", "studio"),
    ],
)
async def test_an_address_inside_a_face_gets_its_page(
    browser: httpx2.AsyncClient, path: str, face: str
) -> None:
    assert face_at(path) == face
    answer = await browser.get(path)
    assert f"<link {face}" in answer.text


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        (None, "de,en;q=0.5,pl;q=0.7", "pl"),
        (None, "de;q=x,*", "en"),
        ("pl", "en", "pl"),
        ("de", "pl", "pl"),
    ],
)
async def test_a_page_speaks_what_was_chosen_or_is_wished(
    browser: httpx2.AsyncClient, cookie: str | None, accepted: str, language: str
) -> None:
    headers = {"Accept-Language": accepted}
    if cookie:
        headers["Cookie"] = f"bramka-language={cookie}"
    answer = await browser.get("/", headers=headers)
    assert f'<html lang="{language}">' in answer.text


async def test_a_page_has_the_chosen_colours_from_the_start(
    browser: httpx2.AsyncClient,
) -> None:
    answer = await browser.get("/", headers={"Cookie": "bramka-scheme=dark"})
    assert 'lang="en" data-mantine-color-scheme="dark">' in answer.text
    answer = await browser.get("/", headers={"Cookie": 'bramka-scheme="><script>'})
    assert '<html lang="en">' in answer.text


async def test_programs_get_no_page(browser: httpx2.AsyncClient) -> None:
    for answer in (
        await browser.get("/nowhere", headers={"Accept": "application/json"}),
        await browser.post("/"),
        await browser.get("/static/ui/other"),
    ):
        assert answer.status_code == 404
        assert "<html" not in answer.text


async def test_an_installation_without_built_pages_says_what_to_do(
    browser: httpx2.AsyncClient, built: Path
) -> None:
    (built / "developer.html").unlink()
    answer = await browser.get("/")
    assert answer.status_code == 503
    assert "python hatch_build.py build" in answer.text


async def test_files_go_packed_and_are_kept_for_ever(
    browser: httpx2.AsyncClient,
) -> None:
    path = "/static/ui/assets/app-1.js"
    plain = await browser.get(path)
    assert "content-encoding" not in plain.headers
    packed = await browser.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    for answer in (plain, packed):
        assert answer.text == "say()"
        assert answer.headers["cache-control"].endswith("immutable")
        assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "name", ["none.js", "app-1.js.gz", "..%2Fsecret.js", "%2e%2e%2fsecret.js", "..", ""]
)
async def test_nothing_but_built_files_is_served(
    browser: httpx2.AsyncClient, name: str
) -> None:
    answer = await browser.get(f"/static/ui/assets/{name}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip, deflate, br", True),
        ("*", True),
        ("GZIP;q=0.5", True),
        ("gzip;q=0, *", False),
        ("", False),
        ("br", False),
    ],
)
def test_gzip_is_taken_as_said(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def test_a_quality_that_is_none_counts_as_none() -> None:
    assert (quality(""), quality("0.5"), quality("..")) == (1, 0.5, 0)
