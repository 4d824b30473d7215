"""Our stores over obstore and over our own client: the same promises everywhere."""

import atexit
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient
from tests.blobs.clouds import (
    BUCKET,
    gcs_environment,
    moto,
    multipart_uploads,
    s3_environment,
)
from tests.blobs.conftest import KEY, Store

from bramka.app.clock import SystemChance, SystemClock
from bramka.blobs.folder_store import FolderBlobs
from bramka.blobs.frontier import Frontier
from bramka.blobs.object_store import open_address, open_azure, open_folder
from bramka.blobs.remote import KeySigner, RemoteBlobs, guarded_pool
from bramka.blobs.shared_key import decode_key
from bramka.domain.blob import BlobStore
from bramka.domain.errors import Forbidden, Missing, Unavailable
from bramka.testing import FakeChance

MEGABYTE = bytes(range(256)) * 4096
Opened = tuple[BlobStore, str]
"""A store, and what its paths begin with."""

Opening = Callable[[Store, ContainerClient, Path], AbstractContextManager[Opened]]


@contextmanager
def over_obstore(
    store: Store, container: ContainerClient, _folder: Path
) -> Iterator[Opened]:
    name = container.container_name
    yield open_azure(store.url, store.account, name, key=store.key), ""


@contextmanager
def over_our_client(
    store: Store, container: ContainerClient, _folder: Path
) -> Iterator[Opened]:
    signer = KeySigner(store.account, decode_key(store.key), SystemClock())
    with guarded_pool(Frontier(public=False, private=True)) as pool:
        remote = RemoteBlobs(store.url, signer, pool)
        yield remote, f"{container.container_name}/"


@contextmanager
def over_local_obstore(
    _store: Store, _container: ContainerClient, folder: Path
) -> Iterator[Opened]:
    yield open_folder(folder), ""


@contextmanager
def over_our_folder(
    _store: Store, _container: ContainerClient, folder: Path
) -> Iterator[Opened]:
    yield FolderBlobs(folder, FakeChance()), ""


@cache
def cloud() -> str:
    """The address of a server that ends with us."""
    server = moto()
    atexit.register(server.__exit__, None, None, None)
    return server.__enter__()


@contextmanager
def over_cloud(environment: dict[str, str], scheme: str) -> Iterator[Opened]:
    """A folder of its own in the bucket, as the setting `storage` names it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        folder = SystemChance().hex(8)
        yield open_address(f"{scheme}://{BUCKET}/{folder}"), ""


@contextmanager
def over_s3(
    _store: Store, _container: ContainerClient, _folder: Path
) -> Iterator[Opened]:
    with over_cloud(s3_environment(cloud()), "s3") as opened:
        yield opened
        assert b"<Upload>" not in multipart_uploads(cloud())


@contextmanager
def over_gcs(
    _store: Store, _container: ContainerClient, folder: Path
) -> Iterator[Opened]:
    with over_cloud(gcs_environment(cloud(), folder), "gs") as opened:
        yield opened
        assert b"<Upload>" not in multipart_uploads(cloud())


@pytest.fixture(
    params=[
        over_obstore,
        over_our_client,
        over_local_obstore,
        over_our_folder,
        pytest.param(over_s3, marks=pytest.mark.soak),
        pytest.param(over_gcs, marks=pytest.mark.soak),
    ]
)
def opened(
    request: pytest.FixtureRequest,
    store: Store,
    container: ContainerClient,
    tmp_path: Path,
) -> Iterator[Opened]:
    opening: Opening = request.param
    with opening(store, container, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("name", ["x.csv", "a/b c+%41.csv", "żółw?#[1]~.csv"])
def test_what_is_written_is_read_by_range(opened: Opened, name: str) -> None:
    store, base = opened
    store.write(base + name, [b"hello", b"", b" world"])
    assert store.size(base + name) == 11
    assert store.read(base + name, 0, 100) == b"hello world"
    assert store.read(base + name, 3, 4) == b"lo w"
    assert store.read(base + name, 9, 9) == b"ld"
    assert store.read(base + name, 11, 5) == b""
    assert store.read(base + name, 0, 0) == b""
    assert list(store.names(base)) == [base + name]


def test_many_pieces_become_one_blob(opened: Opened) -> None:
    store, base = opened
    store.write(base + "x", (MEGABYTE for _ in range(20)))
    assert store.size(base + "x") == 20 * len(MEGABYTE)
    assert store.read(base + "x", 8 * len(MEGABYTE) - 3, 6) == (
        MEGABYTE[-3:] + MEGABYTE[:3]
    )


def test_nothing_written_is_an_empty_blob(opened: Opened) -> None:
    store, base = opened
    store.write(base + "x", [])
    assert store.size(base + "x") == 0
    assert store.read(base + "x", 0, 5) == b""


def test_a_write_that_breaks_off_leaves_the_old_blob(opened: Opened) -> None:
    store, base = opened
    store.write(base + "x", [b"old"])

    def breaking() -> Iterator[bytes]:
        for _ in range(20):
            yield MEGABYTE
        raise RuntimeError("the model failed")

    with pytest.raises(RuntimeError, match="the model failed"):
        store.write(base + "x", breaking())
    assert store.read(base + "x", 0, 10) == b"old"
    assert list(store.names(base)) == [base + "x"]


def test_names_begin_with_the_prefix_and_are_in_order(opened: Opened) -> None:
    store, base = opened
    for name in ("b/2", "b/10", "b1", "a/b/1"):
        store.write(base + name, [b"1"])
    assert list(store.names(base + "b")) == [base + n for n in ("b/10", "b/2", "b1")]
    assert list(store.names(base + "b/1")) == [base + "b/10"]
    assert list(store.names(base + "none")) == []


def test_what_is_not_there_is_missing_and_deleting_it_is_fine(opened: Opened) -> None:
    store, base = opened
    store.write(base + "x", [b"1"])
    store.delete(base + "x")
    store.delete(base + "x")
    for read in (lambda: store.size(base + "x"), lambda: store.read(base + "x", 0, 1)):
        with pytest.raises(Missing) as caught:
            read()
        assert caught.value.details[0].code == "BlobNotFound"
        assert "Unable to access the provided Azure blob" in caught.value.message


def test_a_missing_container_is_missing_for_writes_too(store: Store) -> None:
    blobs = open_azure(store.url, store.account, "no-such-one", key=store.key)
    with pytest.raises(Missing, match="ContainerNotFound"):
        blobs.write("x", [b"1"])


def test_errors_and_reprs_hold_no_credential(store: Store) -> None:
    token = "sv=2020-12-06&sr=c&sp=rl&se=2099-01-01&sig=c2VjcmV0c2VjcmV0"
    blobs = open_azure(store.url, store.account, "container", sas=token)
    with pytest.raises(Forbidden) as caught:
        blobs.size("x")
    shown = f"{caught.value!r} {caught.value.details} {blobs!r}"
    assert "c2Vjcm" not in shown
    assert caught.value.__cause__ is None
    assert KEY not in repr(open_azure(store.url, store.account, "c", key=KEY))


def test_a_store_that_is_away_is_unavailable() -> None:
    signer = KeySigner("account", b"key", SystemClock())
    with guarded_pool(Frontier(public=False, private=True)) as pool:
        remote = RemoteBlobs("http://127.0.0.1:9/account", signer, pool)
        with pytest.raises(Unavailable, match="did not answer"):
            remote.size("container/x")
