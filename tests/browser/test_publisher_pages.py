"""Every page of the publisher portal: accessible, in both languages, on a phone."""

import re
from pathlib import Path

from tests.browser.accessible import walk
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
    "/restrictions?new=1",
    "/fragments?new=1",
    "/named-values",
    "/backends?new=1",
    "/certificates",
    "/oauth?new=1",
    "/openid?new=1",
    "/version-sets",
    "/tags",
    "/subscriptions?new=1",
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
    "/configuration",
    "/settings",
)
PLAIN = Path(__file__).parents[2] / "ui/src/publisher/plain.ts"


def test_all_pages_that_an_address_names_are_walked() -> None:
    named = set(re.findall(r"^ {2,4}\[?'(/[\w-]*)',", PLAIN.read_text(), re.MULTILINE))
    assert len(named) > 20
    assert named <= {path.partition("?")[0] for path in PAGES}


def test_pages_are_accessible_in_every_way(open_page: OpenPage, site: Running) -> None:
    page = open_publisher(open_page, site)
    assert walk(page, PAGES, "/publisher") == []
