"""Where services are said to answer: where they do, else where they are told to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bramka.app.running import services_address
from bramka.app.settings import Settings


def tell(folder: Path, supervisor: int) -> None:
    content = {"services_url": "http://127.0.0.1:4321", "supervisor": supervisor}
    (folder / "run.json").write_text(json.dumps(content))


def test_what_runs_tells_its_port(tmp_path: Path) -> None:
    tell(tmp_path, os.getpid())
    assert services_address(Settings(data=tmp_path)) == "http://127.0.0.1:4321"


def test_an_address_that_was_named_stays(tmp_path: Path) -> None:
    tell(tmp_path, os.getpid())
    named = Settings(data=tmp_path, services_url="https://models.example.com/")
    assert services_address(named) == "https://models.example.com"


@pytest.mark.parametrize("content", [None, "", "{}", "[1]"])
def test_where_nothing_runs_the_settings_tell(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    settings = Settings(data=tmp_path, services_port=8123)
    assert services_address(settings) == "http://127.0.0.1:8123"


def test_what_was_killed_tells_nothing(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-S", "-c", ""])
    gone.wait()
    tell(tmp_path, gone.pid)
    settings = Settings(data=tmp_path, services_port=8123)
    assert services_address(settings) == "http://127.0.0.1:8123"
