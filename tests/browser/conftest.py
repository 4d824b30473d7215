"""A real browser before the real server: one of each a run, a fresh profile a test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    expect,
    sync_playwright,
)
from tests.browser.strict import Strictness
from tests.journeys.running import Running

CONSOLE_DOORS = ("gateway_url", "console_url", "blobs_url")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing outside this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WAIT = 90_000
"""Milliseconds a test waits for what should be there at once: machines stand still."""

expect.set_options(timeout=WAIT)
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo on free ports."""
    running = Running(tmp_path_factory.mktemp("browser") / "data")
    yield running
    assert running.end() == 0, running.output


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs as long as it is open: tests of other files have their own.
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "the browser tests need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(site: Running, browser: Browser) -> Iterator[OpenPage]:
    """Opens pages in fresh profiles; what they must never do fails the test."""
    strict = Strictness(origin(site.run[door]) for door in CONSOLE_DOORS)
    contexts: list[BrowserContext] = []

    def open_one(
        *, language: str = "en", scheme: str = "light", width: int = 1280
    ) -> Page:
        context = browser.new_context(
            base_url=site.run["console_url"],
            locale={"en": "en-GB", "pl": "pl-PL"}[language],
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 820},
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(WAIT)
        strict.watch(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert not strict.faults, "\n".join(strict.faults)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """An English, light page on a desk."""
    return open_page()


def origin(address: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def sign_in(page: Page, person: dict[str, str], face: str | None = "/signin") -> None:
    """Signs in through the session's door; the page is the face then, or none yet."""
    session = page.request.get("/session").json()
    answer = page.request.post(
        "/session",
        headers={"X-CSRF-Token": session["csrf"]},
        data={"email": person["email"], "password": person["password"]},
    )
    assert answer.ok, answer.text()
    if face is not None:
        page.goto(face)


def screenshot(page: Page, name: str) -> None:
    """Keeps a picture in reports/screens, which git does not know."""
    folder = Path("reports/screens")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
