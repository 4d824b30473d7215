"""The article as one journey in a browser, in its order and with its words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import screenshot, sign_in
from tests.browser.designing import (
    RUNNING,
    blank,
    box,
    connect,
    drag,
    expand,
    pane,
    run,
)
from tests.browser.managing import manage
from tests.journeys.running import ARTICLE_BODY, Running

API = "AzureML Demo API"
EXPERIMENT = "SimpleFeatureHashingExperiment"
SENTENCE = "This is a good day"
EIGHT = [1, 1, 2, 2, 0, 2, 0, 1]
SERVICE = "/workspaces/{workspace}/services/{service}"
VERSION = "?api-version={apiversion}"
OPERATIONS = [
    ("RRS Execute", "POST", f"{SERVICE}/execute{VERSION}&details={{details}}"),
    ("BES Submit", "POST", f"{SERVICE}/jobs{VERSION}"),
    ("BES Start", "POST", f"{SERVICE}/jobs/{{jobid}}/start{VERSION}"),
    ("BES Status", "GET", f"{SERVICE}/jobs/{{jobid}}{VERSION}"),
    ("BES Delete", "DELETE", f"{SERVICE}/jobs/{{jobid}}{VERSION}"),
]
SUBSCRIPTIONS = {"first-steps": "/products/starter", "batches": "/apis"}
"""Starter's five calls a minute are too few to watch a job."""
BATCH = 90_000
"""Milliseconds a small batch job may take on a busy machine."""


@pytest.fixture
def administrator(page: Page, site: Running) -> Iterator[Page]:
    """An instance without the article's API, before its administrator, who has keys."""
    owner = next(
        one["name"]
        for one in manage(site, "GET", "/users")["value"]
        if one["properties"]["email"] == site.demo["admin"]["email"]
    )
    for name, scope in SUBSCRIPTIONS.items():
        given = {"displayName": name, "scope": scope, "ownerId": f"/users/{owner}"}
        place = f"/subscriptions/{name}"
        manage(site, "PUT", place, {"properties": {**given, "state": "active"}})
    aside = {"displayName": "Set aside", "path": "set-aside"}
    manage(site, "PATCH", "/apis/azureml-demo", {"properties": aside})
    sign_in(page, site.demo["admin"], "/publisher")
    yield page
    for name in SUBSCRIPTIONS:
        manage(site, "DELETE", f"/subscriptions/{name}")
    manage(site, "DELETE", "/apis/azureml-demo-api")
    back = {"displayName": API, "path": "azureml-demo"}
    manage(site, "PATCH", "/apis/azureml-demo", {"properties": back})


def test_the_article_is_one_journey(
    administrator: Page, site: Running, tmp_path: Path
) -> None:
    page, demo = administrator, site.demo
    create_the_api(page, site.run["services_url"])
    add_the_operations(page)
    switch(page, "Developer portal")
    call_rrs_execute(page, demo["workspace"], demo["service"], demo["api_key"])
    switch(page, "Studio")
    create_the_experiment(page)
    place = publish(page)
    workspace, service, key = find_ids_and_key(page)
    assert workspace == demo["workspace"]
    press_test(page)
    sample_code(page)
    switch(page, "Developer portal")
    run_a_batch(page, (workspace, service, key), tmp_path)
    page.goto(place)
    withdraw(page)


def switch(page: Page, face: str) -> None:
    """Another face, through the menu of one's account."""
    page.get_by_role("button", name=re.compile(", account")).click()
    page.get_by_role("menuitem", name=face).click()
    expect(page.get_by_role("navigation", name="Navigation")).to_be_visible()


def navigate(page: Page, name: str) -> None:
    nav = page.get_by_role("navigation", name="Navigation")
    nav.get_by_role("link", name=name, exact=True).click()


def create_the_api(page: Page, backend: str) -> None:
    navigate(page, "APIs")
    page.get_by_role("button", name="New API").first.click()
    page.get_by_role("menuitem", name="Blank API").click()
    page.get_by_label("Display name").fill(API)
    page.get_by_label("Web service URL").fill(backend)
    page.get_by_label("API URL suffix").fill("azureml-demo")
    page.get_by_role("combobox", name="Products").click()
    page.get_by_role("option", name="Starter").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(API)


def add_the_operations(page: Page) -> None:
    table = page.get_by_role("table", name="Operations")
    for name, verb, template in OPERATIONS:
        page.get_by_role("link", name="Add operation").first.click()
        page.get_by_role("combobox", name="HTTP verb").click()
        page.get_by_role("option", name=verb, exact=True).click()
        page.get_by_label("URL template").fill(template)
        page.get_by_label("Display name").fill(name)
        page.get_by_role("tab", name="Responses").click()
        page.get_by_role("button", name="Add response").click()
        expect(page.get_by_role("tabpanel", name="Responses")).to_contain_text("200")
        page.get_by_role("button", name="Save").click()
        expect(table.get_by_role("link", name=name)).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(1 + len(OPERATIONS))


def call_rrs_execute(page: Page, workspace: str, service: str, key: str) -> None:
    navigate(page, "APIs")
    page.get_by_role("link", name=API).click()
    page.get_by_role("link", name="RRS Execute").click()
    page.get_by_role("button", name="Try it").click()
    form = page.get_by_role("dialog")
    choose_key(page, "first-steps")
    form.get_by_label("workspace").fill(workspace)
    form.get_by_label("service").fill(service)
    form.get_by_label("apiversion").fill("2.0")
    form.get_by_label("details").fill("true")
    add_header(form, "Content-Type", "application/json")
    add_header(form, "Authorization", f"Bearer {key}")
    form.get_by_role("textbox", name="Request body").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(ARTICLE_BODY))
    form.get_by_role("button", name="Send").click()
    answer = form.get_by_role("region", name="Response", exact=True)
    expect(answer.get_by_role("status")).to_contain_text("200 OK")
    expect(answer).to_contain_text("Requested URL")
    expect(answer).to_contain_text("execute?api-version=2.0&details=true")
    content = answer.get_by_role("region", name="Response content").last
    told = json.loads(content.inner_text())["Results"]["output1"]["value"]
    assert [int(cell) for cell in told["Values"][0][-8:]] == EIGHT
    page.keyboard.press("Escape")


def add_header(form: Locator, name: str, value: str) -> None:
    """A header in the form, unless the operation has told of it already."""
    field = form.get_by_label(f"Value of {name}")
    if field.count() == 0:
        form.get_by_role("button", name="Add header").click()
        form.get_by_label(re.compile(r"Header \d+: name")).last.fill(name)
    field.fill(value)


def choose_key(page: Page, subscription: str) -> None:
    page.get_by_role("combobox", name="Subscription key").click()
    page.get_by_role("option", name=f"{subscription} · 1").click()


def create_the_experiment(page: Page) -> None:
    blank(page, EXPERIMENT)
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


def publish(page: Page) -> str:
    """Gives the experiment an input and an output; the address of its service."""
    hashing = box(page, "Feature Hashing")
    expand(page, "Web Service")
    drag(page, "Web service input", 470, 190)
    connect(page, box(page, "input1"), hashing)
    drag(page, "Web service output", 200, 450)
    connect(page, hashing, box(page, "output1"))
    screenshot(page, "studio-article")
    # As the article has it: nobody runs the experiment again before it is published.
    page.get_by_role("button", name="Publish web service").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("so it runs first")
    dialog.get_by_role("button", name="Yes").click()
    page.wait_for_url("**/studio/services/*", timeout=RUNNING)
    expect(page.get_by_role("heading", level=1)).to_have_text(EXPERIMENT)
    return page.url


def find_ids_and_key(page: Page) -> tuple[str, str, str]:
    """Workspace, service and key, from the dashboard of the web service."""
    row = page.get_by_role("row")
    page.get_by_role("button", name="Show API key").click()
    named = page.get_by_role("rowheader", name="API key", exact=True)
    return (
        row.filter(has_text="Workspace ID").locator("code").inner_text(),
        row.filter(has_text="Service ID").locator("code").inner_text(),
        row.filter(has=named).locator("code").inner_text(),
    )


def press_test(page: Page) -> None:
    """A field for the column, a mark of having filled it in, then the eight numbers."""
    page.get_by_role("button", name="Test", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Col2").fill(SENTENCE)
    form.get_by_role("button", name="Send").click()
    result = form.get_by_role("region", name="Result")
    expect(result).to_contain_text("returned")
    values = json.loads(result.locator(".st-returned").inner_text())
    assert [int(cell) for cell in values[-8:]] == EIGHT
    screenshot(page, "studio-test")
    page.keyboard.press("Escape")


def sample_code(page: Page) -> None:
    """Request/Response, then at the bottom the samples."""
    page.get_by_role("link", name="Request/Response API help").click()
    title = f"Request Response API Documentation for {EXPERIMENT}"
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", level=2)).to_have_text(
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


def run_a_batch(page: Page, service: tuple[str, str, str], folder: Path) -> None:
    """Upload, submit, start, watch, download, delete."""
    file = folder / "mydata.csv"
    rows = [SENTENCE, *(f"good day number {n}" for n in range(39))]
    file.write_text("\n".join(["Col2", *rows, ""]))
    workspace, name, key = service
    navigate(page, "APIs")
    page.get_by_role("link", name=API).click()
    page.get_by_role("link", name="Run a batch job").click()
    choose_key(page, "batches")
    page.get_by_role("textbox", name="workspace", exact=True).fill(workspace)
    page.get_by_role("textbox", name="service", exact=True).fill(name)
    page.get_by_role("textbox", name="apiversion", exact=True).fill("2.0")
    page.get_by_label("API key of the service").fill(key)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload the file").click()
    expect(page.get_by_text("are in the storage")).to_be_visible()
    page.get_by_role("button", name="Submit the job").click()
    expect(page.get_by_text(re.compile(r"^Job \w{20,}"))).to_be_visible()
    page.get_by_role("button", name="Start the job").click()
    expect(page.get_by_text("finished", exact=True)).to_be_visible(timeout=BATCH)
    expect(page.get_by_text("40 of 40 rows")).to_be_visible()
    with page.expect_download() as told:
        page.get_by_role("link", name="Download output1").click()
    lines = told.value.path().read_text().splitlines()
    assert len(lines) == 1 + 40
    assert [int(cell) for cell in lines[1].split(",")[-8:]] == EIGHT
    page.get_by_role("button", name="Delete the job").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the job").click()
    expect(page.get_by_text("Job deleted")).to_be_visible()


def withdraw(page: Page) -> None:
    """Deletes the service, which asks for its name."""
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    dialog.get_by_label(f"Type {EXPERIMENT} to confirm").fill(EXPERIMENT)
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Web services")
