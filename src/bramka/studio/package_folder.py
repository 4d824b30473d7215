"""A package on disk: an immutable folder, named after the hash of what it says."""

import os
import shutil
from pathlib import Path
from threading import get_ident
from typing import Literal

import msgspec
from msgspec import Struct

from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.learning.compiled import Compilation
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.model import Model
from bramka.domain.learning.service import Definition
from bramka.domain.learning.value import Value
from bramka.domain.learning.value_file import digest_of, value_from

FORMAT = 1
FILE = "package.json"


class Part(Struct, frozen=True, kw_only=True):
    """One file of a package: what stands on a port for every call."""

    port: str
    file: str
    sha256: str


class Marked(Struct, frozen=True, kw_only=True):
    """What package.json says in every format."""

    format: int
    kind: Literal["graph", "model"] = "graph"


class Contents(Marked, frozen=True, kw_only=True):
    """What package.json says; its SHA-256 is the package's hash."""

    experiment: Experiment
    definition: Definition
    row_wise: bool
    parts: tuple[Part, ...]
    libraries: dict[str, str]


class ModelContents(Marked, frozen=True, kw_only=True):
    """The same for a model of somebody's own, which a scorer process calls."""

    definition: Definition
    model: Model
    row_wise: bool
    parts: tuple[Part, ...]
    libraries: dict[str, str]
    compilation: Compilation | None = None
    """How the model is scored; None for those that are never compiled."""
    together: bool = False
    """Whether a row among others gives the bits that it gives alone."""


class Sealed(Struct, frozen=True, kw_only=True):
    """The file itself; the hash is that of the contents as they stand there."""

    sha256: str
    contents: object


class Package(Struct, frozen=True, kw_only=True):
    """A package that is not written yet; the same experiment gives the same hash."""

    contents: Contents | ModelContents
    files: dict[str, bytes]

    @property
    def hash(self) -> str:
        return digest_of(msgspec.json.decode(msgspec.json.encode(self.contents)))


def write(folder: Path, package: Package) -> str:
    """Write a package whole or not at all, and tell its hash.

    Written again the same is fine; another one in the same place is a Conflict.
    """
    for name in package.files:
        if name == FILE or Path(name).name != name:
            raise Invalid(f"'{name[:100]}' cannot be the name of a package's file.")
    if folder.exists():
        return _standing(folder, package)
    draft = draft_of(folder)
    sealed = Sealed(sha256=package.hash, contents=package.contents)
    text = msgspec.json.format(msgspec.json.encode(sealed), indent=2)
    for name, content in {**package.files, FILE: text}.items():
        _write_down(draft / name, content)
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        # Somebody else published the same at the same time.
        shutil.rmtree(draft)
        return _standing(folder, package)
    _sync(folder.parent)
    return package.hash


def draft_of(folder: Path) -> Path:
    """An empty folder beside `folder`, for this thread to make it in."""
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.{get_ident()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    return draft


def _standing(folder: Path, package: Package) -> str:
    if _sealed(folder).sha256 == package.hash:
        return package.hash
    raise Conflict(f"Folder {folder.name!r} holds another package already.")


def _sealed(folder: Path) -> Sealed:
    try:
        sealed = msgspec.json.decode((folder / FILE).read_bytes(), type=Sealed)
    except FileNotFoundError:
        raise Missing(f"There is no package {folder.name!r}.") from None
    except msgspec.MsgspecError as error:
        raise Invalid(f"Package {folder.name!r} is damaged: {error}") from None
    if digest_of(sealed.contents) != sealed.sha256:
        raise Invalid(f"Package {folder.name!r} is damaged: {FILE} was changed.")
    return sealed


def check_name(folder: Path) -> None:
    """Invalid unless a folder holds the package that it is named after."""
    found = _sealed(folder).sha256
    if found != folder.name:
        raise Invalid(
            f"Package {folder.name!r} is damaged: it holds package {found!r}. Publish "
            "the service again."
        )


def contents_in(folder: Path) -> Contents | ModelContents:
    """What a package says; Invalid if that was changed."""
    sealed = _sealed(folder)
    marked = msgspec.convert(sealed.contents, Marked)
    found = marked.format
    if found != FORMAT:
        raise Invalid(
            f"Package {folder.name!r} has format {found}; this version reads "
            f"format {FORMAT}. Publish the experiment again."
        )
    if marked.kind == "model":
        return msgspec.convert(sealed.contents, ModelContents)
    return msgspec.convert(sealed.contents, Contents)


def value_of(folder: Path, part: Part) -> Value:
    """What stands on a port for every call."""
    return value_from(content_of(folder, part))


def content_of(folder: Path, part: Part) -> bytes:
    """A file of a package; Invalid if it is not what was published."""
    try:
        content = (folder / part.file).read_bytes()
    except FileNotFoundError:
        content = b""
    if digest_of(content) != part.sha256:
        raise Invalid(f"Package {folder.name!r} is damaged: {part.file} was changed.")
    return content


def _write_down(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
