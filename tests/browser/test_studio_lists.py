"""The studio before a workspace with thousands of everything."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import sign_in
from tests.browser.designing import blank, box, drag
from tests.browser.studio_rest import demo_service
from tests.journeys.running import Running

MANY = 5_000
COPIED = {
    "experiment": {"family": "'crowd' || n", "name": "printf('Crowd %05d', n)"},
    "saved": {"family": "'crowd' || n", "name": "printf('Crowd %05d', n)"},
    "web_service": {
        "name": "printf('Crowd %05d', n)",
        "created": "old.created - n",
        "experiment_id": "NULL",
    },
    "job": {},
}
"""Rows that are made of the newest one of a table, and where they differ from it."""
OLD = {"saved": "kind = 'dataset'"}
"""Which ones: a test before may have kept a model."""


@pytest.fixture(scope="module")
def crowd(site: Running) -> Iterator[None]:
    """Copies of what the demo brings, and of one job."""
    demo = site.demo
    place = f"/workspaces/{demo['workspace']}/services/{demo['service']}/jobs"
    store = {"ConnectionString": demo["blobs_connection_string"]}
    submitted = site.call(
        "POST",
        f"{place}?api-version=2.0",
        {"Input": {**store, "RelativeLocation": "none/none.csv"}, "Outputs": {}},
        base="services_url",
        Authorization=f"Bearer {demo['api_key']}",
        Content_Type="application/json",
    )
    assert submitted.status == 200, submitted.body
    with closing(sqlite3.connect(site.data / "state.db", timeout=90)) as state:
        for table, differing in COPIED.items():
            copy(state, table, differing)
        state.commit()
        yield
        for table in reversed(COPIED):
            state.execute(f"DELETE FROM {table} WHERE id LIKE 'crowd%'")
        state.commit()


def copy(state: sqlite3.Connection, table: str, differing: dict[str, str]) -> None:
    told = state.execute(f"SELECT * FROM {table} LIMIT 1").description
    values = [
        {"id": "'crowd' || n", **differing}.get(name, f"old.{name}")
        for name, *_ in told
    ]
    state.execute(
        f"INSERT INTO {table} WITH RECURSIVE counted(n) AS "
        f"(SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {MANY}) "
        f"SELECT {', '.join(values)} FROM counted, "
        f"(SELECT * FROM {table} WHERE {OLD.get(table, 'true')} "
        "ORDER BY created DESC LIMIT 1) AS old"
    )


@pytest.fixture
def admin(page: Page, site: Running, crowd: None) -> Page:
    """The demo's administrator, before any page."""
    sign_in(page, site.demo["admin"], face=None)
    return page


@pytest.mark.parametrize("path", ["", "services", "datasets"])
def test_a_list_of_thousands_is_paged_by_the_server(admin: Page, path: str) -> None:
    page = admin
    page.goto(f"/studio/{path}")
    rows = page.locator("main tbody tr")
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages).to_contain_text(re.compile(r"1–25 of 5,0\d\d"))
    expect(rows).to_have_count(25)
    page.get_by_role("button", name="Next page").click()
    expect(pages).to_contain_text("26–50 of")
    page.get_by_role("button", name="Name", exact=True).click()
    page.get_by_role("button", name="Name", exact=True).click()
    expect(page).to_have_url(re.compile("sort=-name"))
    expect(rows.nth(20)).to_contain_text("Crowd 0")
    page.get_by_role("searchbox").fill("crowd 0499")
    expect(rows).to_have_count(10)
    expect(rows.first).to_contain_text("Crowd 04999")
    kept = page.url
    page.reload()
    assert page.url == kept
    expect(rows.first).to_contain_text("Crowd 04999")


def test_jobs_of_one_service_among_thousands_are_paged_too(
    admin: Page,
) -> None:
    page = admin
    page.goto(f"/studio/jobs?service={demo_service(page)}")
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages).to_contain_text(re.compile(r"1–25 of 5,0\d\d"))
    page.get_by_role("searchbox").fill("CROWD4999")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.get_by_role("combobox", name="State").click()
    page.get_by_role("option", name="Failed").click()
    expect(page.get_by_text("Nothing matches “CROWD4999”.")).to_be_visible()
    page.get_by_role("combobox", name="Web service").fill("crowd 04321")
    expect(page.get_by_role("option", name="Crowd 04321")).to_be_visible()


def test_what_the_palette_does_not_show_is_found_by_the_server(admin: Page) -> None:
    page = admin
    page.goto("/studio")
    blank(page, "From a crowd")
    search = page.get_by_role("searchbox", name="Search modules and datasets")
    search.fill("crowd 03210")
    drag(page, "Crowd 03210", 200, 60)
    search.fill("")
    expect(box(page, "Crowd 03210")).to_be_visible()
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.reload()
    expect(box(page, "Crowd 03210")).to_be_visible()
