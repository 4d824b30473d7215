"""What azure-storage-blob gets from our endpoint and from Azurite alike."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import (
    AccountSasPermissions,
    BlobBlock,
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    ContainerClient,
    ContainerSasPermissions,
    ContentSettings,
    ResourceTypes,
    generate_account_sas,
    generate_blob_sas,
    generate_container_sas,
)
from tests.blobs.conftest import Store

SOON = timedelta(hours=1)
UNCHANGED, CHANGED = MatchConditions.IfNotModified, MatchConditions.IfModified


def refusal(work: Callable[[], object]) -> tuple[int | None, str]:
    """Status and code of the refusal that the work ends in."""
    with pytest.raises(HttpResponseError) as caught:
        work()
    code = getattr(caught.value, "error_code", "")
    return caught.value.status_code, str(getattr(code, "value", code))


def test_a_container_is_made_once_shown_and_gone_when_deleted(
    service: BlobServiceClient, container: ContainerClient
) -> None:
    again = refusal(lambda: service.create_container(container.container_name))
    assert again == (409, "ContainerAlreadyExists")
    assert container.get_container_properties().name == container.container_name
    container.delete_container()
    assert refusal(container.get_container_properties) == (404, "ContainerNotFound")
    assert refusal(container.delete_container) == (404, "ContainerNotFound")


def test_containers_are_listed_by_prefix_with_their_metadata(
    service: BlobServiceClient, container: ContainerClient
) -> None:
    container.set_container_metadata({"colour": "green"})
    found = list(
        service.list_containers(container.container_name[:12], include_metadata=True)
    )
    assert [(each.name, each.metadata) for each in found] == [
        (container.container_name, {"colour": "green"})
    ]


def test_a_bad_container_name_is_refused(service: BlobServiceClient) -> None:
    status, _ = refusal(lambda: service.create_container("Bad--Name"))
    assert status == 400


@pytest.mark.parametrize(
    "name",
    [
        "plain.csv",
        "a/b/c.csv",
        "with space +%41.csv",
        "żółw/ć.csv",
        "a",
        "~$&'()*,;=@!",
    ],
)
def test_a_blob_comes_back_under_any_name(
    container: ContainerClient, name: str
) -> None:
    blob = container.upload_blob(name, b"content")
    assert blob.download_blob().readall() == b"content"
    assert [each.name for each in container.list_blobs()] == [name]


def test_a_name_and_a_folder_of_that_name_live_together(
    container: ContainerClient,
) -> None:
    container.upload_blob("a", b"1")
    container.upload_blob("a/b", b"2")
    assert container.download_blob("a").readall() == b"1"
    assert container.download_blob("a/b").readall() == b"2"


def test_an_empty_blob_is_a_blob(container: ContainerClient) -> None:
    blob = container.upload_blob("empty", b"")
    assert blob.get_blob_properties().size == 0
    assert blob.download_blob().readall() == b""


def test_properties_and_metadata_are_kept(container: ContainerClient) -> None:
    settings = ContentSettings(
        content_type="text/csv",
        content_encoding="identity",
        content_language="pl",
        content_disposition="attachment",
        cache_control="no-cache",
    )
    blob = container.upload_blob(
        "x", b"1", content_settings=settings, metadata={"rows": "7"}
    )
    found = blob.get_blob_properties()
    assert found.metadata == {"rows": "7"}
    assert found.content_settings.content_type == "text/csv"
    assert found.content_settings.content_disposition == "attachment"
    assert found.content_settings.content_language == "pl"
    md5 = hashlib.md5(b"1").digest()
    assert found.content_settings.content_md5 == bytearray(md5)


def test_metadata_and_properties_change_without_the_bytes(
    container: ContainerClient,
) -> None:
    blob = container.upload_blob("x", b"1", metadata={"a": "1"})
    before = blob.get_blob_properties()
    blob.set_blob_metadata({"b": "2"})
    blob.set_http_headers(ContentSettings(content_type="text/plain"))
    after = blob.get_blob_properties()
    assert after.metadata == {"b": "2"}
    assert after.content_settings.content_type == "text/plain"
    assert after.etag != before.etag
    assert blob.download_blob().readall() == b"1"


def test_ranges_are_served_as_asked(container: ContainerClient) -> None:
    blob = container.upload_blob("x", b"0123456789")
    assert blob.download_blob(offset=2, length=3).readall() == b"234"
    assert blob.download_blob(offset=8).readall() == b"89"
    assert blob.download_blob(offset=8, length=50).readall() == b"89"
    beyond = refusal(lambda: blob.download_blob(offset=20, length=1))
    assert beyond == (416, "InvalidRange")


def test_a_download_checked_by_md5_passes(container: ContainerClient) -> None:
    blob = container.upload_blob("x", b"0123456789", validate_content=True)
    assert blob.download_blob(validate_content=True).readall() == b"0123456789"


def test_a_missing_blob_and_a_missing_container_are_told_apart(
    service: BlobServiceClient, container: ContainerClient
) -> None:
    blob = container.get_blob_client("none")
    assert refusal(blob.get_blob_properties)[0] == 404
    assert refusal(blob.download_blob) == (404, "BlobNotFound")
    assert refusal(blob.delete_blob) == (404, "BlobNotFound")
    nowhere = service.get_blob_client("no-such-container", "x")
    assert refusal(nowhere.download_blob) == (404, "ContainerNotFound")
    assert refusal(lambda: nowhere.upload_blob(b"1")) == (404, "ContainerNotFound")


def test_an_upload_with_create_only_does_not_overwrite(
    container: ContainerClient,
) -> None:
    blob = container.upload_blob("x", b"1")
    assert refusal(lambda: blob.upload_blob(b"2")) == (409, "BlobAlreadyExists")
    blob.upload_blob(b"3", overwrite=True)
    assert blob.download_blob().readall() == b"3"


def test_a_change_needs_the_tag_it_names(container: ContainerClient) -> None:
    blob = container.upload_blob("x", b"1")
    first = blob.get_blob_properties().etag
    same: dict[str, Any] = {
        "etag": first,
        "match_condition": MatchConditions.IfNotModified,
    }
    blob.upload_blob(b"2", overwrite=True, **same)
    late = refusal(lambda: blob.upload_blob(b"3", overwrite=True, **same))
    assert late == (412, "ConditionNotMet")
    assert refusal(lambda: blob.delete_blob(**same)) == (412, "ConditionNotMet")
    assert refusal(lambda: blob.set_blob_metadata({"a": "1"}, **same))[0] == 412
    assert blob.download_blob().readall() == b"2"


def test_an_unmodified_blob_is_not_sent_again(container: ContainerClient) -> None:
    blob = container.upload_blob("x", b"1")
    etag = blob.get_blob_properties().etag
    unless: dict[str, Any] = {
        "etag": etag,
        "match_condition": MatchConditions.IfModified,
    }
    assert refusal(lambda: blob.download_blob(**unless))[0] == 304
    later = datetime.now(UTC) + SOON
    assert refusal(lambda: blob.download_blob(if_modified_since=later))[0] == 304
    earlier = datetime.now(UTC) - SOON
    stale = refusal(lambda: blob.download_blob(if_unmodified_since=earlier))
    assert stale == (412, "ConditionNotMet")


def test_staged_blocks_are_invisible_until_their_list_is_put(
    container: ContainerClient,
) -> None:
    blob = container.get_blob_client("x")
    blob.stage_block("b1", b"one")
    blob.stage_block("b2", b"two")
    assert refusal(blob.download_blob)[0] == 404
    assert list(container.list_blobs()) == []
    blob.commit_block_list([BlobBlock("b2"), BlobBlock("b1")])
    assert blob.download_blob().readall() == b"twoone"
    assert blob.download_blob(offset=2, length=3).readall() == b"oon"


def test_block_lists_tell_committed_from_staged(container: ContainerClient) -> None:
    blob = container.get_blob_client("x")
    blob.stage_block("b1", b"one")
    blob.commit_block_list([BlobBlock("b1")])
    blob.stage_block("b2", b"two!")
    committed, staged = blob.get_block_list("all")
    assert [(each.id, each.size) for each in committed] == [("b1", 3)]
    assert [(each.id, each.size) for each in staged] == [("b2", 4)]
    blob.commit_block_list([BlobBlock("b1"), BlobBlock("b2")])
    assert blob.download_blob().readall() == b"onetwo!"
    assert blob.get_block_list("uncommitted")[1] == []


def test_a_list_of_unknown_blocks_changes_nothing(container: ContainerClient) -> None:
    blob = container.upload_blob("x", b"1")
    unknown = refusal(lambda: blob.commit_block_list([BlobBlock("zz")]))
    assert unknown == (400, "InvalidBlockList")
    assert blob.download_blob().readall() == b"1"


def test_a_large_blob_goes_up_in_blocks_and_comes_back(
    container: ContainerClient,
) -> None:
    content = bytes(range(256)) * 12_000
    blob = container.get_blob_client("x")
    size = 500_000
    for number, start in enumerate(range(0, len(content), size)):
        blob.stage_block(f"{number:04d}", content[start : start + size])
    count = -(-len(content) // size)
    blob.commit_block_list([BlobBlock(f"{number:04d}") for number in range(count)])
    assert blob.download_blob(max_concurrency=4).readall() == content
    assert (
        blob.download_blob(offset=499_990, length=20).readall()
        == (content[499_990:500_010])
    )


def test_listings_fold_at_the_delimiter_and_come_in_pages(
    container: ContainerClient,
) -> None:
    for name in ("a/1", "a/2", "a-b", "b/c/1", "b/d", "c"):
        container.upload_blob(name, b"")
    folded = [each.name for each in container.walk_blobs()]
    assert sorted(folded) == ["a-b", "a/", "b/", "c"]
    assert [each.name for each in container.walk_blobs("b/")] == ["b/c/", "b/d"]
    assert [each.name for each in container.list_blobs("a/")] == ["a/1", "a/2"]
    pages = container.list_blobs(results_per_page=4).by_page()
    assert [[each.name for each in page] for page in pages] == [
        ["a-b", "a/1", "a/2", "b/c/1"],
        ["b/d", "c"],
    ]


def test_a_listing_tells_size_type_and_metadata(container: ContainerClient) -> None:
    settings = ContentSettings(content_type="text/csv")
    container.upload_blob("x", b"123", metadata={"k": "v"}, content_settings=settings)
    (found,) = container.list_blobs(include=["metadata"])
    assert found.size == 3
    assert found.metadata == {"k": "v"}
    assert found.content_settings.content_type == "text/csv"
    assert found.blob_type == "BlockBlob"


def test_a_copy_keeps_bytes_and_metadata(container: ContainerClient) -> None:
    source = container.upload_blob("x", b"12345", metadata={"k": "v"})
    target = container.get_blob_client("y")
    assert target.start_copy_from_url(source.url)["copy_status"] == "success"
    source.delete_blob()
    assert target.download_blob().readall() == b"12345"
    assert target.get_blob_properties().metadata == {"k": "v"}


def test_a_copy_of_nothing_is_refused(container: ContainerClient) -> None:
    target = container.get_blob_client("y")
    none = container.get_blob_client("none")
    assert refusal(lambda: target.start_copy_from_url(none.url))[0] == 404


def test_many_blobs_are_deleted_in_one_batch(container: ContainerClient) -> None:
    for name in ("x", "y z", "ż"):
        container.upload_blob(name, b"1")
    answers = container.delete_blobs("x", "y z", "ż")
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert list(container.list_blobs()) == []


def sas_url(store: Store, container: ContainerClient, name: str, token: str) -> str:
    return f"{store.url}/{container.container_name}/{quote(name)}?{token}"


def test_a_blob_signature_reads_that_blob_and_nothing_else(
    store: Store, container: ContainerClient
) -> None:
    container.upload_blob("x y", b"1")
    container.upload_blob("z", b"2")
    token = generate_blob_sas(
        store.account,
        container.container_name,
        "x y",
        account_key=store.key,
        permission=BlobSasPermissions(read=True),
        expiry=datetime.now(UTC) + SOON,
    )
    with urlopen(sas_url(store, container, "x y", token)) as answer:
        assert answer.read() == b"1"
    reader = BlobClient.from_blob_url(sas_url(store, container, "x y", token))
    assert refusal(lambda: reader.upload_blob(b"3", overwrite=True))[0] == 403
    other = BlobClient.from_blob_url(sas_url(store, container, "z", token))
    assert refusal(other.download_blob)[0] == 403
    forged = token[:-5] + ("AAAAA" if not token.endswith("AAAAA") else "BBBBB")
    wrong = BlobClient.from_blob_url(sas_url(store, container, "x y", forged))
    assert refusal(wrong.download_blob)[0] == 403


def test_an_expired_signature_and_one_not_yet_valid_are_refused(
    store: Store, container: ContainerClient
) -> None:
    container.upload_blob("x", b"1")
    now = datetime.now(UTC)
    for start, expiry in ((now - 2 * SOON, now - SOON), (now + SOON, now + 2 * SOON)):
        token = generate_blob_sas(
            store.account,
            container.container_name,
            "x",
            account_key=store.key,
            permission="r",
            start=start,
            expiry=expiry,
        )
        reader = BlobClient.from_blob_url(sas_url(store, container, "x", token))
        assert refusal(reader.download_blob)[0] == 403


def test_a_container_signature_lists_and_writes_as_it_says(
    store: Store, container: ContainerClient
) -> None:
    token = generate_container_sas(
        store.account,
        container.container_name,
        account_key=store.key,
        permission=ContainerSasPermissions(list=True, write=True),
        expiry=datetime.now(UTC) + SOON,
    )
    address = f"{store.url}/{container.container_name}?{token}"
    with ContainerClient.from_container_url(address) as client:
        client.upload_blob("x", b"1")
        assert [each.name for each in client.list_blobs()] == ["x"]
        assert refusal(lambda: client.download_blob("x"))[0] == 403
        assert refusal(lambda: client.delete_blob("x"))[0] == 403


def test_an_account_signature_works_at_the_levels_it_names(
    store: Store, container: ContainerClient
) -> None:
    container.upload_blob("x", b"1")
    token = generate_account_sas(
        store.account,
        store.key,
        ResourceTypes(object=True),
        AccountSasPermissions(read=True),
        datetime.now(UTC) + SOON,
    )
    with BlobServiceClient(store.url, credential=token) as client:
        blob = client.get_blob_client(container.container_name, "x")
        assert blob.download_blob().readall() == b"1"
        assert refusal(lambda: list(client.list_containers()))[0] == 403


def test_nobody_and_a_wrong_key_are_refused(
    store: Store, container: ContainerClient
) -> None:
    blob = container.upload_blob("x", b"1")
    with BlobClient.from_blob_url(blob.url) as nobody:
        assert refusal(nobody.download_blob)[0] in {401, 403, 404}
    wrong = base64.b64encode(b"wrong" * 13).decode()
    with BlobServiceClient(
        store.url, {"account_name": store.account, "account_key": wrong}
    ) as client:
        assert refusal(lambda: client.create_container("other-one"))[0] == 403
