"""The studio, as people build, run and publish experiments in it."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import screenshot, sign_in
from tests.journeys.running import Running

SENTENCE = "This is a good day"
EIGHT = ["1", "1", "2", "2", "0", "2", "0", "1"]
RUNNING = 30_000
"""Milliseconds a run of a small experiment may take on a busy machine."""


@pytest.fixture
def studio(page: Page, site: Running) -> Page:
    """The studio, before the demo's administrator."""
    sign_in(page, site.demo["admin"], "/studio")
    return page


def blank(page: Page, name: str) -> None:
    """A new experiment of this name."""
    page.get_by_role("button", name="Blank experiment").click()
    title = page.get_by_label("Experiment name")
    expect(title).to_have_value(re.compile("Experiment created on"))
    title.fill(name)
    expect(page.get_by_text("Draft saved")).to_be_visible()


def expand(page: Page, *groups: str) -> None:
    """Opens groups of the palette, each inside the one before."""
    for group in groups:
        page.locator("summary", has_text=re.compile(f"^{re.escape(group)}$")).click()


def drag(page: Page, name: str, x: int, y: int) -> Locator:
    """Drags an entry of the palette onto the canvas; the box that lies there then."""
    palette = page.get_by_role("region", name="Palette")
    target = page.get_by_label("Experiment canvas", exact=True)
    palette.get_by_role("button", name=name, exact=True).drag_to(
        target, target_position={"x": x, "y": y}
    )
    return page.locator(".st-node").last


def box(page: Page, name: str) -> Locator:
    return page.locator(".react-flow__node", has_text=name)


def pull(page: Page, source: Locator, target: Locator) -> None:
    """Draws a wire from the first output of one box to the first input of another."""
    start = source.locator(".st-port.source").first.bounding_box()
    end = target.locator(".st-port.target").first.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(end["x"] + 6, end["y"] + 20, steps=6)
    page.mouse.move(end["x"] + 6, end["y"] + 6, steps=3)
    page.mouse.up()


def connect(page: Page, source: Locator, target: Locator) -> None:
    wires = page.locator(".react-flow__edge")
    before = wires.count()
    pull(page, source, target)
    expect(wires).to_have_count(before + 1)


def pane(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Properties")


def run(page: Page, ends: str = "Finished") -> None:
    """Runs the experiment and waits until it has ended so."""
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("button", name="Cancel the run")).to_be_visible()
    state = page.locator(".st-bar-name").get_by_text(ends, exact=True)
    expect(state).to_be_visible(timeout=RUNNING)


def test_the_article_is_built_run_and_published(studio: Page, site: Running) -> None:
    page = studio
    name = "SimpleFeatureHashingExperiment"
    blank(page, name)
    expand(page, "Saved Datasets", "Samples")
    drag(page, "Book Reviews from Amazon", 200, 60)
    expand(page, "Data Transformation", "Manipulation")
    drag(page, "Select Columns in Dataset", 200, 190)
    reviews = box(page, "Book Reviews from Amazon")
    columns = box(page, "Select Columns in Dataset")
    connect(page, reviews, columns)
    columns.click()
    pane(page).get_by_role("button", name="Launch column selector").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Available columns").select_option("Col2")
    dialog.get_by_role("button", name="Select these columns").click()
    screenshot(page, "studio-selector")
    dialog.get_by_role("button", name="OK").click()
    expect(pane(page)).to_contain_text("Columns: Col2")
    expand(page, "Text Analytics")
    drag(page, "Feature Hashing", 200, 320)
    hashing = box(page, "Feature Hashing")
    connect(page, columns, hashing)
    hashing.click()
    pane(page).get_by_role("textbox", name="Hashing bitsize").fill("3")
    run(page)
    expect(columns.get_by_text("Finished")).to_be_attached()
    expect(hashing.get_by_text("Finished")).to_be_attached()
    expand(page, "Web Service")
    drag(page, "Web service input", 470, 190)
    drag(page, "Web service output", 200, 450)
    connect(page, box(page, "input1"), hashing)
    connect(page, hashing, box(page, "output1"))
    run(page)
    screenshot(page, "studio-article")
    page.get_by_role("button", name="Publish web service").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    ids(page, site)
    answers_the_sentence(page)
    help_page(page, name)
    withdraw(page, name)


def ids(page: Page, site: Running) -> None:
    """Workspace, service and key of the service page open the service."""
    row = page.get_by_role("row")
    workspace = row.filter(has_text="Workspace ID").locator("code").inner_text()
    service = row.filter(has_text="Service ID").locator("code").inner_text()
    page.get_by_role("button", name="Show API key").click()
    key = (
        row.filter(has=page.get_by_role("rowheader", name="API key", exact=True))
        .locator("code")
        .inner_text()
    )
    assert workspace == site.demo["workspace"]
    body = {
        "Inputs": {"input1": {"ColumnNames": ["Col2"], "Values": [[SENTENCE]]}},
        "GlobalParameters": {},
    }
    answer = site.call(
        "POST",
        f"/workspaces/{workspace}/services/{service}/execute?api-version=2.0",
        body,
        base="services_url",
        Authorization=f"Bearer {key}",
        Content_Type="application/json",
    )
    assert answer.json()["Results"]["output1"]["value"]["Values"][0][-8:] == EIGHT


def answers_the_sentence(page: Page) -> None:
    """The Test button: a field for the column, then the eight numbers."""
    page.get_by_role("button", name="Test", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Col2").fill(SENTENCE)
    form.get_by_role("button", name="Send").click()
    result = form.get_by_role("region", name="Result")
    expect(result).to_contain_text("returned")
    values = json.loads(result.locator(".st-returned").inner_text())
    assert values[-8:] == EIGHT
    screenshot(page, "studio-test")
    page.keyboard.press("Escape")


def help_page(page: Page, name: str) -> None:
    page.get_by_role("link", name="Request/Response API help").click()
    title = f"Request Response API Documentation for {name}"
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    headings = page.get_by_role("heading", level=2)
    expect(headings).to_have_text(
        ["Request", "Response", "Input parameters", "Output parameters", "Sample code"]
    )
    samples = page.get_by_role("region", name="Sample code", exact=True)
    for language, word in (
        ("C#", "HttpRequestMessage"),
        ("Python", "requests.post(url"),
        ("R", "library(httr2)"),
    ):
        samples.get_by_role("tab", name=language, exact=True).click()
        expect(samples).to_contain_text(word)
        expect(samples).to_contain_text("abc123")
    screenshot(page, "studio-help")


def withdraw(page: Page, name: str) -> None:
    """Deletes the service, which asks for its name."""
    page.get_by_role("navigation", name="You are here").get_by_text(name).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    dialog.get_by_label(f"Type {name} to confirm").fill(name)
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Web services")
