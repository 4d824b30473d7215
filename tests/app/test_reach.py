import base64
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import uvicorn
from azure.storage.blob import BlobServiceClient, generate_container_sas

from bramka.app.blobs import ACCOUNT
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.worker.reach import Reach
from bramka.blobs.endpoint import make_app
from bramka.catalogue import shelf
from bramka.catalogue.import_images import ACCESS, PATH
from bramka.domain.errors import BramkaError
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table
from bramka.studio.hands import Hands
from bramka.studio.stored import keep, load
from bramka.studio.task import ModuleTask, Place

KEY = base64.b64encode(b"a key of this installation").decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded blob endpoint on a free port, with a container `data`."""
    folder = tmp_path_factory.mktemp("blobs")
    app = make_app(folder, {ACCOUNT: KEY}, SystemClock(), SystemChance())
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_config=None)
    server = uvicorn.Server(config)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([door],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def reach(home: str) -> Iterator[Reach]:
    with closing(Reach(home, "none")) as each:
        yield each


@pytest.fixture
def container(home: str) -> str:
    connection = (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        f"BlobEndpoint={home}/{ACCOUNT};"
    )
    name = f"data{time.monotonic_ns()}"
    with (
        BlobServiceClient.from_connection_string(connection) as client,
        client.create_container(name),
    ):
        return name


def exported(
    container: str, key: str = KEY
) -> dict[str, str | int | float | bool | None]:
    return {
        "Azure account name": ACCOUNT,
        "Azure account key": key,
        "Path to blob beginning with container": f"{container}/größe 1.csv",
        "Write blob header row": "True",
    }


def test_a_dataset_goes_to_our_own_blobs_and_comes_back(
    reach: Reach, container: str
) -> None:
    table = Table.of(pl.DataFrame({"x": [1, 2], "y": ["a", None]}))
    writer, reader = shelf().find("Export Data"), shelf().find("Import Data")
    settings = writer.settle(exported(container))
    assert writer.apply({"Dataset": table}, settings, reach) == {}
    with pytest.raises(ModuleError, match="Error 0057"):
        writer.apply({"Dataset": table}, settings, reach)
    given = {
        "Account Name": ACCOUNT,
        "Account Key": KEY,
        "Path to container or directory or blob": f"{container}/gr*.csv",
        "File has Header Row": "True",
    }
    result = reader.apply({}, reader.settle(given), reach)["Results dataset"]
    assert isinstance(result, Table)
    assert result.frame.rows() == table.frame.rows()


def test_a_wrong_key_opens_nothing_and_is_not_repeated(
    reach: Reach, container: str
) -> None:
    wrong = base64.b64encode(b"another key").decode()
    writer = shelf().find("Export Data")
    table = Table.of(pl.DataFrame({"x": [1]}))
    settings = writer.settle(exported(container, wrong))
    with pytest.raises(ModuleError, match="Error 0030") as refusal:
        writer.apply({"Dataset": table}, settings, reach)
    assert wrong not in refusal.value.message


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.csv", "http://169.254.169.254/latest"]
)
def test_private_addresses_are_not_fetched(reach: Reach, address: str) -> None:
    with pytest.raises(BramkaError, match="may not be read from"):
        reach.fetch(address)


def test_other_private_hosts_are_no_stores(reach: Reach) -> None:
    with pytest.raises(BramkaError, match=r"127\.0\.0\.1 has a private address"):
        reach.signed_blob("http://127.0.0.1:9/data/x.csv?sig=x")


def test_a_hand_reaches_what_it_is_told_of(
    home: str, container: str, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    keep(folder, "data", Table.of(pl.DataFrame({"x": [7]})))
    write = ModuleTask(
        module="Export Data",
        settings=exported(container),
        inputs={"Dataset": Place(str(folder), "data")},
        folder=str(tmp_path / "out"),
    )
    read = ModuleTask(
        module="Import Data",
        settings={
            "Account Name": ACCOUNT,
            "Account Key": KEY,
            "Path to container or directory or blob": f"{container}/größe 1.csv",
            "File has Header Row": "True",
        },
        inputs={},
        folder=str(tmp_path / "out"),
    )
    command = [sys.executable, "-m", "bramka.app.worker.hand", home, "none"]
    with closing(Hands(command, SystemClock(), most=1)) as hands:
        hands.perform(write)
        hands.perform(read)
    table = load(tmp_path / "out", "Results dataset")
    assert isinstance(table, Table)
    assert table.frame.rows() == [(7,)]


def test_images_come_from_our_own_container_by_key_and_by_address(
    reach: Reach, home: str, container: str
) -> None:
    connection = f"BlobEndpoint={home}/{ACCOUNT};AccountName={ACCOUNT};AccountKey={KEY}"
    with BlobServiceClient.from_connection_string(connection) as client:
        for name, grey in (("größe b.pgm", 2), ("sub/a.pgm", 1)):
            content = f"P2 1 1 255\n{grey}\n".encode()
            client.get_blob_client(container, name).upload_blob(content)
    signature = generate_container_sas(
        ACCOUNT,
        container,
        account_key=KEY,
        permission="rl",
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    for given in (
        {"Account name": ACCOUNT, "Account key": KEY, PATH: container},
        {ACCESS: "PublicOrSas", "URI": f"{home}/{ACCOUNT}/{container}?{signature}"},
    ):
        module = shelf().find("Import Images")
        table = module.apply({}, module.settle(given), reach)["Results dataset"]
        assert isinstance(table, Table)
        assert table.frame.select("Image Name", "R_0_0").rows() == [
            ("größe b.pgm", 2),
            ("sub/a.pgm", 1),
        ]
