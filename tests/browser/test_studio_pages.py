"""Every page of the studio: readable by everybody, in both languages, on any screen."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, expect
from tests.browser.accessible import in_every_way, other_language, settle, visit, walk
from tests.browser.conftest import sign_in
from tests.browser.studio_rest import ask, dataset_id, demo_service
from tests.journeys.running import Running


def finished(page: Page) -> dict[str, Any]:
    """The entry of the experiment that the demo brings: the oldest that has run."""
    found: list[dict[str, Any]] = ask(page, "GET", "experiments")
    ended = [each for each in found if each["Status"]["StatusCode"] == "Finished"]
    return ended[-1]


def places(page: Page) -> Iterator[str]:
    """Every page, with what the demo brings."""
    experiment = f"/experiments/{finished(page)['ExperimentId']}"
    told = ask(page, "GET", experiment[1:])
    # The narrower of its outputs: axe looks at every cell of a page, four times.
    node = told["NodeStatuses"][0]
    port = quote(node["Outputs"][0]["Name"])
    service = f"/services/{demo_service(page)}"
    help_ = f"{service}/endpoints/default/help"
    yield ""
    yield experiment
    yield f"{experiment}/history"
    yield f"{experiment}/outputs/{quote(node['NodeId'])}/{port}"
    yield "/datasets"
    yield f"/datasets/{dataset_id(page, 'Iris Two Class Data')}"
    yield "/services"
    yield service
    yield f"{service}/metrics"
    yield f"{service}/endpoints"
    yield f"{service}/versions"
    yield f"{service}/swagger"
    yield f"{help_}/score"
    yield f"{help_}/jobs"
    yield f"/jobs?service={demo_service(page)}"
    yield "/nowhere"


def test_every_page_is_accessible_in_every_way(page: Page, site: Running) -> None:
    sign_in(page, site.demo["admin"], "/studio")
    settle(page)
    assert walk(page, places(page), "/studio") == []


def test_what_lies_over_the_pages_is_accessible_too(page: Page, site: Running) -> None:
    sign_in(page, site.demo["admin"], "/studio")
    settle(page)
    experiment = finished(page)["ExperimentId"]
    visit(page, f"/experiments/{experiment}", "/studio")
    page.locator(".react-flow__node", has_text="Feature Hashing").click()
    found = in_every_way(page)
    other_language(page)
    visit(page, f"/services/{demo_service(page)}", "/studio")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_role("dialog").get_by_label("Col2")).to_be_visible()
    found += in_every_way(page)
    other_language(page)
    assert found == []


def test_a_polish_page_tells_modules_in_polish_and_finds_them_by_either_name(
    page: Page, site: Running
) -> None:
    sign_in(page, site.demo["admin"], "/studio")
    settle(page)
    visit(page, f"/experiments/{finished(page)['ExperimentId']}", "/studio")
    other_language(page)
    page.locator(".react-flow__node", has_text="Haszowanie cech").click()
    properties = page.locator(".st-pane")
    expect(
        properties.get_by_role("textbox", name="Liczba bitów skrótu")
    ).to_be_visible()
    expect(properties).to_contain_text("Feature Hashing")
    search = page.get_by_role("searchbox")
    entry = page.locator(".st-entry", has_text="Haszowanie cech")
    for name in ("feature hash", "haszow"):
        search.fill(name)
        expect(entry).to_have_count(1)
    other_language(page)
    expect(page.locator(".st-entry", has_text="Feature Hashing")).to_have_count(0)
    search.fill("feature hash")
    expect(page.locator(".st-entry", has_text="Feature Hashing")).to_have_count(1)
