"""The developer portal by the rules of WCAG 2.2 AA, on a phone, and on paper."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.accessible import (
    in_every_way,
    other_language,
    settle,
    violations,
    visit,
    walk,
)
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
OPERATION = "/apis/azureml-demo/operations/rrs-execute"
GROUND = """element => {
  for (let one = element; one; one = one.parentElement) {
    const ground = getComputedStyle(one).backgroundColor;
    if (ground !== 'rgba(0, 0, 0, 0)') return ground;
  }
}"""


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


def test_keys_are_shown_on_a_phone_without_moving_sideways(
    open_page: OpenPage, site: Running
) -> None:
    page = open_page(width=390)
    sign_in(page, site.demo["developer"], "/my/subscriptions")
    settle(page)
    row = page.get_by_role("row").filter(has_text="Demo of Starter").first
    expect(row.get_by_role("cell")).to_have_count(7)
    key = row.get_by_role("button", name=re.compile("^Show.*Secondary key")).first
    expect(key).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.querySelector('.app-scroll').scrollWidth") < 390
    assert violations(page) == []


def test_a_help_page_is_printed_black_on_white(
    open_page: OpenPage, site: Running
) -> None:
    page = open_page(scheme="dark")
    sign_in(page, site.demo["developer"], OPERATION)
    code = page.get_by_role("complementary").locator("pre")
    expect(code).to_be_visible()
    expect(page.get_by_role("button", name="Try it")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("button", name="Try it")).to_be_hidden()
    expect(page.get_by_role("banner")).to_be_hidden()
    for part in (code, page.get_by_role("heading", level=1)):
        expect(part).to_be_visible()
        assert part.evaluate(GROUND) == "rgb(255, 255, 255)"
        assert part.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    assert cut_off(page) == []


def cut_off(page: Page) -> list[str]:
    """Blocks of code that paper would show a part of only."""
    found: list[str] = page.locator(".app-pre").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1"
        " || e.scrollHeight > e.clientHeight + 1).map(e => e.ariaLabel)"
    )
    return found


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
