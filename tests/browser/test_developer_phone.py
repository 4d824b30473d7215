"""The developer portal in a hand: what a table holds is in sight there too."""

import re

from playwright.sync_api import expect
from tests.browser.accessible import settle, violations
from tests.browser.conftest import OpenPage, sign_in
from tests.journeys.running import Running


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
