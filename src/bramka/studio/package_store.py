"""Where packages are kept: a folder of this machine, and what machines share."""

import shutil
from pathlib import Path

from bramka.domain.blob import BlobStore
from bramka.domain.errors import Missing
from bramka.domain.learning.experiment import Catalogue
from bramka.studio.package import Scorers, Scoring
from bramka.studio.package import load as load_package
from bramka.studio.package_folder import (
    FILE,
    Package,
    check_name,
    draft_of,
    write,
)
from bramka.studio.scoring_function import Rooms

PREFIX = "packages"
PIECE = 8 * 1024 * 1024


class PackageStore:
    """Packages by their hash; what this machine lacks is fetched from the others'.

    `shared` is None where one machine, or one folder, is all there is.
    """

    def __init__(
        self,
        folder: Path,
        shared: BlobStore | None = None,
        scorers: Scorers | None = None,
        rooms: Rooms | None = None,
    ) -> None:
        self._folder = folder
        self._scorers = scorers
        self._rooms = rooms
        self._shared = shared

    def __repr__(self) -> str:
        return f"<PackageStore: {self._folder}>"

    def keep(self, package: Package) -> str:
        """Write a package where every machine finds it, and tell its hash."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = write(self._folder / package.hash, package)
        if self._shared is not None:
            # The file that makes a package of the others goes last.
            for file in [*sorted(package.files), FILE]:
                content = (self._folder / name / file).read_bytes()
                self._shared.write(f"{PREFIX}/{name}/{file}", [content])
        return name

    def load(self, name: str, catalogue: Catalogue) -> Scoring:
        """The scoring function in a package; Missing if no machine has it."""
        folder = self.folder_of(name)
        # Whoever changes a package can seal it again, but not under its old name.
        check_name(folder)
        return load_package(folder, catalogue, self._scorers, self._rooms)

    def folder_of(self, name: str) -> Path:
        """The folder of a package on this machine, fetched if need be."""
        folder = self._folder / name
        if not folder.exists() and self._shared is not None:
            self._fetch(self._shared, name, folder)
        return folder

    def _fetch(self, shared: BlobStore, name: str, folder: Path) -> None:
        start = f"{PREFIX}/{name}/"
        paths = list(shared.names(start))
        if start + FILE not in paths:
            raise Missing(f"There is no package {name!r}.")
        draft = draft_of(folder)
        for path in paths:
            with (draft / path.removeprefix(start)).open("wb") as file:
                for at in range(0, shared.size(path), PIECE):
                    file.write(shared.read(path, at, PIECE))
        try:
            draft.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            # Another process of this machine was first with the same package.
            shutil.rmtree(draft)
