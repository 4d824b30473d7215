"""A running `bramka up --demo`, as a script sees it: two files, sockets, signals."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
ARTICLE_BODY = {
    "Inputs": {"input1": {"ColumnNames": ["Col2"], "Values": [["This is a good day"]]}},
    "GlobalParameters": {},
}
PATIENCE = 90
"""Seconds for what takes a moment: a shared machine may stand still for many."""


def eventually(look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """The first true thing `look` finds."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return found


def files_below(folder: Path) -> list[Path]:
    """The files of a living tree; folders may go while it is walked."""
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]


def children_of(parent: int, module: str) -> list[int]:
    """The living children of a process that run this module."""
    found: list[int] = []
    for thread in Path(f"/proc/{parent}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # Threads end.
            found += map(int, (thread / "children").read_text().split())
    return [pid for pid in found if runs(pid, module)]


@dataclass
class Reply:
    """A whole answer."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Running:
    """The process tree over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.printed: list[str] = []
        self.supervisor = self._start()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        try:
            eventually(self._answers, 2 * PATIENCE)
        except BaseException:
            # Nobody else knows of it; the others end with it.
            self.supervisor.kill()
            raise
        self.demo: dict[str, Any] = json.loads((data / "demo.json").read_text())

    def _start(self) -> subprocess.Popen[str]:
        ports = ("gateway", "console", "services", "blobs")
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "bramka", "up", "--demo", "--data", self.data),
                *(word for role in ports for word in (f"--{role}-port", "0")),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": "src"},
        )

    def _read(self) -> None:
        assert self.supervisor.stdout is not None
        for line in self.supervisor.stdout:
            self.printed.append(line)

    def _answers(self) -> bool:
        text = "".join(self.printed)
        assert self.supervisor.poll() is None, text
        return "Ctrl-C" in text and (self.data / "run.json").exists()

    @property
    def output(self) -> str:
        return "".join(self.printed)

    @property
    def run(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return content

    def pids(self, role: str) -> list[int]:
        """The processes of a role."""
        found = self.run["pids"][role]
        return found if isinstance(found, list) else [found]

    def kill(self, role: str) -> None:
        """kill -9, and wait until the supervisor has another process for the role."""
        before = self.pids(role)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: self.pids(role) != before)

    def end(self) -> int:
        """Ctrl-C; the exit status."""
        self.supervisor.send_signal(signal.SIGINT)
        status = self.supervisor.wait(PATIENCE)
        self.reader.join(PATIENCE)
        assert self.supervisor.stdout is not None
        self.supervisor.stdout.close()
        return status

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        base: str = "gateway_url",
        **headers: str | None,
    ) -> Reply:
        """One call; `path` follows the address `base` of run.json."""
        place = urlsplit(self.run[base])
        connection = http.client.HTTPConnection(place.netloc, timeout=PATIENCE)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {
            name.replace("_", "-"): value for name, value in headers.items() if value
        }
        try:
            connection.request(method, path, content if body else None, fields)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, answer.reason, names, answer.read())
        finally:
            connection.close()

    def path(self, rest: str) -> str:
        """An address of the article's API, behind its suffix."""
        place = f"workspaces/{self.demo['workspace']}/services/{self.demo['service']}"
        return f"/azureml-demo/{place}/{rest}"

    def execute(
        self, key: str | None, body: object = None, *, api_key: str | None = None
    ) -> Reply:
        """The article's synchronous call."""
        return self.call(
            "POST",
            self.path("execute?api-version=2.0&details=true"),
            body or ARTICLE_BODY,
            Ocp_Apim_Subscription_Key=key,
            Authorization=f"Bearer {api_key or self.demo['api_key']}",
            Content_Type="application/json",
        )

    def bramka(self, *words: str) -> str:
        """What a command prints."""
        return subprocess.run(
            [sys.executable, "-m", "bramka", *words, "--data", self.data],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": "src"},
        ).stdout

    def secrets(self) -> list[str]:
        """Everything that no log may hold."""
        demo = self.demo
        found = [demo["api_key"], demo["starter_key"], demo["unlimited_key"]]
        found += [demo["management"]["token"]]
        found += [demo["admin"]["password"], demo["developer"]["password"]]
        kept = (self.data / "secrets").iterdir()
        return found + [path.read_text().strip() for path in kept]


def runs(pid: int, module: str) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        return module in words and alive(pid)
    return False


def alive(pid: int) -> bool:
    return bool(born(pid))


def born(pid: int) -> str:
    """When a process began, in ticks of the machine; empty when it has ended."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if told[0] == "Z" else told[19]
