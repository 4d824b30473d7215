"""What machines share besides the database: packages, and parts of batch jobs."""

import functools
import sys
from pathlib import Path

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.settings import Settings
from bramka.blobs.folder_store import FolderBlobs
from bramka.blobs.object_store import open_address
from bramka.domain.blob import BlobStore
from bramka.domain.learning.model import Loaded
from bramka.studio.package_store import PackageStore
from bramka.studio.scorer import Scorer
from bramka.studio.scorer_process import Nursery
from bramka.studio.scoring_function import Rooms

# -P: the folder somebody started us in is no place to import from.
SCORER = (sys.executable, "-P", "-m", "bramka.app.worker.scorer")


def open_packages(
    settings: Settings, rooms: Rooms | None = None, nursery: Nursery | None = None
) -> PackageStore:
    """Published packages; in `rooms` their scripts have warm processes.

    Processes of own models come from the nursery, if there is one.
    """
    shared = _below(settings, "") if settings.storage else None
    scorers = functools.partial(new_scorer, nursery=nursery)
    return PackageStore(packages_folder(settings), shared, scorers, rooms)


def packages_folder(settings: Settings) -> Path:
    """Where packages lie on this machine."""
    return settings.data / "packages"


def new_scorer(loaded: Loaded, name: str, nursery: Nursery | None = None) -> Scorer:
    """A process for a model of somebody's own; it starts when it is first needed."""
    return Scorer(SCORER, SystemClock(), loaded, name, nursery=nursery)


def open_staging(settings: Settings) -> BlobStore:
    """Parts of batch jobs that are not finished."""
    return _below(settings, "staging")


def staging_folder(settings: Settings) -> Path | None:
    """Where the parts lie, if that is a folder."""
    if "://" in settings.storage:
        return None
    return Path(settings.storage or settings.data) / "staging"


def shared_folder(settings: Settings, name: str) -> Path:
    """Where the studio keeps files; on one machine unless the storage is a folder."""
    shared = settings.storage if "://" not in settings.storage else ""
    return Path(shared or settings.data) / name


def _below(settings: Settings, name: str) -> BlobStore:
    if "://" in settings.storage:
        return open_address(f"{settings.storage.rstrip('/')}/{name}".rstrip("/"))
    return FolderBlobs(Path(settings.storage or settings.data) / name, SystemChance())
