"""Every page of the publisher portal: accessible, in both languages, on a phone."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.accessible import violations
from tests.browser.conftest import OpenPage
from tests.browser.publishing import open_publisher
from tests.journeys.running import Running

API = "/apis/azureml-demo"
PAGES = (
    "/",
    "/apis",
    "/apis/new/document",
    "/apis/new/service",
    API,
    f"{API}/settings",
    f"{API}/policies",
    f"{API}/test",
    f"{API}/revisions",
    f"{API}/versions",
    f"{API}/access",
    f"{API}/operations/rrs-execute",
    f"{API}/operations/new",
    "/products",
    "/products/starter",
    "/products/starter/content",
    "/policies",
    "/fragments?new=1",
    "/named-values",
    "/backends?new=1",
    "/certificates",
    "/version-sets",
    "/tags",
    "/subscriptions",
    "/users",
    "/users/developer",
    "/groups?open=developers",
    "/issues",
    "/portal",
    "/portal/delegation",
    "/pages?new=1",
    "/identity",
    "/notifications",
    "/templates?open=confirmSignUpIdentityDefault",
    "/outbox",
    "/gateways",
    "/loggers",
    "/diagnostics",
    "/caches",
    "/audit",
    "/settings",
)
WAYS = [("en", "light"), ("pl", "dark"), ("en", "dark"), ("pl", "light")]


WAITING = ".mantine-Skeleton-root, .mantine-Loader-root"


def settle(page: Page, path: str) -> None:
    """Go there as a link does, which takes a fraction of loading it anew."""
    before = page.locator("main").inner_html()
    page.evaluate("path => history.pushState(null, '', path)", f"/publisher{path}")
    if path != "/":
        expect(page.locator("main")).not_to_have_js_property("innerHTML", before)
    expect(page.locator("main h1").first).to_be_visible()
    expect(page.locator(WAITING)).to_have_count(0)


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_pages_are_accessible(open_page: OpenPage, site: Running, way: int) -> None:
    language, scheme = WAYS[way]
    page = open_publisher(open_page, site, language=language, scheme=scheme)
    found = []
    # Each way walks a part: all four walk every page once.
    for path in PAGES[way :: len(WAYS)]:
        settle(page, path)
        found += [f"{path}: {one}" for one in violations(page)]
    assert found == []


def test_no_page_is_wider_than_a_phone(open_page: OpenPage, site: Running) -> None:
    page = open_publisher(open_page, site, language="pl", width=390)
    wide = []
    for path in PAGES[::3]:
        settle(page, path)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(path)
    assert wide == []
