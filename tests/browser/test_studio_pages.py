"""Every page of the studio: readable by everybody, in both languages, on any screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.accessible import violations
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.studio_rest import ask
from tests.journeys.running import Running


def places(page: Page) -> Iterator[tuple[str, str]]:
    """Every page with a name, with what the demo brings."""
    experiment = next(
        each["ExperimentId"]
        for each in ask(page, "GET", "experiments")
        if each["Status"]["StatusCode"] == "Finished"
    )
    told = ask(page, "GET", f"experiments/{experiment}")
    node = told["NodeStatuses"][-1]
    port = node["Outputs"][0]["Name"]
    dataset = ask(page, "GET", "datasources")[0]["Id"]
    workspace = page.request.get("/session").json()["workspace"]
    services = page.request.get(f"/workspaces/{workspace}/webservices").json()
    service = f"services/{services[0]['Id']}"
    help_ = f"{service}/endpoints/{services[0]['DefaultEndpointName']}/help"
    yield "experiments", ""
    yield "designer", f"experiments/{experiment}"
    yield "history", f"experiments/{experiment}/history"
    yield "output", f"experiments/{experiment}/outputs/{node['NodeId']}/{port}"
    yield "datasets", "datasets"
    yield "dataset", f"datasets/{dataset}"
    yield "services", "services"
    yield "service", service
    yield "endpoints", f"{service}/endpoints"
    yield "swagger", f"{service}/swagger"
    yield "help-score", f"{help_}/score"
    yield "help-jobs", f"{help_}/jobs"
    yield "jobs", "jobs"


def settle(page: Page) -> None:
    expect(page.locator("h1").first).to_be_attached()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("pl", "dark")])
def test_every_page_is_accessible(
    open_page: OpenPage, site: Running, language: str, scheme: str
) -> None:
    page = open_page(language=language, scheme=scheme)
    sign_in(page, site.demo["admin"], "/studio")
    found = {}
    for name, path in places(page):
        page.goto(f"/studio/{path}")
        settle(page)
        if name == "designer":
            page.locator(".react-flow__node", has_text="Feature Hashing").click()
        if broken := violations(page):
            found[name] = broken
    assert found == {}


def test_every_page_fits_a_phone(open_page: OpenPage, site: Running) -> None:
    page = open_page(language="pl", width=390)
    sign_in(page, site.demo["admin"], "/studio")
    wide = {}
    for name, path in places(page):
        page.goto(f"/studio/{path}")
        settle(page)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[name] = over
    assert wide == {}
