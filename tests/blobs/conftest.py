"""A running blob store for each test: ours, and (in soak runs) Azurite."""

import base64
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from azure.storage.blob import BlobServiceClient, ContainerClient
from starlette.types import ASGIApp

from bramka.app.clock import SystemChance, SystemClock
from bramka.blobs.endpoint import make_app

ACCOUNT = "demoaccount"
KEY = base64.b64encode(bytes(range(64))).decode()
AZURITE_FOLDER = Path(tempfile.gettempdir()) / "bramka-azurite"


@dataclass(frozen=True)
class Store:
    """A store that listens, and how to speak to it."""

    root: str
    account: str = ACCOUNT
    key: str = KEY

    @property
    def url(self) -> str:
        return f"{self.root}/{self.account}"

    @property
    def connection_string(self) -> str:
        return (
            f"DefaultEndpointsProtocol=http;AccountName={self.account};"
            f"AccountKey={self.key};BlobEndpoint={self.url};"
        )


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port; yields its address."""
    config = uvicorn.Config(
        app, port=0, loop="uvloop", http="httptools", log_config=None
    )
    server = uvicorn.Server(config)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([door],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@contextmanager
def azurite(folder: Path) -> Iterator[str]:
    """Azurite, installed outside the repository the first time."""
    script = AZURITE_FOLDER / "node_modules/azurite/dist/src/blob/main.js"
    if not script.exists():
        command = ["npm", "install", "--no-save", "--prefix", str(AZURITE_FOLDER)]
        AZURITE_FOLDER.mkdir(exist_ok=True)
        subprocess.run([*command, "azurite"], check=True, capture_output=True)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    options = ["--blobPort", str(port), "--location", str(folder), "--silent"]
    process = subprocess.Popen(
        ["node", str(script), *options, "--skipApiVersionCheck"],
        env={**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_answer(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def await_answer(address: str) -> None:
    """Wait until something answers there, whatever it says."""
    for _ in range(1_800):
        try:
            urllib.request.urlopen(address).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
            continue
        return
    raise AssertionError(f"nothing answers at {address}")


KINDS = [pytest.param("ours")]
if shutil.which("npm"):
    KINDS.append(pytest.param("azurite", marks=pytest.mark.soak))


@pytest.fixture(scope="session", params=KINDS)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """The same store for all conformance tests; each makes its own container."""
    folder = tmp_path_factory.mktemp("blobs")
    if request.param == "azurite":
        with azurite(folder) as root:
            yield Store(root)
    else:
        app = make_app(folder, {ACCOUNT: KEY}, SystemClock(), SystemChance())
        with listening(app) as root:
            yield Store(root)


@pytest.fixture
def service(store: Store) -> Iterator[BlobServiceClient]:
    client = BlobServiceClient.from_connection_string(
        store.connection_string, retry_total=0
    )
    with client:
        yield client


@pytest.fixture
def container(service: BlobServiceClient) -> ContainerClient:
    return service.create_container(f"test-{SystemChance().hex(8)}")
