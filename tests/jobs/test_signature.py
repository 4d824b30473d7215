"""A job whose signature ends while it runs, over sockets of the embedded endpoint."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.blobs.conftest import listening
from tests.jobs.bench import Bench, texts
from tests.jobs.test_batch import Desk

from bramka.app.clock import SystemChance
from bramka.blobs.call import Place
from bramka.blobs.containers import create_container
from bramka.blobs.depot import Depot
from bramka.blobs.endpoint import make_app
from bramka.blobs.frontier import Frontier
from bramka.blobs.locator import Locator
from bramka.blobs.sas import sign_blob
from bramka.domain.blob import BlobReference
from bramka.jobs import Worker, sweep_ended

KEY = base64.b64encode(b"k" * 64).decode()
NEAR = Frontier(public=False, private=True)
NOWHERE = "http://127.0.0.1:1"


class Site:
    """The endpoint on the bench's clock, and jobs that know it by signatures only."""

    def __init__(self, bench: Bench, root: str, known: str) -> None:
        self.bench = bench
        self.root = root
        self.owner = Locator(root, {"bramka": KEY}, bench.clock, NEAR)
        self.locator = Locator(known, {"bramka": KEY}, bench.clock, NEAR)
        self.desk = Desk(bench, locator=self.locator)
        tools = msgspec.structs.replace(bench.tools(), locator=self.locator)
        self.worker = Worker(tools)

    def signed(self, name: str, seconds: float) -> dict[str, str]:
        """A place in the endpoint, for so long."""
        now = self.bench.clock.now()
        place, key = Place("bramka", "data", name), base64.b64decode(KEY)
        end = now + seconds
        token = sign_blob(place, key, start=now - 300, end=end, permissions="rwc")
        return {
            "BaseLocation": f"{self.root}/bramka/",
            "RelativeLocation": f"data/{name}",
            "SasBlobToken": token,
        }

    def body(self, given: float, wanted: float) -> dict[str, Any]:
        """A job whose input and output are signed for so many seconds."""
        return {
            "Inputs": {"input1": self.signed("in.csv", given)},
            "Outputs": {"output1": self.signed("out.csv", wanted)},
        }

    def started(self, body: object) -> str:
        job = self.desk.submitted(body)
        assert self.desk.ask("POST", f"/{job}/start").status == 204
        return job

    def work(self, steps: int = 100) -> None:
        for _ in range(steps):
            self.worker.step()

    def blob(self, name: str) -> tuple[Any, str]:
        key = f"AccountName=bramka;AccountKey={KEY};BlobEndpoint={self.root}/bramka"
        place = BlobReference(connection_string=key, relative_location=f"data/{name}")
        return self.owner.find(place)

    def content(self, name: str) -> bytes:
        store, path = self.blob(name)
        content: bytes = store.read(path, 0, 1 << 20)
        return content


@pytest.fixture(params=["ours", "a stranger's"])
def site(
    request: pytest.FixtureRequest, sqlite_bench: Bench, tmp_path: Path
) -> Iterator[Site]:
    """Our own endpoint, and the same one as the address of somebody else."""
    # Clients date what they sign by the machine's clock.
    sqlite_bench.clock.set(time.time())
    folder, accounts = tmp_path / "endpoint", {"bramka": KEY}
    depot = Depot(folder, sqlite_bench.clock, SystemChance())
    create_container(depot, Place("bramka", "data"), {})
    depot.close()
    app = make_app(folder, accounts, sqlite_bench.clock, SystemChance())
    with listening(app) as root:
        site = Site(sqlite_bench, root, root if request.param == "ours" else NOWHERE)
        store, path = site.blob("in.csv")
        store.write(path, [texts(50)])
        yield site
        site.owner.close()
        site.locator.close()


@pytest.mark.parametrize("ends", ["in.csv", "out.csv"])
def test_a_signature_that_ends_names_its_blob_and_is_replaced(
    site: Site, ends: str
) -> None:
    desk, bench = site.desk, site.bench
    calm = site.started(site.body(3600, 3600))
    site.work()
    assert desk.status(calm)["StatusCode"] == "Finished"
    wanted = site.content("out.csv")
    site.blob("out.csv")[0].delete("out.csv")

    short = site.body(*((60, 3600) if ends == "in.csv" else (3600, 60)))
    job = site.started(short)
    site.work(3)
    assert desk.status(job)["Progress"]["Chunks"] > 0
    bench.clock.advance(61)
    site.work()
    failed = desk.status(job)
    assert failed["StatusCode"] == "Failed"
    assert "Unable to access the provided Azure blob - " in failed["Details"]
    assert ends in failed["Details"]
    assert "sig=" not in failed["Details"]

    assert desk.ask("POST", f"/{job}/retry").status == 204
    site.work()
    assert desk.status(job)["StatusCode"] == "Failed"
    anew = site.body(3600, 3600)
    assert desk.ask("POST", f"/{job}/retry", anew).status == 204
    site.work()
    assert desk.status(job)["StatusCode"] == "Finished"
    assert site.content("out.csv") == wanted
    sweep_ended(bench.ledger(), bench.staging)
    assert bench.stray() == []
