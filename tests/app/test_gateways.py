"""Several gateway processes on one port: limits hold for all of them together."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bramka.app.gateway.parts import adopt_spools, own_folder
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.configuration import (
    Configuration,
    Instance,
    Update,
    write_update,
)
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import Subscription, key_digest

WINDOW = "<rate-limit calls='60' renewal-period='300'/>"
QUOTA = "<quota calls='100' renewal-period='0'/>"
WINDOW_KEY, QUOTA_KEY = b"0123456789abcdef", b"fedcba9876543210"
ANSWER = (
    "<policies><inbound><base/><return-response><set-status code='200' reason='OK'/>"
    "</return-response></inbound><backend><base/></backend><outbound><base/>"
    "</outbound><on-error><base/></on-error></policies>"
)
LIMITS = (
    "<policies><inbound><base/>{}</inbound><backend><base/></backend><outbound><base/>"
    "</outbound><on-error><base/></on-error></policies>"
)


def configuration() -> Configuration:
    return Configuration(
        version=1,
        instance=Instance(name="several"),
        apis={
            "one": Api(
                id="one",
                display_name="One",
                path="one",
                protocols=("http", "https"),
            )
        },
        operations={
            "one/get": Operation(
                id="get",
                api_id="one",
                display_name="Get",
                method="GET",
                url_template="/*",
            )
        },
        products={
            name: Product(id=name, display_name=name, apis=("one",))
            for name in ("window", "quota")
        },
        subscriptions={
            name: Subscription(
                id=name,
                scope=f"/products/{name}",
                created_date=time.time() - 60,
                primary_digest=key_digest(key, b""),
            )
            for name, key in (("window", WINDOW_KEY), ("quota", QUOTA_KEY))
        },
        policies={
            **{
                f"products/{name}": PolicyDocument(
                    scope=f"products/{name}", text=LIMITS.format(limit)
                )
                for name, limit in (("window", WINDOW), ("quota", QUOTA))
            },
            "apis/one": PolicyDocument(scope="apis/one", text=ANSWER),
        },
    )


class Several:
    """`bramka gateway` with three processes, serving what is on disk."""

    def __init__(self, data: Path) -> None:
        self.data = data
        (data / "gateway").mkdir(parents=True)
        update = Update(version=1, whole=configuration())
        (data / "gateway" / "configuration.json").write_bytes(write_update(update))
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "bramka", "gateway", "--data", self.data),
                *("--gateway-port", "0", "--gateway-processes", "3"),
                *("--console-url", "http://127.0.0.1:9"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": "src", "BRAMKA_GATEWAY_TOKEN": "t"},
        )
        assert self.process.stdout is not None
        heard = ""
        for line in self.process.stdout:
            heard += line
            if line.startswith("serving http://127.0.0.1:"):
                self.port = int(line.rpartition(":")[2])
                return
        raise AssertionError(heard)

    def pids(self) -> list[int]:
        content: dict[str, Any] = json.loads((self.data / "gateways.json").read_text())
        pids: list[int] = content["pids"]["gateway"]
        return pids

    def statuses(self, calls: int, key: bytes) -> Counter[int]:
        """What many callers get, each call over a connection of its own."""

        def call(_: int) -> int:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
            try:
                line.request(
                    "GET", "/one/x", headers={"Ocp-Apim-Subscription-Key": key}
                )
                return line.getresponse().status
            except OSError:
                return 0  # The process that had the connection was killed.
            finally:
                line.close()

        with ThreadPoolExecutor(16) as callers:
            return Counter(callers.map(call, range(calls)))

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(90) == 0
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Several]:
    running = Several(tmp_path / "data")
    running.start()
    yield running
    running.end()


def test_limits_hold_for_all_processes_and_outlive_them(several: Several) -> None:
    assert several.statuses(240, WINDOW_KEY) == {200: 60, 429: 180}
    assert several.statuses(60, QUOTA_KEY) == {200: 60}
    before = several.pids()
    assert len(set(before)) == 3
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 180
    while set(several.pids()) & set(before):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    found: Counter[int] = Counter()
    while found[429] < 50:
        assert time.monotonic() < deadline
        found += several.statuses(20, WINDOW_KEY)
    assert found[200] == 0
    found = Counter()
    while found[403] < 50:
        assert time.monotonic() < deadline
        found += several.statuses(20, QUOTA_KEY)
    assert found[200] == 40


def test_counts_of_processes_that_are_no_more_are_delivered(tmp_path: Path) -> None:
    for number, text in ((1, "a"), (2, "b"), (3, "c")):
        spool = own_folder(tmp_path, number) / "spool"
        spool.mkdir(parents=True)
        (spool / "000000000001.json").write_text(text)
    adopt_spools(tmp_path, processes=2)
    own = sorted((tmp_path / "spool").glob("*.json"))
    assert [path.read_text() for path in own] == ["a", "c"]
    assert (own_folder(tmp_path, 2) / "spool" / "000000000001.json").exists()
