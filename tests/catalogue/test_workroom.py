"""Processes kept for scripts of published models: warm, apart, and bounded."""

import os
import signal
from collections.abc import Iterator

import polars as pl
import pytest
from tests.catalogue.learning import run

from bramka.app.clock import SystemClock
from bramka.catalogue import Workrooms, execute_python_script
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Pictures
from bramka.studio.scoring_function import Room

SCRIPT = """
import os
import socket
import time
from pathlib import Path

import pandas as pd

seen = []

def azureml_main(asked):
    word = asked["word"][0]
    seen.append(word)
    pd.calls = getattr(pd, "calls", 0) + 1
    print("was told", word)
    if word == "raise":
        raise ValueError("as it was told")
    if word == "die":
        os._exit(3)
    if word == "sleep":
        time.sleep(60)
    if word == "network":
        socket.create_connection(("127.0.0.1", 9), 1)
    if word == "leave":
        Path("../left").write_text("for the next call")
    asked["seen"] = ",".join(seen)
    asked["calls"] = pd.calls
    asked["parent"] = os.getppid()
    asked["fifth"] = [0.1 + 0.2]
    return asked,
"""
R_SCRIPT = """
d <- maml.mapInputPort(1)
if (d$word[1] == "raise") stop("as it was told")
if (d$word[1] == "die") quit(status = 3)
d$known <- exists("before")
before <- TRUE
d$drawn <- runif(1)
print(d$word)
maml.mapOutputPort("d")
"""


@pytest.fixture(scope="module")
def rooms() -> Iterator[Workrooms]:
    rooms = Workrooms(SystemClock(), most=2)
    yield rooms
    rooms.let_go()
    assert rooms.free == []


@pytest.fixture(scope="module")
def room(rooms: Workrooms) -> Room:
    return rooms.room()


def told(room: Room, word: str) -> dict[str, object]:
    """The row that the script gives for a word, and what it printed."""
    table = Table.of(pl.DataFrame({"word": [word]}))
    with room.entered():
        outputs = run(
            "Execute Python Script", {"Dataset1": table}, python_script=SCRIPT
        )
    found, device = outputs["Results dataset"], outputs["Python Device"]
    assert isinstance(found, Table)
    assert isinstance(device, Pictures)
    return {**found.frame.row(0, named=True), "printed": device.text}


def test_calls_share_a_process_but_nothing_in_its_memory(
    rooms: Workrooms, room: Room
) -> None:
    first, second = told(room, "a"), told(room, "b")
    assert first["parent"] == second["parent"]
    assert first["parent"] in rooms.free
    assert (second["seen"], second["calls"]) == ("b", 1)
    assert second["printed"] == "was told b\n"
    assert second["fifth"] == 0.1 + 0.2


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("raise", "ValueError: as it was told"),
        ("die", "ended with 3"),
        ("network", "PermissionError"),
    ],
)
def test_a_call_that_fails_harms_no_other(room: Room, word: str, message: str) -> None:
    before = told(room, "a")["parent"]
    with pytest.raises(ModuleError, match=message):
        told(room, word)
    assert told(room, "b")["parent"] == before


def test_a_process_that_is_gone_is_replaced(rooms: Workrooms, room: Room) -> None:
    before = told(room, "a")["parent"]
    assert isinstance(before, int)
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    after = told(room, "b")
    assert after["parent"] != before
    assert after["printed"] == "was told b\n"


def test_what_a_call_leaves_behind_goes_with_its_process(
    rooms: Workrooms, room: Room
) -> None:
    before = told(room, "a")["parent"]
    told(room, "leave")
    assert before not in rooms.free


def test_a_call_that_takes_too_long_ends_its_process(
    rooms: Workrooms, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(room, "a")
    kept = rooms.free
    monkeypatch.setattr(execute_python_script, "SECONDS", 1)
    # Its limits differ from those of the others, so it has a process of its own.
    with pytest.raises(ModuleError, match="longer than 1 seconds"):
        told(room, "sleep")
    assert rooms.free == kept


def test_rooms_share_no_process_and_idle_ones_end(rooms: Workrooms) -> None:
    one, other = rooms.room(), rooms.room()
    assert told(one, "a")["parent"] != told(other, "a")["parent"]
    assert len(rooms.free) == 2
    rooms.let_go(3600.0)
    assert len(rooms.free) == 2
    rooms.let_go()
    assert rooms.free == []


def drawn(room: Room, word: str) -> tuple[object, ...]:
    table = Table.of(pl.DataFrame({"word": [word]}))
    with room.entered():
        outputs = run("Execute R Script", {"Dataset1": table}, r_script=R_SCRIPT)
    found = outputs["Result Dataset"]
    assert isinstance(found, Table)
    return found.frame.row(0)


def test_r_is_kept_too_and_each_call_starts_afresh(rooms: Workrooms) -> None:
    rooms.let_go()
    room = rooms.room()
    first = drawn(room, "a")
    [kept] = rooms.free
    with pytest.raises(ModuleError, match="as it was told"):
        drawn(room, "raise")
    assert rooms.free == [kept]
    with pytest.raises(ModuleError, match="ended with 70"):
        drawn(room, "die")
    assert drawn(room, "a") == first
    assert first[1] is False
