"""Datasets and batch jobs in the studio."""

import re
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient
from playwright.sync_api import Locator, Page, Request, expect
from tests.browser.conftest import screenshot, sign_in
from tests.browser.studio_rest import demo_service
from tests.journeys.running import Running

MEGABYTES = 100


@pytest.fixture
def studio(page: Page, site: Running) -> Page:
    """The studio's datasets, before the demo's administrator."""
    sign_in(page, site.demo["admin"], "/studio/datasets")
    return page


def test_a_file_of_100_megabytes_is_paused_and_goes_on_after_a_reload(
    studio: Page, tmp_path: Path
) -> None:
    page = studio
    line = "1,2.5," + "abcdefghij" * 199 + "\n"
    lines = MEGABYTES * 1_000_000 // len(line) + 1
    path = tmp_path / "large.csv"
    path.write_text("id,score,text\n" + line * lines)
    form = choose(page, path)
    expect(form.get_by_label("Name")).to_have_value("large.csv")
    # The second piece waits, so that there is something to pause.
    page.route("**/uploads/*", lambda r: r.continue_() if is_first(r.request) else None)
    with page.expect_request(lambda asked: not is_first(asked)):
        form.get_by_role("button", name="Upload", exact=True).click()
    expect(form.get_by_role("progressbar")).to_be_visible()
    form.get_by_role("button", name="Pause").click()
    expect(form.get_by_role("status")).to_contain_text("paused")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute_all(behavior="ignoreErrors")
    form = choose(page, path)
    expect(form.get_by_role("note")).to_contain_text("goes on from there")
    with page.expect_request(lambda asked: asked.method == "PUT") as first:
        form.get_by_role("button", name="Upload", exact=True).click()
    assert not is_first(first.value)
    title = page.get_by_role("heading", level=1, name="large.csv")
    expect(title).to_be_visible()
    expect(page.get_by_text(f"{lines:,} rows × 3 columns")).to_be_visible()


def is_first(asked: Request) -> bool:
    """All but the later pieces of an upload."""
    return asked.headers.get("content-range", "bytes 0-").startswith("bytes 0-")


def choose(page: Page, path: Path) -> Locator:
    """The form for an upload, with this file in it."""
    page.get_by_role("button", name="Upload a dataset").click()
    page.locator("input[type=file]").set_input_files(path)
    return page.get_by_role("dialog")


def test_a_dataset_is_looked_at_column_by_column(studio: Page) -> None:
    page = studio
    page.get_by_role("link", name="Bike Rental UCI dataset", exact=True).click()
    expect(page.get_by_text("17,379 rows × 17 columns")).to_be_visible()
    page.get_by_role("button", name="temp", exact=True).click()
    figures = page.get_by_role("region", name="temp", exact=True)
    expect(figures.get_by_role("row", name="Missing values 0")).to_be_visible()
    expect(figures.get_by_role("img", name="temp: Histogram")).to_be_visible()
    figures.get_by_role("combobox", name="Compare to").fill("cnt")
    page.get_by_role("option", name="cnt").click()
    expect(figures).to_contain_text("The first 1,000 rows with both values")
    page.get_by_text("Box plot", exact=True).click()
    expect(page.locator(".st-box").first).to_be_visible()
    screenshot(page, "studio-visualize")
    page.get_by_role("button", name="Sort by cnt").click()
    page.get_by_role("button", name="Sort by cnt").click()
    cells = page.get_by_role("region", name="Bike Rental UCI dataset").locator(
        "tbody tr"
    )
    expect(cells.first.locator("td").last).not_to_have_text("16")
    page.get_by_role("button", name="Rows: Next page").click()
    expect(cells.first.locator("th")).to_have_text("101")


def test_what_is_no_table_is_refused_with_the_servers_words(
    studio: Page, tmp_path: Path
) -> None:
    page = studio
    path = tmp_path / "broken.parquet"
    path.write_bytes(b"this is no parquet")
    page.get_by_role("button", name="Upload a dataset").click()
    form = page.get_by_role("dialog")
    page.locator("input[type=file]").set_input_files(path)
    upload = form.get_by_role("button", name="Upload", exact=True)
    form.get_by_label("Name").fill("Iris Two Class Data")
    upload.click()
    expect(form).to_contain_text("There is a dataset of this name already.")
    form.get_by_label("Name").fill("broken")
    upload.click()
    expect(form.get_by_role("alert")).to_be_visible()
    expect(upload).to_be_enabled()


def test_a_batch_job_is_watched_to_its_result(page: Page, site: Running) -> None:
    demo = site.demo
    sign_in(page, demo["admin"], face=None)
    place = f"/workspaces/{demo['workspace']}/services/{demo['service']}/jobs"
    headers = {
        "Authorization": f"Bearer {demo['api_key']}",
        "Content_Type": "application/json",
    }
    store = BlobServiceClient.from_connection_string(demo["blobs_connection_string"])
    store.create_container("studiobatch")
    store.get_blob_client("studiobatch", "in.csv").upload_blob(
        "Col2\n" + "This is a good day\n" * 50
    )
    given = {
        "Input": {
            "ConnectionString": demo["blobs_connection_string"],
            "RelativeLocation": "studiobatch/in.csv",
        },
        "Outputs": {},
    }
    job = site.call(
        "POST", f"{place}?api-version=2.0", given, base="services_url", **headers
    ).json()
    page.goto(f"/studio/jobs?service={demo_service(page)}")
    table = page.get_by_role("table", name="Batch jobs")
    expect(table).to_contain_text("Not started")
    table.get_by_role("button", name=f"Details {job[:12]}").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Start").click()
    expect(drawer.get_by_text("50 of 50 rows")).to_be_visible()
    expect(drawer.get_by_role("region", name="Log")).to_contain_text(
        re.compile("Submitted.*Started.*Cut into 1 chunk.*Results published")
    )
    with page.expect_download() as download:
        drawer.get_by_role("link", name="output1").click()
    assert Path(download.value.path()).read_text().count("This is a good day") == 50
    screenshot(page, "studio-job")
