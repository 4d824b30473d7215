"""The blobs process keeps to the operator's limit."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient
from tests.blobs.conftest import await_answer
from tests.ports import free_port

from bramka.app.keeping.secrets import open_secrets


@pytest.fixture
def results(tmp_path: Path) -> Iterator[ContainerClient]:
    """The container of results, behind an endpoint with room for a megabyte."""
    key = open_secrets(tmp_path).blob_account_key
    port = free_port()
    words = [sys.executable, "-m", "bramka", "blobs", "--data", str(tmp_path)]
    words += ["--blobs-port", str(port), "--blobs-gigabytes", "0.001"]
    process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": "src"})
    await_answer(f"http://127.0.0.1:{port}/health")
    account = (
        f"AccountName=bramka;AccountKey={key};"
        f"BlobEndpoint=http://127.0.0.1:{port}/bramka"
    )
    yield ContainerClient.from_connection_string(
        account, "experimentoutput", retry_total=0
    )
    process.terminate()
    process.wait(90)


def test_the_blob_endpoint_stores_no_more_than_it_was_told(
    results: ContainerClient,
) -> None:
    results.upload_blob("small", bytes(700_000))
    with pytest.raises(HttpResponseError) as caught:
        results.upload_blob("large", bytes(700_000))
    assert "StorageQuotaExceeded" in str(caught.value)
    results.delete_blob("small")
    results.upload_blob("large", bytes(700_000))
