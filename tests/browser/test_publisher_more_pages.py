"""The publisher's other pages: accessible, in both languages, on a phone."""

from tests.browser.accessible import walk
from tests.browser.conftest import OpenPage
from tests.browser.publisher_pages import BESIDE_APIS
from tests.browser.publishing import open_publisher
from tests.journeys.running import Running


def test_pages_beside_apis_are_accessible_in_every_way(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site)
    assert walk(page, BESIDE_APIS, "/publisher") == []
