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
_COMPRESSED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways that unpack no more than they are asked for."""
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
            files = {entry.filename: _content(archive, entry) for entry in entries}
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
    for entry in entries:
        if entry.compress_type not in _COMPRESSED:
            raise Invalid(
                f"'{entry.filename[:100]}' is compressed in a way that is not read "
                "here; pack the folder as plain ZIP (stored or deflated)."
            )
    yield from entries


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A file, unpacked as far as it says to be long: it may lie."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size)
        # To the end, where the sum is compared.
        file.read(1)
    return content


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
