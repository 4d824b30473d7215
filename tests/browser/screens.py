"""Takes a picture of every page, in every way it can look: `make screens`.

They are for eyes, not for comparing, and lie in `reports/screens`, a folder for each
way. `ARGS='--face publisher --way desk-light-en --page policies'` takes some of them.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright
from tests.browser.accessible import CALM, DESK, PHONE, settle
from tests.browser.conftest import FLAGS, WAIT, sign_in
from tests.browser.publisher_pages import BESIDE_APIS, OF_APIS
from tests.browser.test_developer_accessible import OPEN, OWN
from tests.browser.test_studio_pages import places
from tests.journeys.running import Running

FOLDER = Path("reports/screens")
SIZES = {"desk": DESK, "phone": PHONE}
WAYS = ["-".join(way) for way in product(SIZES, ("light", "dark"), ("en", "pl"))]
FACES = ("developer", "publisher", "studio")
HOMES = {
    "developer": ("/", "developer"),
    "publisher": ("/publisher", "admin"),
    "studio": ("/studio", "admin"),
}
"""Where each face begins, and whose account of the demo sees all of it."""
SETTLING = 150
"""Milliseconds between another width and the picture."""


def main() -> None:
    """Start the demo, give it some traffic, walk the faces."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--face", choices=FACES, action="append")
    asked.add_argument("--way", choices=WAYS, action="append")
    asked.add_argument("--page", default="", help="a pattern that addresses have")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Running(Path(folder) / "data")
        try:
            call_it(site)
            take(site, given.face or FACES, given.way or WAYS, given.page)
        finally:
            site.end()


def call_it(site: Running) -> None:
    """Calls that succeed, calls without a key, and more than a key is good for."""
    for _ in range(12):
        site.execute(site.demo["unlimited_key"])
        site.execute(site.demo["starter_key"])
        site.execute(None)


def take(
    site: Running, faces: Iterable[str], ways: Iterable[str], wanted: str = ""
) -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for face, language in product(faces, ("en", "pl")):
            looks = [way for way in ways if way.endswith(language)]
            if looks:
                sys.stdout.write(f"{face} {language}\n")
                walk(site, browser, face, looks, wanted)
        browser.close()


def walk(
    site: Running, browser: Browser, face: str, ways: list[str], wanted: str
) -> None:
    """Pages of a face in one language."""
    language = ways[0].rpartition("-")[2]
    context = browser.new_context(
        base_url=site.run["console_url"],
        locale={"en": "en-GB", "pl": "pl-PL"}[language],
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT)
    page = context.new_page()
    if face == "developer":
        # As a guest: who is signed in sees no form to sign in with.
        page.goto("/")
        context.add_cookies(
            [{"name": "bramka-language", "value": language, "url": page.url}]
        )
        picture(page, face, OPEN, ways, wanted)
    home, role = HOMES[face]
    sign_in(page, site.demo[role], home)
    use_language(page, language)
    picture(page, face, pages_of(page, face), ways, wanted)
    context.close()


def picture(
    page: Page, face: str, paths: Iterable[str], ways: list[str], wanted: str
) -> None:
    """Pages in some ways; one that fails is told, not hidden."""
    for path in paths:
        if not re.search(wanted, path):
            continue
        # Without ids, which are others in each run, names are short, and each its own.
        plain = re.sub(r"\b[0-9a-f]{32}(\.f-id)?|(?<=\.)[0-9a-f]{32}", "", path)
        name = re.sub(r"[^\w-]+", "-", plain).strip("-") or "home"
        try:
            put_on(page, ways[0])
            page.goto(path)
            settle(page)
            page.wait_for_load_state("networkidle")
            for way in ways:
                put_on(page, way)
                file = FOLDER / way / f"{face}-{name}.png"
                page.screenshot(path=file, full_page=True)
        except (AssertionError, Error) as missed:
            sys.stdout.write(f"{ways[0]} {path}: {missed}\n")


def put_on(page: Page, way: str) -> None:
    """Another size and scheme for the page that is open."""
    size, scheme, _ = way.split("-")
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]  # the same two numbers
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    # A chart draws itself anew a moment after its place has another width.
    page.wait_for_timeout(SETTLING)
    page.evaluate(CALM)


def use_language(page: Page, language: str) -> None:
    """The account's choice stands above the browser's."""
    csrf = page.request.get("/session").json()["csrf"]
    page.request.patch(
        "/account", headers={"X-CSRF-Token": csrf}, data={"language": language}
    )
    page.context.add_cookies(
        [{"name": "bramka-language", "value": language, "url": page.url}]
    )


def pages_of(page: Page, face: str) -> Iterator[str]:
    if face == "developer":
        yield from OWN
    elif face == "publisher":
        yield from (f"/publisher{path}" for path in (*OF_APIS, *BESIDE_APIS))
    else:
        yield from (f"/studio{path}" for path in places(page))


if __name__ == "__main__":
    main()
