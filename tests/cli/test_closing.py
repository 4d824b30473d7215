"""Commands leave nothing open, and keys stay as they are while somebody uses them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text
from tests.databases import new_database

from bramka.app.keeping.key_lock import keys_exchanged, keys_in_use
from bramka.app.ready import READY_FD
from bramka.cli.main import bramka

COMMANDS = (
    *("user list", "token create --role viewer", "usage", "job list", "mail list"),
    *("user link admin@example.com", "user role admin@example.com owner"),
    *("mail again 7", "job cancel nobody", "api show nobody"),
)
OTHERS = text(
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
ROLES = ("gateway", "console", "services", "worker", "blobs")


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with new_database("postgresql", tmp_path, request, "demo") as url:
        yield url


def run(data: Path, *words: str, database: str = "") -> Result:
    variables = {"BRAMKA_DATA": str(data)}
    if database:
        variables |= {"BRAMKA_DATABASE": database, "BRAMKA_USAGE_DATABASE": database}
    return CliRunner().invoke(bramka, words, env=variables)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_leaves_a_connection_open(
    command: str, database: str, tmp_path: Path
) -> None:
    engine = create_engine(database)
    told = run(tmp_path, *command.split(), database=database)
    assert told.exit_code == (0 if command in COMMANDS[:7] else 1), told.output
    with engine.connect() as connection:
        # The server takes a moment to see that a caller went.
        deadline = time.monotonic() + 90
        while left := connection.scalars(OTHERS).all():
            assert time.monotonic() < deadline, left
            time.sleep(0.02)
            connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("role", ROLES)
def test_no_role_starts_while_keys_are_exchanged(role: str, tmp_path: Path) -> None:
    with keys_exchanged(tmp_path):
        refused = run(tmp_path, role)
    assert refused.exit_code == 1
    assert "are being exchanged or restored; try again" in refused.output


def test_keys_stay_while_a_role_runs_alone(tmp_path: Path) -> None:
    heard, tells = os.pipe()
    command = [sys.executable, "-m", "bramka", "blobs", "--blobs-port", "0"]
    variables = {"BRAMKA_DATA": str(tmp_path), READY_FD: str(tells)}
    role = subprocess.Popen(command, env=os.environ | variables, pass_fds=[tells])
    os.close(tells)
    try:
        os.read(heard, 100)
        refused = run(tmp_path, "secrets", "rotate")
    finally:
        role.terminate()
        role.wait(90)
        os.close(heard)
    assert "in use by a role or a command; stop what runs there" in refused.output
    assert run(tmp_path, "secrets", "rotate").exit_code == 0


def test_several_may_use_keys_at_once(tmp_path: Path) -> None:
    with keys_in_use(tmp_path), keys_in_use(tmp_path):
        assert run(tmp_path, "secrets", "rotate").exit_code == 1
        assert run(tmp_path, "restore", str(tmp_path / "no.tar")).exit_code == 1
    assert run(tmp_path, "secrets", "rotate").exit_code == 0
