"""What holds for each browser face."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.accessible import violations
from tests.browser.conftest import OpenPage, sign_in
from tests.journeys.running import Running


@pytest.mark.parametrize("face", ["/", "/publisher", "/studio"])
def test_a_face_stands_under_its_strict_policy(page: Page, face: str) -> None:
    answer = page.goto(face)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" in policy
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("face", ["/", "/publisher", "/studio"])
@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_face_is_accessible(
    open_page: OpenPage, face: str, language: str, scheme: str
) -> None:
    page = open_page(language=language, scheme=scheme)
    page.goto(face)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert violations(page) == []


def test_a_role_opens_the_back_office(page: Page, site: Running) -> None:
    sign_in(page, site.demo["admin"], "/studio")
    expect(page.get_by_role("navigation", name="Navigation")).to_be_visible()
    page.goto("/publisher")
    expect(page.get_by_role("navigation", name="Navigation")).to_be_visible()
