"""A local folder as a blob store whose writes survive a power cut.

Each write goes to a reserved name, is synced, renamed, and its folder synced. Folders
are opened one by one and links are never followed, so a name stays inside.
"""

import errno
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bramka.blobs.refusal import blob_not_found, invalid_location
from bramka.domain.clock import Chance
from bramka.domain.errors import BramkaError, Unavailable

log = logging.getLogger(__name__)

RESERVED = ".bramka-part-"
"""Names that begin so are writes in progress; no blob is called so."""

ROOM = "free space on its disk or raise its quota; what waits then goes on by itself"
REMEDIES = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EROFS: "make its disk writable; what waits then goes on by itself",
}
"""What to do about an error of the disk."""

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FolderBlobs:
    """Blobs as plain files under a folder; paths are names in it."""

    def __init__(self, folder: Path, chance: Chance) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._chance = chance

    def __repr__(self) -> str:
        return f"<FolderBlobs: {self._folder}>"

    def size(self, path: str) -> int:
        with self._opened(path) as file:
            return os.fstat(file).st_size

    def version(self, path: str) -> str:
        with self._opened(path) as file:
            found = os.fstat(file)
            return f"{found.st_ino}-{found.st_mtime_ns}-{found.st_size}"

    def read(self, path: str, start: int, length: int) -> bytes:
        content = bytearray()
        with self._opened(path) as file:
            while len(content) < length:
                piece = os.pread(file, length - len(content), start + len(content))
                if not piece:
                    break
                content += piece
        return bytes(content)

    def write(self, path: str, content: Iterable[bytes]) -> None:
        with self._mapped(path), self._folder_of(path, make=True) as (folder, name):
            draft = f"{RESERVED}{self._chance.hex(8)}"
            file = os.open(draft, WRITE, 0o600, dir_fd=folder)
            try:
                with os.fdopen(file, "wb") as stream:
                    for piece in content:
                        stream.write(piece)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(draft, dir_fd=folder)
                raise
            os.fsync(folder)

    def delete(self, path: str) -> None:
        try:
            with self._mapped(path), self._folder_of(path) as (folder, name):
                os.unlink(name, dir_fd=folder)
                os.fsync(folder)
        except BramkaError as error:
            if error.code != "ResourceNotFound":
                raise

    def names(self, prefix: str) -> Iterator[str]:
        found = (path for path, _ in self._files() if path.startswith(prefix))
        return iter(sorted(path for path in found if not _is_reserved(path)))

    def sweep(self, before: float) -> int:
        """Remove writes that a crash left unfinished before a moment; their number."""
        left = [
            path
            for path, modified in self._files()
            if _is_reserved(path) and modified < before
        ]
        for path in left:
            (self._folder / path).unlink(missing_ok=True)
        return len(left)

    def _files(self) -> Iterator[tuple[str, float]]:
        # os.walk does not enter linked folders; linked files are passed over here.
        for folder, _, files in os.walk(self._folder):
            for name in files:
                path = Path(folder, name)
                with suppress(FileNotFoundError):
                    if not path.is_symlink():
                        relative = path.relative_to(self._folder).as_posix()
                        yield relative, path.stat().st_mtime

    @contextmanager
    def _opened(self, path: str) -> Iterator[int]:
        with self._mapped(path), self._folder_of(path) as (folder, name):
            file = os.open(name, READ, dir_fd=folder)
            try:
                yield file
            finally:
                os.close(file)

    @contextmanager
    def _folder_of(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The open folder a name is in, and the last part of the name."""
        *folders, name = _segments(path)
        with ExitStack() as opened:
            folder = os.open(self._folder, FOLDER)
            opened.callback(os.close, folder)
            for segment in folders:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(segment, 0o700, dir_fd=folder)
                        os.fsync(folder)
                folder = os.open(segment, FOLDER, dir_fd=folder)
                opened.callback(os.close, folder)
            yield folder, name

    @contextmanager
    def _mapped(self, path: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise blob_not_found(path, "BlobNotFound") from None
        except (NotADirectoryError, IsADirectoryError):
            raise invalid_location(f"{path!r} is both a blob and a folder.") from None
        except OSError as problem:
            # Where our files lie is for whoever runs us: a job's status tells callers.
            log.warning("%s in %s: %s", path, self._folder, problem.strerror)
            raise _refused(problem) from None


def _refused(problem: OSError) -> Unavailable:
    """What a caller may know of a disk, and what is to be done."""
    found = f"The disk of the storage refused a file: {problem.strerror}."
    remedy = REMEDIES.get(problem.errno or 0, "its log names the file and the folder")
    return Unavailable(f"{found} Whoever runs it: {remedy}.")


def _segments(path: str) -> list[str]:
    segments = path.split("/")
    for segment in segments:
        if segment in {"", ".", ".."} or "\x00" in segment or "\\" in segment:
            raise invalid_location(f"{path!r} does not name a file inside the folder.")
        if segment.startswith(RESERVED):
            raise invalid_location(f"{path!r}: names like {RESERVED}… are reserved.")
    return segments


def _is_reserved(path: str) -> bool:
    return path.rpartition("/")[2].startswith(RESERVED)
