"""Help pages on paper: readable in either scheme, nothing to press or to scroll."""

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, sign_in
from tests.journeys.running import Running

OPERATION = "/apis/azureml-demo/operations/rrs-execute"
GROUND = """element => {
  for (let one = element; one; one = one.parentElement) {
    const ground = getComputedStyle(one).backgroundColor;
    if (ground !== 'rgba(0, 0, 0, 0)') return ground;
  }
}"""


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
