"""Backups: everything comes back, from either database to either."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient
from click.testing import CliRunner, Result
from msgspec.json import decode, encode
from sqlalchemy import select
from tests.blobs.conftest import listening
from tests.databases import KINDS, new_database, new_store

from bramka.app.blobs import ACCOUNT
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.keeping.backup import PASSING, back_up, opened, restore
from bramka.app.keeping.secrets import Secrets, open_secrets, put_secrets
from bramka.app.settings import Settings
from bramka.blobs.endpoint import make_app
from bramka.blobs.folder_store import FolderBlobs
from bramka.cli.main import bramka
from bramka.domain.traffic.subscription import ALL_ACCESS
from bramka.domain.traffic.usage import Batch, Row
from bramka.store.change import note_change
from bramka.store.database import open_database, reading, writing
from bramka.store.rows import tables_of
from bramka.store.schema import metadata, prepare_usage
from bramka.store.subscription import SUBSCRIPTIONS, keys_of
from bramka.store.usage import ingest

KEYS = Secrets(
    pepper=b"p" * 32,
    gateway_token="ab" * 32,
    encryption_key=b"k" * 32,
    blob_account_key="A" * 86 + "==",
)
PASSPHRASE = "correct horse battery"


def run(settings: Settings, *words: str, passphrase: str = "") -> Result:
    flags = ["--data", str(settings.data), "--database", settings.database]
    usage = ["--usage-database", settings.usage_database]
    usage = [] if words[0] == "init" else usage
    environment = {"BRAMKA_PASSPHRASE": passphrase}
    return CliRunner().invoke(bramka, [*words, *flags, *usage], env=environment)


def installation(folder: Path, database: str = "") -> Settings:
    return Settings(data=folder, database=database)


def filled(settings: Settings) -> Settings:
    """An instance with an API, a subscription, usage and a package."""
    words = ("--name", "shop", "--organization", "Books", "--admin-email", "a@b.pl")
    assert run(settings, "init", *words).exit_code == 0
    keys = ("--set", "displayName=Mine", "--set", "scope=/products/starter")
    key = ("--set", "primaryKey=the-first-key", "--set", "state=active")
    made = run(settings, "subscription", "create", "mine", *keys, *key)
    assert made.exit_code == 0, made.output
    count(settings)
    package = settings.data / "packages" / "abc" / "package.json"
    package.parent.mkdir(parents=True)
    package.write_bytes(b"model" * 1000)
    return settings


def count(settings: Settings) -> None:
    engine = open_database(settings.usage_database)
    prepare_usage(engine)
    with writing(engine) as connection:
        rows = (Row(minute=5, api="echo", success=3, histogram={7: 3}),)
        ingest(connection, Batch(gateway="g", batch="b", rows=rows), 1.0)
    engine.dispose()


def content(settings: Settings) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    urls = (("state", settings.database), ("usage", settings.usage_database))
    for part, url in urls:
        engine = open_database(url)
        with reading(engine) as connection:
            for name in tables_of(part):  # type: ignore[arg-type] # the two parts
                table = metadata(part).tables[name]  # type: ignore[arg-type] # as above
                rows = connection.execute(select(table)).all()
                if name not in PASSING:
                    found[name] = sorted(
                        encode(list(row), order="sorted") for row in rows
                    )
        engine.dispose()
    return found


@pytest.mark.parametrize(("out_of", "into"), [KINDS, KINDS[::-1]])
def test_everything_comes_back(
    out_of: str, into: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    with (
        new_database(out_of, folders[0], request, "demo") as first_url,
        new_database(into, folders[1], request, "nothing") as second_url,
        opened(str(tmp_path / "saved.tar"), writes=True) as place,
    ):
        first = Settings(data=folders[0], database=first_url)
        put_secrets(first.data, KEYS)
        with new_store(first_url) as store, store.writing() as transaction:
            before = SUBSCRIPTIONS.all(transaction)
            keys = keys_of(transaction, ALL_ACCESS)
        count(first)
        back_up(first, place, PASSPHRASE)
        second = Settings(data=folders[1], database=second_url)
        restore(second, place, PASSPHRASE)
        assert content(second) == content(first)
        assert open_secrets(second.data).pepper == KEYS.pepper
        with new_store(second_url) as store, store.writing() as transaction:
            assert SUBSCRIPTIONS.all(transaction) == before
            assert keys_of(transaction, ALL_ACCESS) == keys
            # Numbers that the database draws go on where they were.
            note_change(transaction, "product", "starter")


def test_without_a_passphrase_the_keys_stay_behind(tmp_path: Path) -> None:
    settings = filled(installation(tmp_path / "first"))
    place = tmp_path / "saved"
    made = run(settings, "backup", str(place))
    assert "Left out: the keys" in made.output
    secrets = [
        path.read_text("ascii").strip().encode()
        for path in (settings.data / "secrets").iterdir()
    ]
    for path in place.rglob("*"):
        if path.is_file():
            saved = path.read_bytes()
            assert b"the-first-key" not in saved
            assert not any(one in saved or bytes(one[:8]) in saved for one in secrets)
    assert not (place / "secrets.sealed").exists()


def test_a_place_may_be_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = {ACCOUNT: KEYS.blob_account_key}
    blobs = make_app(tmp_path / "blobs", accounts, SystemClock(), SystemChance())
    settings = filled(installation(tmp_path / "first"))
    with listening(blobs) as url:
        container = ContainerClient(
            f"{url}/{ACCOUNT}", "backups", KEYS.blob_account_key
        )
        container.create_container()
        container.close()
        monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", f"{url}/{ACCOUNT}")
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEYS.blob_account_key)
        monkeypatch.setenv("AZURE_ALLOW_HTTP", "true")
        place = "az://backups/monday"
        assert run(settings, "backup", place).exit_code == 0
        other = installation(tmp_path / "second")
        assert run(other, "restore", place).exit_code == 0
    assert content(other) == content(settings)


class WhileDeleting(FolderBlobs):
    """A place to write to, while others delete a service that is not saved yet."""

    package: Path

    def write(self, path: str, content: Iterable[bytes]) -> None:
        super().write(path, content)
        if path.startswith("packages/"):
            shutil.rmtree(self.package, ignore_errors=True)


def test_what_is_deleted_meanwhile_is_left_out(tmp_path: Path) -> None:
    settings = filled(installation(tmp_path / "first"))
    package = settings.data / "packages" / "deleted"
    package.mkdir()
    (package / "package.json").write_bytes(b"model")
    place = WhileDeleting(tmp_path / "saved", SystemChance())
    place.package = package
    made = back_up(settings, place)
    assert list(place.names("packages/")) == ["packages/abc/package.json"]
    other = installation(tmp_path / "second")
    assert restore(other, place).files == made.files


def test_only_the_right_passphrase_opens(tmp_path: Path) -> None:
    settings = filled(installation(tmp_path / "first"))
    place = str(tmp_path / "saved")
    assert "12 or more" in run(settings, "backup", place, passphrase="short").output
    assert run(settings, "backup", place, passphrase=PASSPHRASE).exit_code == 0
    other = installation(tmp_path / "second")
    wrong = run(other, "restore", place, passphrase=f"{PASSPHRASE}!")
    assert "does not open" in wrong.output
    assert "give the passphrase" in run(other, "restore", place).output
    assert not (other.data / "state.db").exists()


def test_an_instance_is_only_replaced_when_told_to(tmp_path: Path) -> None:
    settings = filled(installation(tmp_path / "first"))
    place = str(tmp_path / "saved")
    run(settings, "backup", place)
    before = content(settings)
    assert "instance 'shop' already" in run(settings, "restore", place).output
    run(settings, "api", "delete", "echo")
    assert run(settings, "restore", place, "--replace").exit_code == 0
    after = content(settings)
    # Gateways that are ahead of the backup must see that nothing they have is so.
    changes = before.pop("configuration_change")
    (only,) = after.pop("configuration_change")
    assert decode(only)[0] > max(decode(change)[0] for change in changes) + 1
    assert after == before


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        ("manifest.json", None, "no whole backup"),
        ("manifest.json", b"{}", "cannot be read"),
        ("state/product/00000000.rows", None, "0 rows of 'product', not 2"),
        ("state/product/00000000.rows", b"\x00", "cannot be read"),
        ("state/product/00000000.rows", b"\x91\x81\xa1x\x01", "no column 'x'"),
    ],
)
def test_a_backup_that_is_not_whole_changes_nothing(
    path: str, change: bytes | None, told: str, tmp_path: Path
) -> None:
    settings = filled(installation(tmp_path / "first"))
    place = tmp_path / "saved"
    run(settings, "backup", str(place))
    before = content(settings)
    if change is None:
        (place / path).unlink()
    else:
        (place / path).write_bytes(change)
    assert told in run(settings, "restore", str(place), "--replace").output
    assert content(settings) == before
