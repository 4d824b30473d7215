"""Keys are exchanged without losing a secret, whenever it is killed."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import LargeBinary, select, update
from tests.databases import DEMO, new_database

from bramka.app.clock import SystemChance
from bramka.app.database import open_store
from bramka.app.keeping import rotation
from bramka.app.keeping.secrets import KEY, open_secrets
from bramka.app.presence import present, refuse_others
from bramka.app.settings import Settings
from bramka.app.supervisor.process import lock_folder
from bramka.cli.main import bramka
from bramka.domain.errors import Conflict, Forbidden
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.subscription import ALL_ACCESS
from bramka.store import instance
from bramka.store.database import open_database, writing
from bramka.store.named_value import NAMED_VALUES
from bramka.store.presence import PRESENCE, SILENT_SECONDS, Presence, beat
from bramka.store.resealing import sealed_columns
from bramka.store.schema import metadata
from bramka.store.subscription import SUBSCRIPTIONS, Keys, keys_of

PLAIN = {
    *("access_token.digest", "account_link.digest", "session.digest"),
    *("attempts.digest", "certificate.chain", "job.header"),
    *("authorization_login.digest", "authorization_login.consent"),
    *(
        f"{table}.{name}_digest"
        for table in ("subscription", "workspace", "endpoint")
        for name in ("primary", "secondary")
    ),
}
"""Bytes that are no ciphertext."""
MASTERS = ("11" * 32, "22" * 32)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path)
    store = open_store(settings)
    with store.writing() as transaction:
        instance.create(transaction, SystemChance(), DEMO)
        noun = NamedValue(id="n", display_name="n", value="hidden", secret=True)
        NAMED_VALUES.insert(transaction, noun)
    store.engine.dispose()
    return settings


def secrets_of(settings: Settings) -> tuple[Keys, str | None]:
    store = open_store(settings)
    with store.reading() as transaction:
        found = NAMED_VALUES.get(transaction, "n").noun.value
        keys = keys_of(transaction, ALL_ACCESS)
    store.engine.dispose()
    return keys, found


def rotate(settings: Settings, *words: str, **variables: str) -> Result:
    command = ["secrets", "rotate", "--data", str(settings.data), *words]
    return CliRunner().invoke(bramka, command, env=variables)


def test_every_encrypted_column_is_known() -> None:
    there = {
        f"{table.name}.{column.name}"
        for table in metadata("state").tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    known = {f"{one.table.name}.{one.column}" for one in sealed_columns()}
    assert there == known | PLAIN


def test_secrets_are_the_same_under_another_key(settings: Settings) -> None:
    before, key = secrets_of(settings), open_secrets(settings.data).encryption_key
    done = rotate(settings)
    assert done.exit_code == 0, done.output
    assert "3 secrets are encrypted" in done.output
    assert secrets_of(settings) == before
    assert open_secrets(settings.data).encryption_key != key
    assert open_secrets(settings.data).other_keys == ()


@pytest.mark.parametrize("killed_at", ["reseal", "_exchange", "put_secret"])
def test_a_rotation_that_was_killed_is_gone_on_with(
    killed_at: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    before = secrets_of(settings)
    with monkeypatch.context() as patch:
        patch.setattr(rotation, killed_at, kill)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate(settings)
    assert secrets_of(settings) == before
    assert rotate(settings).exit_code == 0
    assert secrets_of(settings) == before
    assert open_secrets(settings.data).other_keys == ()


def test_one_damaged_secret_stops_it_and_changes_nothing(settings: Settings) -> None:
    store = open_store(settings)
    table = SUBSCRIPTIONS.table
    with store.writing() as transaction:
        damaged = update(table).values(secondary_key=b"\x01aaaa" + b"x" * 40)
        transaction.connection.execute(damaged)
    before = [str(one.encryption_key) for one in [open_secrets(settings.data)]]
    assert rotate(settings).exit_code == 1
    with store.reading() as transaction:
        assert NAMED_VALUES.get(transaction, "n").noun.value == "hidden"
        found = transaction.connection.scalar(select(table.c.secondary_key))
    assert found == b"\x01aaaa" + b"x" * 40
    assert [str(open_secrets(settings.data).encryption_key)] == before
    store.engine.dispose()


def test_what_runs_is_left_alone(settings: Settings) -> None:
    with lock_folder(settings.data):
        assert "in use by another `bramka up`" in rotate(settings).output


def test_roles_of_other_machines_are_named_and_left_alone(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with new_database("postgresql", tmp_path, request, "demo") as url:
        here, there = tmp_path / "here", tmp_path / "there"
        settings = Settings(data=here, database=url)
        elsewhere = Settings(data=there, database=url)
        words = ("--data", str(here), "--database", url)
        with present(elsewhere, "worker"), present(elsewhere, "services"):
            rotated = CliRunner().invoke(bramka, ["secrets", "rotate", *words])
            assert rotated.exit_code == 1
            assert f"worker on {socket.gethostname()} (process " in rotated.output
            assert "services on" in rotated.output
            restored = ["restore", str(tmp_path / "kept"), "--replace", *words]
            (tmp_path / "kept").mkdir()
            assert "worker on" in CliRunner().invoke(bramka, restored).output
            with pytest.raises(Conflict, match=r"services on .+ heard of \d+ s ago"):
                refuse_others(settings)
        refuse_others(settings)
        gone = Presence(id="g", role="worker", host="far", process=7)
        engine = open_database(url)
        with writing(engine) as connection:
            beat(connection, gone)
            seen = PRESENCE.c.seen - SILENT_SECONDS
            connection.execute(update(PRESENCE).values(seen=seen))
        engine.dispose()
        refuse_others(settings)


def test_a_master_key_wraps_and_can_be_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = secrets_of(settings)
    file = settings.data / "secrets" / KEY
    assert rotate(settings, "--wrap-only", BRAMKA_MASTER_KEY=MASTERS[0]).exit_code == 0
    assert file.read_text("ascii").startswith("wrapped:")
    with pytest.raises(Forbidden, match="BRAMKA_MASTER_KEY"):
        open_secrets(settings.data)
    changed = rotate(
        settings,
        "--wrap-only",
        BRAMKA_MASTER_KEY=MASTERS[1],
        BRAMKA_OLD_MASTER_KEY=MASTERS[0],
    )
    assert changed.exit_code == 0, changed.output
    monkeypatch.setenv("BRAMKA_MASTER_KEY", MASTERS[1])
    assert secrets_of(settings) == before
    assert rotate(settings).exit_code == 0
    assert secrets_of(settings) == before
