"""A large file goes straight to the store of blobs, and the page stays small."""

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import sign_in
from tests.journeys.running import Running, files_below

MEGABYTE = 1024 * 1024
SIZE = 100 * MEGABYTE
HEAP_GROWTH = 16 * MEGABYTE


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of 100 MB that takes no room and no time."""
    file = tmp_path / "large.csv"
    with file.open("wb") as opened:
        opened.write(b"Col2\n")
        opened.truncate(SIZE)
    return file


def stored(site: Running) -> int:
    """Bytes in the store of blobs."""
    total = 0
    for file in files_below(site.data / "blobs"):
        with suppress(FileNotFoundError):
            total += file.stat().st_size
    return total


def test_a_file_of_100_megabytes_is_uploaded_with_progress(
    page: Page, site: Running, large: Path
) -> None:
    sign_in(page, site.demo["developer"], "/apis/azureml-demo/batch")
    devtools = page.context.new_cdp_session(page)
    # A line that is slow enough to watch, and fast enough for a test.
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": 60 * MEGABYTE,
        },
    )
    kept = stored(site)
    page.locator("input[type=file]").set_input_files(large)
    before = devtools.send("Runtime.getHeapUsage")["usedSize"]
    page.evaluate("""() => {
      window.shares = new Set();
      new MutationObserver(() => {
        const bar = document.querySelector('[role=progressbar]');
        if (bar) window.shares.add(Number(bar.getAttribute('aria-valuenow')));
      }).observe(document.body, {subtree: true, childList: true, attributes: true});
    }""")
    page.get_by_role("button", name="Upload the file").click()
    told = page.get_by_role("status").filter(has_text="are in the storage")
    expect(told).to_contain_text("105 MB")
    shares = page.evaluate("[...window.shares].sort((a, b) => a - b)")
    assert len(shares) > 3, shares
    assert shares[-1] <= 100
    grown = devtools.send("Runtime.getHeapUsage")["usedSize"] - before
    assert grown < HEAP_GROWTH, grown
    assert stored(site) - kept >= SIZE
