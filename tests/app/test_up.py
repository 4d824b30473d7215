"""The supervisor, with real processes that pretend to be roles."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("fake_up.py")
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a supervisor over `tmp_path`; ends it if the test did not."""
    started: list[subprocess.Popen[str]] = []

    def begin(*roles: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            # Whoever runs the tests under nohup has hang-ups ignored; not we.
            ["env", "--default-signal=HUP", sys.executable, PROGRAM, tmp_path, *roles],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": "src"},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.terminate()
        process.wait(90)
        assert process.stdout is not None
        process.stdout.close()


def eventually(look: Callable[[], Any], seconds: float = 90) -> Any:
    """The first true thing `look` finds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def run_file(folder: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads((folder / "run.json").read_text())
    except FileNotFoundError:
        return None
    return content


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def hear(process: subprocess.Popen[str], word: str) -> str:
    """What the supervisor says, up to the line that holds `word`."""
    assert process.stdout is not None
    heard = ""
    for line in process.stdout:
        heard += line
        if word in line:
            return heard
    raise AssertionError(f"never said {word!r} in:\n{heard}")


def test_it_tells_scripts_where_everything_is(start: Start, tmp_path: Path) -> None:
    start("one", "two")
    content = eventually(lambda: run_file(tmp_path))
    assert content["ready"] is True
    assert content["gateway_url"] == "http://127.0.0.1:8080"
    assert alive(content["pids"]["one"])
    assert alive(content["pids"]["two"])


def test_a_killed_child_is_started_again_at_once(start: Start, tmp_path: Path) -> None:
    start("one", "two")
    before = eventually(lambda: run_file(tmp_path))["pids"]
    os.kill(before["two"], signal.SIGKILL)
    after = eventually(lambda: (p := run_file(tmp_path)) and p["pids"] != before and p)
    assert after["pids"]["one"] == before["one"]
    assert alive(after["pids"]["two"])
    assert after["ready"] is True


def test_sigterm_ends_every_process_and_the_run_file(
    start: Start, tmp_path: Path
) -> None:
    supervisor = start("one", "two")
    pids = eventually(lambda: run_file(tmp_path))["pids"].values()
    supervisor.terminate()
    assert supervisor.wait(90) == 0
    assert not any(alive(pid) for pid in pids)
    assert run_file(tmp_path) is None


def test_a_child_that_will_not_end_is_killed(start: Start, tmp_path: Path) -> None:
    supervisor = start("stubborn")
    pid = eventually(lambda: run_file(tmp_path))["pids"]["stubborn"]
    supervisor.send_signal(signal.SIGINT)
    assert "did not end" in hear(supervisor, "stubborn")
    assert supervisor.wait(90) == 0
    assert not alive(pid)


def test_a_terminal_that_went_away_does_not_keep_a_child_dead(
    start: Start, tmp_path: Path
) -> None:
    supervisor = start("one")
    before = eventually(lambda: run_file(tmp_path))["pids"]
    assert supervisor.stdout is not None
    supervisor.stdout.close()
    os.kill(before["one"], signal.SIGKILL)
    after = eventually(lambda: (p := run_file(tmp_path)) and p["pids"] != before and p)
    assert alive(after["pids"]["one"])


def test_a_hang_up_ends_everything_in_order(start: Start, tmp_path: Path) -> None:
    supervisor = start("one")
    eventually(lambda: run_file(tmp_path))
    supervisor.send_signal(signal.SIGHUP)
    assert supervisor.wait(90) == 0
    assert run_file(tmp_path) is None


def test_children_do_not_outlive_a_killed_supervisor(
    start: Start, tmp_path: Path
) -> None:
    supervisor = start("one", "two")
    pids = eventually(lambda: run_file(tmp_path))["pids"].values()
    supervisor.kill()
    eventually(lambda: not any(alive(pid) for pid in pids))


def test_what_a_killed_child_started_ends_with_it(start: Start, tmp_path: Path) -> None:
    start("parent")
    pid = eventually(lambda: run_file(tmp_path))["pids"]["parent"]
    file = tmp_path / "grandchild"
    grandchild = int(eventually(lambda: file.exists() and file.read_text()))
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not alive(grandchild))


def test_a_child_that_cannot_start_is_given_up_with_its_last_words(
    start: Start,
) -> None:
    supervisor = start("broken")
    assert "flux is not compensated" in hear(supervisor, "does not start")
    assert supervisor.wait(90) == 1


def test_errors_reach_the_terminal_and_the_rest_only_the_log(
    start: Start, tmp_path: Path
) -> None:
    heard = hear(start("wordy"), "a wheel came off")
    assert "all is well" not in heard
    assert "all is well" in (tmp_path / "logs" / "wordy.log").read_text()


def test_two_supervisors_do_not_share_a_folder(start: Start, tmp_path: Path) -> None:
    first = start("one")
    eventually(lambda: run_file(tmp_path))
    second = start("one")
    assert f"in use by another `bramka up` (process {first.pid})" in hear(second, "use")
    assert second.wait(90) == 1
