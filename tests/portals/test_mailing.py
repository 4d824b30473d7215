"""The worker's mail job: real processes, kills, and the command line."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.databases import DEMO, KINDS, VAULT, new_database, new_store
from tests.portals.kill_sender import LEASE
from tests.portals.mail_server import mail_server

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.database import open_store
from bramka.app.settings import Settings
from bramka.app.worker.mailing import Mailing, open_postman
from bramka.cli.main import bramka
from bramka.domain.traffic.account_mail import Letter
from bramka.store import instance, mail_queue
from bramka.store.transaction import Store

ROOT = Path(__file__).parents[2]
LETTER = Letter(
    template="passwordResetIdentityDefault",
    recipient="ann@example.com",
    tokens={"ConfirmUrl": "http://portal.test/reset?token=secret"},
)


def post(store: Store) -> None:
    with store.writing() as transaction:
        mail_queue.post(transaction, LETTER)


def sender(url: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.portals.kill_sender", url, str(port)]
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return subprocess.Popen(command, cwd=ROOT, env=environment)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sender_killed_in_mid_send_is_followed_by_another(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    with (
        new_database(kind, tmp_path, request, "demo") as url,
        new_store(url, SystemClock()) as store,
        mail_server() as inbox,
    ):
        assert store.vault is VAULT
        inbox.refusals = ["stall"]
        post(store)
        process = sender(url, inbox.port)
        assert inbox.stalled.wait(90)
        process.kill()
        process.wait()
        time.sleep(LEASE)
        assert sender(url, inbox.port).wait(90) == 0
        assert len(inbox.taken) == 1
        with store.reading() as transaction:
            (told,), _ = mail_queue.newest(transaction, 0, 9)
        assert (told.state, told.attempts) == ("sent", 2)


def test_the_worker_sends_and_the_command_line_lists(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    store = open_store(settings)
    with store.writing() as transaction:
        instance.create(transaction, SystemChance(), DEMO)
    post(store)
    mailing = Mailing(settings)
    mailing.start()
    file = tmp_path / "mail" / "00000001-passwordResetIdentityDefault.eml"
    deadline = time.monotonic() + 90
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    mailing.end(90)
    assert b"reset?token" in file.read_bytes().replace(b"=\r\n", b"").replace(
        b"=3D", b"="
    )
    listed = CliRunner().invoke(
        bramka, ["mail", "list", "--data", str(tmp_path), "--output", "json"]
    )
    assert listed.exit_code == 0
    assert '"sent"' in listed.output
    assert "token=secret" not in listed.output
    refused = CliRunner().invoke(
        bramka, ["mail", "again", "1", "--data", str(tmp_path)]
    )
    assert refused.exit_code == 1
    assert "A mail that is sent cannot again" in refused.output
    store.engine.dispose()


def test_the_worker_sends_through_the_server_of_the_settings(tmp_path: Path) -> None:
    with mail_server() as inbox:
        settings = Settings(
            data=tmp_path,
            smtp_host="127.0.0.1",
            smtp_port=inbox.port,
            smtp_security="none",
            smtp_sender="gate@example.com",
        )
        store = open_store(settings)
        with store.writing() as transaction:
            instance.create(transaction, SystemChance(), DEMO)
        post(store)
        assert open_postman(settings, store).deliver() == 1
        store.engine.dispose()
    assert inbox.taken[0]["From"] == "Books <gate@example.com>"
    assert not (tmp_path / "mail").exists()


def test_the_command_line_gives_roles_and_links(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    store = open_store(settings)
    with store.writing() as transaction:
        instance.create(transaction, SystemChance(), DEMO)
    where = ["--data", str(tmp_path)]
    only = CliRunner().invoke(bramka, ["user", "role", "1", "viewer", *where])
    assert only.exit_code == 1
    assert "is the only owner" in only.output
    unknown = CliRunner().invoke(bramka, ["user", "role", "eve", "owner", *where])
    assert unknown.exit_code == 1
    link = CliRunner().invoke(bramka, ["user", "link", "admin@example.com", *where])
    assert link.output.startswith("http://127.0.0.1:8090/signin-sso?token=")
    store.engine.dispose()
