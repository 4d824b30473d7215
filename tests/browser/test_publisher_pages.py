"""The publisher's pages about APIs: accessible, in both languages, on a phone."""

import re
from pathlib import Path

from tests.browser.accessible import settle, visit, walk
from tests.browser.conftest import OpenPage
from tests.browser.publisher_pages import BESIDE_APIS, OF_APIS
from tests.browser.publishing import open_publisher
from tests.journeys.running import Running

PLAIN = Path(__file__).parents[2] / "ui/src/publisher/plain.ts"


def test_all_pages_that_an_address_names_are_walked() -> None:
    named = set(re.findall(r"^ {2,4}\[?'(/[\w-]*)',", PLAIN.read_text(), re.MULTILINE))
    walked = {path.partition("?")[0] for path in (*OF_APIS, *BESIDE_APIS)}
    assert len(named) > 20
    assert named <= walked


def test_pages_of_apis_are_accessible_in_every_way(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site)
    assert walk(page, OF_APIS, "/publisher") == []


def test_pages_come_without_a_way_to_the_world(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site)
    settle(page)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    visit(page, "/version-sets", "/publisher")
