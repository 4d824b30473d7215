"""A folder of artifacts as one ZIP file, which browsers can send and keep."""

import io
import zipfile
from collections.abc import Iterator, Mapping

from bramka.domain.damage import UNREADABLE
from bramka.domain.errors import Invalid
from bramka.domain.traffic.artifact import Files
from bramka.domain.traffic.artifact_kind import KINDS

MOST_FILES = 20_000
MOST_BYTES = 64 * 1024 * 1024
"""Unpacked: a small archive can hold a lot of nothing."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FOLDERS = frozenset(kind.folder for kind in KINDS)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as an archive; the same files are the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return packed.getvalue()


def unpack(content: bytes) -> Files:
    """The files of an archive; a single folder around them all is passed over."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = list(_entries(archive))
            files = {entry.filename: archive.read(entry) for entry in entries}
    except UNREADABLE as error:
        raise Invalid(
            f"The file is not a ZIP archive that can be read ({error}); send one that "
            "an export gave."
        ) from error
    if not files:
        raise Invalid("The archive holds no files; send one that an export gave.")
    return _without_root(files)


def _entries(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if _is_plain(entry)]
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or size > MOST_BYTES:
        raise Invalid(
            f"The archive holds {len(entries)} files of {size} bytes together; at most "
            f"{MOST_FILES} and {MOST_BYTES} are read. Import it in parts."
        )
    yield from entries


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a file of the folder, not a folder or something hidden."""
    parts = entry.filename.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not entry.is_dir() and not hidden


def _without_root(files: Files) -> Files:
    roots = {path.partition("/")[0] for path in files}
    root = next(iter(roots))
    around = len(roots) == 1 and all(path.startswith(f"{root}/") for path in files)
    if not around or root in _FOLDERS:
        return files
    return {path.removeprefix(f"{root}/"): files[path] for path in files}
