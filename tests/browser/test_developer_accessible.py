"""Every page of the developer portal by the rules of WCAG 2.2 AA, and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.accessible import in_every_way, other_language, settle, visit, walk
from tests.browser.conftest import OpenPage, sign_in
from tests.journeys.running import Running

API = "/apis/azureml-demo"
OPEN = ("/", "/apis", "/products", "/signin", "/signup", "/reset", "/nowhere")
OWN = (
    API,
    f"{API}/changes",
    f"{API}/issues",
    f"{API}/batch",
    f"{API}/operations/rrs-execute",
    "/products/starter",
    "/my/subscriptions",
    "/my/usage",
    "/profile",
)


def test_pages_for_everybody_are_accessible_in_every_way(page: Page) -> None:
    page.goto("/")
    settle(page)
    assert walk(page, OPEN) == []


def test_pages_of_ones_own_are_accessible_in_every_way(
    open_page: OpenPage, site: Running
) -> None:
    page = open_page()
    sign_in(page, site.demo["developer"], "/")
    settle(page)
    assert walk(page, OWN) == []
    visit(page, f"{API}/operations/rrs-execute")
    page.get_by_role("button", name=re.compile("^(Try it|Wypróbuj)$")).click()
    body = page.get_by_role("dialog").locator(".cm-content")
    # Escape leaves the editor only, as the hint below it says.
    body.press("Escape")
    expect(body).to_be_visible()
    found = in_every_way(page)
    other_language(page)
    assert found == []


def test_a_phone_has_its_own_way_around(open_page: OpenPage, site: Running) -> None:
    page = open_page(language="pl", width=390)
    sign_in(page, site.demo["developer"], "/")
    page.get_by_role("button", name="Nawigacja").click()
    page.get_by_role("dialog").get_by_role("link", name="Produkty").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Produkty")


@pytest.mark.parametrize("face", ["/", "/publisher", "/studio"])
def test_the_first_paint_comes_within_a_second(page: Page, face: str) -> None:
    times: list[float] = []
    while len(times) < 3 or (min(times) >= 1000 and len(times) < 12):
        page.goto(face)
        settle(page)
        entry = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        times.append(page.wait_for_function(entry).json_value())
    # The best of a few: the machine does other things too.
    assert min(times) < 1000, times
