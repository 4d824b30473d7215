"""The blobs process is killed in the middle of uploads: nothing is lost or left."""

import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.core.exceptions import AzureError
from azure.storage.blob import (
    BlobBlock,
    BlobClient,
    BlobServiceClient,
    generate_blob_sas,
)
from tests.blobs.conftest import Store, await_answer
from tests.ports import free_port

import bramka
from bramka.app.keeping.secrets import open_secrets

MEGABYTE = 1024 * 1024
SOURCE = Path(bramka.__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE)}


@contextmanager
def running(data: Path) -> Iterator[tuple[Store, subprocess.Popen[bytes]]]:
    """The role as its own process; killed at the end."""
    port = free_port()
    command = [sys.executable, "-m", "bramka", "blobs", "--data", str(data)]
    process = subprocess.Popen(
        [*command, "--blobs-port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    try:
        await_answer(f"http://127.0.0.1:{port}/health")
        key = open_secrets(data).blob_account_key
        yield Store(f"http://127.0.0.1:{port}", "bramka", key), process
    finally:
        process.kill()
        process.communicate()


def client_of(store: Store) -> BlobServiceClient:
    """A client that does not retry."""
    return BlobServiceClient.from_connection_string(
        store.connection_string,
        retry_total=0,
        connection_timeout=20,
        read_timeout=60,
        max_single_put_size=64 * MEGABYTE,
    )


def fill(store: Store, version: int) -> None:
    """Overwrite both blobs with a version: one at once, one in blocks."""
    content = bytes([version]) * (3 * MEGABYTE)
    with suppress(AzureError), client_of(store) as client:
        container = client.get_container_client("kept")
        container.upload_blob("whole", content, overwrite=True)
        blob = container.get_blob_client("blocks")
        for number in range(3):
            blob.stage_block(f"{number}", content[:MEGABYTE])
        blob.commit_block_list([BlobBlock(f"{number}") for number in range(3)])


def check(store: Store) -> None:
    """Each blob is one version throughout."""
    with client_of(store) as client:
        for name in ("whole", "blocks"):
            content = client.get_blob_client("kept", name).download_blob().readall()
            assert len(content) == 3 * MEGABYTE
            assert len(set(content)) == 1


def check_disk(data: Path) -> None:
    """Files and index agree: no orphan, nothing missing."""
    connection = sqlite3.connect(data / "blobs" / "index.sqlite3")
    named = dict(connection.execute("SELECT name, size FROM piece"))
    connection.close()
    files = {
        path.name: path.stat().st_size
        for path in (data / "blobs" / "content").iterdir()
    }
    assert files == named


def kill_and_look(data: Path, rounds: int) -> None:
    chance = random.Random(7)
    with running(data) as (store, _):
        with client_of(store) as client:
            client.create_container("kept")
        fill(store, 255)
        check(store)
    for version in range(rounds):
        with running(data) as (store, process):
            check(store)
            check_disk(data)
            upload = threading.Thread(target=fill, args=(store, version))
            upload.start()
            time.sleep(chance.random() * 0.15)
            process.send_signal(signal.SIGKILL)
            upload.join()
    with running(data) as (store, _):
        check(store)
        check_disk(data)


def test_a_kill_during_uploads_loses_and_leaves_nothing(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 3)


@pytest.mark.soak
def test_thirty_kills_during_uploads_lose_and_leave_nothing(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 30)


def test_a_second_process_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with running(tmp_path):
        command = [sys.executable, "-m", "bramka", "blobs", "--data", str(tmp_path)]
        second = subprocess.run(
            [*command, "--blobs-port", str(free_port())],
            check=False,
            capture_output=True,
            timeout=90,
            env=ENVIRONMENT,
        )
    assert second.returncode == 1
    assert b"Another process serves the blobs" in second.stderr


def peak_memory(process: subprocess.Popen[bytes]) -> int:
    """The most bytes the process ever held in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


class Endless(io.RawIOBase):
    """A file of so many bytes that lies nowhere."""

    def __init__(self, size: int) -> None:
        self.left = size

    def __len__(self) -> int:
        return self.left

    def read(self, size: int = -1) -> bytes:
        taken = self.left if size < 0 else min(size, self.left)
        self.left -= taken
        return b"\x07" * taken


def put_whole(blob: BlobClient, store: Store, size: int) -> None:
    """Put Blob in one request that streams, which the SDK's would not."""
    token = generate_blob_sas(
        store.account,
        blob.container_name,
        blob.blob_name,
        account_key=store.key,
        permission="cw",
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    fields = {"x-ms-blob-type": "BlockBlob", "Content-Length": str(size)}
    request = urllib.request.Request(
        f"{blob.url}?{token}", Endless(size), fields, method="PUT"
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


def stream_through(data: Path, size: int, *, blocks: bool = False) -> int:
    """Put a blob, whole or in blocks, and get it back; the growth of the process."""
    with running(data) as (store, process), client_of(store) as client:
        container = client.create_container("large")
        container.upload_blob("warm", b"1")
        before = peak_memory(process)
        blob = container.get_blob_client("x")
        if blocks:
            blob.upload_blob(Endless(size), length=size)
        else:
            put_whole(blob, store, size)
        received = sum(len(chunk) for chunk in blob.download_blob().chunks())
        assert received == size
        growth = peak_memory(process) - before
        print(f"{size:,} bytes: the process grew by {growth:,}")
        return growth


def test_a_blob_streams_in_bounded_memory(tmp_path: Path) -> None:
    assert stream_through(tmp_path, 64 * MEGABYTE) < 24 * MEGABYTE


@pytest.mark.soak
@pytest.mark.parametrize("gigabytes", [1, 5])
@pytest.mark.parametrize("blocks", [False, True], ids=["whole", "blocks"])
def test_gigabytes_stream_in_the_same_memory(
    tmp_path: Path, gigabytes: int, blocks: bool
) -> None:
    size = gigabytes * 10**9
    assert stream_through(tmp_path, size, blocks=blocks) < 24 * MEGABYTE
    shutil.rmtree(tmp_path)
