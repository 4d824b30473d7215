"""Backup and restore: every table as rows, packages, datasets, secrets if asked for.

A backup is a set of named files: in a folder, in one `.tar`, or in object storage.
`manifest.json` is written last, so a backup without it is none.
"""

import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Table, select

from bramka import __version__
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.keeping.sealed_secrets import open_sealed, seal
from bramka.app.keeping.secrets import Secrets, open_secrets, put_secrets
from bramka.app.settings import Settings
from bramka.app.shared import shared_folder
from bramka.blobs.folder_store import FolderBlobs
from bramka.blobs.object_store import open_address
from bramka.domain.blob import BlobStore
from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.store.database import open_database, reading, writing
from bramka.store.instance import INSTANCES
from bramka.store.rows import dump, load, make_room, replacing, tables_of
from bramka.store.schema import Part, newest, prepare, prepare_usage, revision_of

FORMAT = 1
MANIFEST, SECRETS = "manifest.json", "secrets.sealed"
PARTS: tuple[Part, ...] = get_args(Part)
PASSING = frozenset(
    (
        *("account_link", "attempts", "authorization_login", "errand", "presence"),
        "session",
    )
)
"""Tables of what lasts for hours: nobody wants it back."""
PIECE = 4 * 1024 * 1024


class Manifest(Struct, frozen=True, rename="camel", kw_only=True):
    """What a backup holds."""

    format: Literal[1] = 1
    product: str = f"bramka {__version__}"
    created: float
    revisions: dict[str, str]
    """Part → revision of its schema."""
    rows: dict[str, int]
    """Table, with its part before it → its rows."""
    files: int
    secrets: bool


def back_up(settings: Settings, place: BlobStore, passphrase: str = "") -> Manifest:
    """Write everything to `place`; gateways and the rest may go on meanwhile."""
    revisions: dict[str, str] = {}
    rows: dict[str, int] = {}
    for part, engine in _engines(settings):
        with reading(engine) as connection:
            revisions[part] = revision_of(connection, part) or ""
            for table in set(tables_of(part)) - PASSING:
                name = f"{part}/{table}"
                rows[name] = _write_rows(connection, part, table, place)
        engine.dispose()
    files = sum(
        _copy_folder(folder, place, name) for name, folder in _folders(settings)
    )
    if passphrase:
        box = seal(msgspec.json.encode(open_secrets(settings.data)), passphrase)
        place.write(SECRETS, [box])
    manifest = Manifest(
        created=SystemClock().now(),
        revisions=revisions,
        rows=rows,
        files=files,
        secrets=bool(passphrase),
    )
    place.write(MANIFEST, [msgspec.json.format(msgspec.json.encode(manifest))])
    return manifest


def restore(
    settings: Settings,
    place: BlobStore,
    passphrase: str = "",
    *,
    replace: bool = False,
    settle: Callable[[Connection], None] | None = None,
) -> Manifest:
    """Make everything what the backup says; there must be no instance, or `replace`.

    `settle` has the last word in the transaction that restores the state.
    """
    manifest = read_manifest(place)
    keys = _secrets_of(place, manifest, passphrase)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engines = dict(_engines(settings, prepared=False))
    try:
        if not replace:
            _refuse_instance(engines["state"])
        for part, engine in engines.items():
            with writing(engine) as connection:
                with replacing(connection, part):
                    _load_part(connection, part, place, manifest)
                if settle is not None and part == "state":
                    settle(connection)
        prepare(engines["state"])
        prepare_usage(engines["usage"])
    finally:
        for engine in engines.values():
            engine.dispose()
    for name, folder in _folders(settings):
        _copy_back(place, name, folder)
    if keys is not None:
        put_secrets(settings.data, keys)
    return manifest


def read_manifest(place: BlobStore) -> Manifest:
    """What the backup says of itself; Missing or Invalid if it is none."""
    try:
        text = place.read(MANIFEST, 0, place.size(MANIFEST))
    except Missing:
        raise Missing(f"There is no whole backup: {MANIFEST} is not there.") from None
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise Invalid(f"{MANIFEST} cannot be read: {error}") from None
    for part in PARTS:
        revision, known = manifest.revisions.get(part, ""), newest(part) or ""
        if not "0001" <= revision <= known:
            raise Invalid(
                f"The backup is of {part} schema '{revision}'; this version of Bramka "
                f"knows up to {known}. Restore with {manifest.product} or newer."
            )
    return manifest


@contextmanager
def opened(place: str, *, writes: bool) -> Iterator[BlobStore]:
    """The files of a backup: at an address with `://`, in a `.tar`, or in a folder."""
    if not place:
        raise Invalid("The place of a backup is empty; name a folder, a .tar or a URL.")
    if "://" in place:
        yield open_address(place)
        return
    if not place.endswith(".tar"):
        if not writes and not Path(place).is_dir():
            raise Missing(f"There is no folder {place}; name the one of a backup.")
        yield FolderBlobs(Path(place), SystemChance())
        return
    with tempfile.TemporaryDirectory(prefix="bramka-backup-") as folder:
        if not writes:
            _unpack(place, folder)
        yield FolderBlobs(Path(folder), SystemChance())
        if writes:
            _pack(place, folder)


def _pack(place: str, folder: str) -> None:
    draft = Path(f"{place}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            tarfile.open(fileobj=file, mode="w") as archive,
        ):
            archive.add(folder, arcname=".")
    except BaseException:
        # On a full disk it would only be in the way.
        draft.unlink()
        raise
    draft.replace(place)


def _unpack(place: str, folder: str) -> None:
    try:
        with tarfile.open(place, "r:") as archive:
            archive.extractall(folder, filter="data")
    except FileNotFoundError:
        raise Missing(f"There is no file {place}; name that of a backup.") from None
    except (tarfile.TarError, OSError) as error:
        raise Invalid(f"{place} cannot be read: {error}") from None


def _engines(
    settings: Settings, *, prepared: bool = True
) -> Iterator[tuple[Part, Engine]]:
    prepares: dict[Part, Callable[[Engine], None]] = {
        "state": prepare,
        "usage": prepare_usage,
    }
    urls = {"state": settings.database, "usage": settings.usage_database}
    for part in PARTS:
        engine = open_database(urls[part])
        if prepared:
            prepares[part](engine)
        yield part, engine


def _folders(settings: Settings) -> list[tuple[str, Path]]:
    packages = settings.data / "packages"
    return [("packages", packages), ("studio", shared_folder(settings, "studio"))]


def _write_rows(
    connection: Connection, part: Part, table: str, place: BlobStore
) -> int:
    count = 0
    for number, piece in enumerate(dump(connection, part, table)):
        place.write(f"{part}/{table}/{number:08}.rows", [piece])
        count += len(msgspec.msgpack.decode(piece))
    return count


def _load_part(
    connection: Connection, part: Part, place: BlobStore, manifest: Manifest
) -> None:
    made = make_room(connection, part, manifest.revisions[part])
    for name in tables_of(part):
        wanted = manifest.rows.get(f"{part}/{name}", 0)
        if wanted:
            pieces = _pieces_in(place, f"{part}/{name}/")
            _load_all(connection, made.get(name), name, pieces, wanted)


def _pieces_in(place: BlobStore, prefix: str) -> Iterator[bytes]:
    for name in sorted(place.names(prefix)):
        yield place.read(name, 0, place.size(name))


def _load_all(
    connection: Connection,
    table: Table | None,
    name: str,
    pieces: Iterator[bytes],
    wanted: int,
) -> None:
    if table is None:
        raise Invalid(f"The backup has rows of '{name}', which its schema has not.")
    count = sum(load(connection, table, piece) for piece in pieces)
    if count != wanted:
        raise Invalid(f"The backup has {count} rows of '{name}', not {wanted}.")


def _copy_folder(folder: Path, place: BlobStore, name: str) -> int:
    # What others delete meanwhile is left out; os.walk passes over folders that went.
    walked = os.walk(folder)
    paths = sorted(Path(where, file) for where, _, files in walked for file in files)
    count = 0
    for path in paths:
        if path.is_symlink():
            continue
        with suppress(FileNotFoundError), path.open("rb") as file:
            count += 1
            place.write(f"{name}/{path.relative_to(folder)}", _pieces_of(file))
    return count


def pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from _pieces_of(file)


def _pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _copy_back(place: BlobStore, name: str, folder: Path) -> None:
    into = FolderBlobs(folder, SystemChance())
    for path in place.names(f"{name}/"):
        size = place.size(path)
        pieces = (place.read(path, at, PIECE) for at in range(0, size, PIECE))
        into.write(path.removeprefix(f"{name}/"), pieces)


def _secrets_of(
    place: BlobStore, manifest: Manifest, passphrase: str
) -> Secrets | None:
    if not manifest.secrets:
        return None
    if not passphrase:
        raise Invalid("The backup holds secrets; give the passphrase it was made with.")
    plain = open_sealed(place.read(SECRETS, 0, place.size(SECRETS)), passphrase)
    return msgspec.json.decode(plain, type=Secrets)


def _refuse_instance(engine: Engine) -> None:
    with reading(engine) as connection:
        if revision_of(connection, "state") is None:
            return
        found = connection.scalar(select(INSTANCES.column.name))
    if found is not None:
        raise Conflict(
            f"There is the instance '{found}' already; --replace deletes it first."
        )
