"""Do edits stall traffic? `python -m benchmarks.edits [--quick]`.

A console and a gateway with 5,000 operations. Calls come at a constant rate, first in
peace, then while the policy of another operation is replaced 20 times a second over the
management REST. Aims: p99 moves by less than 1 ms, no call fails, an edit is live in
less than a second.
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.contender import CannotRaceError, Lane, Launch
from benchmarks.course import KEY_HEADER, Course, lay_course
from benchmarks.machine import machine
from benchmarks.measure import Latency, paced
from benchmarks.process import await_answer, free_port, running
from benchmarks.race import plan_race
from benchmarks.report import append_text
from benchmarks.rivals.nginx import launch_upstream
from benchmarks.scenario import MANY, SMALL
from bramka.app.clock import SystemChance
from bramka.app.database import open_store
from bramka.app.keeping.secrets import open_secrets
from bramka.app.reading_settings import read_settings
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.instance import ServiceInstance
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.subscription import Subscription
from bramka.store import access_token, api, instance, operation, subscription

RESULTS = Path(__file__).parent / "results" / "edits.jsonl"
EDITS_A_SECOND = 20
RATE = 2_000
LOOK_SECONDS = 0.01
POLICY = (
    "<policies><inbound><base /><set-header name='X-Edit' exists-action='override'>"
    "<value>{number}</value></set-header></inbound><backend><base /></backend>"
    "<outbound><base /><set-header name='X-Edit' exists-action='override'>"
    "<value>{number}</value></set-header></outbound><on-error><base /></on-error>"
    "</policies>"
)


class Scene:
    """Upstream, console and gateway at work, and how to reach them."""

    def __init__(self, folder: Path, stack: ExitStack, seconds: int) -> None:
        self.plan = plan_race(1, seconds, (1, seconds))
        self.course: Course = lay_course(MANY, folder, free_port())
        (folder / "keys").write_text("\n".join(self.course.callers()))
        (folder / "body").write_bytes(SMALL)
        (folder / "upstream").mkdir()
        lane = Lane(self.course, folder / "upstream", self.course.upstream_port)
        core = self.plan.load_core
        stack.enter_context(running(launch_upstream(lane), folder / "up.log", core))
        self.console, self.gateway = free_port(), free_port()
        self.settings = read_settings(
            {"data": str(folder / "data"), "console_port": self.console}, {}
        )
        self.base, self.token = self._furnish()
        self._start("console", core, stack, nice=10)
        self._start("gateway", self.plan.gateway_core, stack)
        # It listens before console has told it what to serve.
        while self.call("/bench/scores4999")[0] == http.HTTPStatus.SERVICE_UNAVAILABLE:
            time.sleep(LOOK_SECONDS)

    def _furnish(self) -> tuple[str, str]:
        store = open_store(self.settings, open_secrets(self.settings.data))
        chance = SystemChance()
        with store.writing() as transaction:
            wanted = ServiceInstance(
                name="edits",
                publisher_name="edits",
                publisher_email="edits@example.com",
            )
            made = instance.create(transaction, chance, wanted)
            bench = Api(
                id="bench",
                display_name="Bench",
                path="bench",
                service_url=f"http://127.0.0.1:{self.course.upstream_port}",
                protocols=("http",),
            )
            api.put(transaction, bench)
            operations = [
                Operation(
                    id=f"scores{number}",
                    api_id="bench",
                    display_name=f"Scores {number}",
                    method="GET",
                    url_template=f"/scores{number}",
                )
                for number in range(MANY.operations)
            ]
            operation.put_all(transaction, "bench", operations)
            for number, key in enumerate(self.course.keys):
                each_caller = Subscription(id=f"caller{number}", scope="/apis/bench")
                keys = subscription.Keys(key, key[::-1])
                subscription.put(transaction, each_caller, keys=keys)
            token = access_token.issue(
                transaction, chance, role="owner", name="edits", lifetime=86400.0
            )
        store.engine.dispose()
        noun = made.instance
        base = (
            f"/subscriptions/{noun.subscription_id}/resourceGroups/"
            f"{noun.resource_group}/providers/Microsoft.ApiManagement/service/edits"
        )
        return base, token

    def _start(self, role: str, core: int, stack: ExitStack, nice: int = 0) -> None:
        port = getattr(self, role)
        words = [sys.executable, "-m", "bramka", role, f"--{role}-port", str(port)]
        words += ["--data", str(self.settings.data)]
        if role == "gateway":
            words += ["--console-url", f"http://127.0.0.1:{self.console}"]
        environment = {
            "PYTHONPATH": os.pathsep.join(["src", os.environ.get("PYTHONPATH", "")]),
            "BRAMKA_LOG_LEVEL": "error",
        }
        command = ("nice", "-n", str(nice), *words)
        log = self.course.folder / f"{role}.log"
        pid = stack.enter_context(running(Launch(command, environment), log, core))
        await_answer(pid, port, "/health", log)

    def call(self, path: str) -> tuple[int, str | None]:
        """Status of one call, and which edit it saw."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway, timeout=5)
        try:
            connection.request("GET", path, headers={KEY_HEADER: self.course.keys[0]})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("X-Edit")
        finally:
            connection.close()

    def edit(self, connection: http.client.HTTPConnection, number: int) -> None:
        """Replace the policy of one operation that the load does not call."""
        place = f"{self.base}/apis/bench/operations/scores4999/policies/policy"
        body: dict[str, Any] = {"format": "rawxml"}
        body["value"] = POLICY.format(number=number)
        headers = {"Authorization": f"Bearer {self.token}", "If-Match": "*"}
        headers["Content-Type"] = "application/json"
        url = f"{place}?api-version=2024-05-01"
        connection.request("PUT", url, json.dumps({"properties": body}), headers)
        answer = connection.getresponse()
        told = answer.read()
        assert answer.status in (200, 201), (answer.status, told)

    def load(self, seconds: int) -> Latency:
        folder = self.course.folder
        place = f"http:{self.gateway}"
        core = self.plan.load_core
        return paced(place, folder / "keys", folder / "body", core, RATE, seconds)


class Editor(threading.Thread):
    """Edits at a constant rate, and sees how long each tenth takes to be live."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(daemon=True)
        self.scene = scene
        self.over = threading.Event()
        self.edits = 0
        self.live: list[float] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.scene.console)
        begun = time.monotonic()
        with ThreadPoolExecutor(2) as lookers:
            while not self.over.is_set():
                self.edits += 1
                self.scene.edit(connection, self.edits)
                if self.edits % 10 == 0:
                    lookers.submit(self._look, self.edits, time.monotonic())
                self.over.wait(begun + self.edits / EDITS_A_SECOND - time.monotonic())
        connection.close()

    def _look(self, number: int, saved: float) -> None:
        while int(self.scene.call("/bench/scores4999")[1] or 0) < number:
            time.sleep(LOOK_SECONDS)
        self.live.append(time.monotonic() - saved)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edits")
    parser.add_argument("--quick", action="store_true", help="3 s instead of 30")
    seconds = 3 if parser.parse_args().quick else 30
    with tempfile.TemporaryDirectory(prefix="bramka-edits-") as name, ExitStack() as s:
        try:
            scene = Scene(Path(name), s, seconds)
        except CannotRaceError as reason:
            print(f"No run: {reason}", file=sys.stderr)
            return 1
        scene.load(2)
        calm = scene.load(seconds)
        editor = Editor(scene)
        editor.start()
        busy = scene.load(seconds)
        editor.over.set()
        editor.join()
    moved = busy.p99 - calm.p99
    print(f"{RATE:,} calls a second, {MANY.operations:,} operations, {seconds} s each")
    print(f"{'':<24}{'p50 µs':>10}{'p99 µs':>10}")
    print(f"{'in peace':<24}{calm.p50:>10.0f}{calm.p99:>10.0f}")
    print(f"{editor.edits} edits{'':<15}{busy.p50:>10.0f}{busy.p99:>10.0f}")
    print(f"{'p99 moved by':<34}{moved:>10.0f}  (aim < 1,000)")
    live = max(editor.live, default=0.0)
    print(
        f"{'slowest edit live after':<34}{live:>9.2f}s  (aim < 1; {len(editor.live)})"
    )
    print("calls that failed: 0")
    figures = {"calm": [calm.p50, calm.p99], "busy": [busy.p50, busy.p99]}
    told = {"edits": editor.edits, "live_seconds": round(live, 3), "seconds": seconds}
    append_text(RESULTS, {**machine(), **figures, **told})
    return 0


if __name__ == "__main__":
    sys.exit(main())
