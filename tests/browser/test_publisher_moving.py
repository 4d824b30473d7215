"""A configuration leaves by the browser and comes back; what stands beside it."""

import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.managing import manage
from tests.browser.publishing import done, open_publisher
from tests.journeys.running import Running

TAG = "tags/moved/tagInformation.json"


def choose(page: Page, field: str, typed: str, option: str) -> None:
    page.get_by_role("combobox", name=field).fill(typed)
    page.get_by_role("option", name=option).click()


def save(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def exported(page: Page, folder: Path) -> dict[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as ZIP").click()
    assert download.value.suggested_filename == "configuration.zip"
    download.value.save_as(folder / "kept.zip")
    with zipfile.ZipFile(folder / "kept.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_configuration_is_exported_compared_and_imported(
    open_page: OpenPage, site: Running, tmp_path: Path
) -> None:
    manage(site, "PUT", "/tags/moved", {"properties": {"displayName": "moved"}})
    page = open_publisher(open_page, site, "/configuration")
    files = exported(page, tmp_path)
    assert b'"moved"' in files[TAG]
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content.replace(b'"moved"', b'"moved away"'))
    page.locator("input[type=file]").set_input_files(changed)
    expect(page.get_by_role("status")).to_have_text("1 file differs:")
    page.get_by_role("list", name="What would change").get_by_text(TAG).click()
    lines = page.get_by_role("region", name=TAG)
    expect(lines).to_contain_text('"displayName": "moved away"')
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    done(page, "Imported: 1 written, 0 deleted.")
    expect(page.get_by_role("status")).to_contain_text("There is no difference")
    told = manage(site, "GET", "/tags/moved")["properties"]
    assert told["displayName"] == "moved away"


def test_a_file_that_is_no_archive_is_told(open_page: OpenPage, site: Running) -> None:
    page = open_publisher(open_page, site, "/configuration")
    wrong = {"name": "a.zip", "mimeType": "application/zip", "buffer": b"nothing"}
    page.locator("input[type=file]").set_input_files(wrong)  # type: ignore[arg-type]  # a file in memory
    expect(page.get_by_role("alert")).to_contain_text("is not a ZIP archive")


def test_a_restriction_keeps_policies_from_leaving_out_what_is_inherited(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/restrictions?new=1")
    page.get_by_label("Id").fill("keep-base")
    choose(page, "Product", "unlim", "Unlimited")
    save(page)
    done(page, "“keep-base” was created.")
    told = manage(site, "GET", "/policyRestrictions/keep-base")["properties"]
    assert told == {
        "scope": "/products/unlimited/policies/policy",
        "requireBase": "true",
    }
    page.get_by_role("button", name="Check all policies").click()
    done(page, "All policies keep the restrictions.")
    page.get_by_role("button", name="keep-base", exact=True).click()
    expect(page.get_by_role("combobox", name="Product")).to_have_value("Unlimited")
    manage(site, "DELETE", "/policyRestrictions/keep-base")


def test_who_gives_out_tokens_is_written_down(
    open_page: OpenPage, site: Running
) -> None:
    page = open_publisher(open_page, site, "/oauth?new=1")
    page.get_by_label("Name").first.fill("Our sign-in")
    page.get_by_label("Authorization endpoint").fill("https://id.example/authorize")
    page.get_by_label("Client registration page").fill("https://id.example/apps")
    page.get_by_label("Client id").fill("bramka")
    save(page)
    server = manage(site, "GET", "/authorizationServers/our-sign-in")["properties"]
    assert server["grantTypes"] == ["authorizationCodeWithPkce"]
    page.goto("/publisher/openid?new=1")
    page.get_by_label("Name").first.fill("Our people")
    page.get_by_label("Metadata address").fill("https://id.example/metadata")
    page.get_by_label("Client id").fill("bramka")
    save(page)
    provider = manage(site, "GET", "/openidConnectProviders/our-people")["properties"]
    assert provider["clientId"] == "bramka"


def test_one_of_many_is_found_by_the_server(open_page: OpenPage, site: Running) -> None:
    for number in range(60):
        of = {"displayName": f"Crowd {number:02}"}
        manage(site, "PUT", f"/products/crowd-{number:02}", {"properties": of})
    page = open_publisher(open_page, site, "/subscriptions?new=1")
    page.get_by_label("Name").first.fill("Picked")
    choose(page, "Product", "Crowd 57", "Crowd 57")
    save(page)
    done(page, "“Picked” was created.")
    page.goto("/publisher/policies?scope=products/crowd-58")
    expect(page.get_by_role("combobox", name="Product")).to_have_value("Crowd 58")
    for number in range(60):
        manage(site, "DELETE", f"/products/crowd-{number:02}?deleteSubscriptions=true")
