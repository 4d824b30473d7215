"""Reading and writing outside of an experiment: addresses, and blobs with wildcards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import translate

from bramka.domain.blob import BlobStore
from bramka.domain.errors import BramkaError, Missing
from bramka.domain.learning.module import Ports
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.outside import Outside

LARGEST = 2 << 30
MOST_BLOBS = 1_000
_PIECE = 8 << 20
_WILD = re.compile(r"[*?]")


def no_way(_inputs: Ports, _settings: object) -> Ports:
    """What a module that needs the outside does where there is none."""
    raise ModuleError(
        30,
        "Error while downloading the file: this run may not read or write outside; "
        "run the experiment on a worker.",
    )


def fetched(outside: Outside, address: str) -> bytes:
    """A document; Error 0029 for what is no address, 0030 for what cannot be read."""
    if not re.match(r"https?://[^/]", address, re.IGNORECASE):
        raise ModuleError(
            29, f'Invalid Uri is passed. "{address[:200]}" is not http or https.'
        )
    with told_as_download():
        return outside.fetch(address)


def blobs_at(store: BlobStore, path: str) -> list[bytes]:
    """The blob at a path, or those that a path with `*` and `?` means, in order."""
    return list(named_blobs_at(store, path).values())


def named_blobs_at(
    store: BlobStore, path: str, most: int = MOST_BLOBS
) -> dict[str, bytes]:
    """The same by their paths."""
    with told_as_download():
        if not _WILD.search(path):
            return {path: _whole(store, path)}
        start = _WILD.split(path)[0]
        wanted = re.compile(translate(path))
        names = [name for name in store.names(start) if wanted.match(name)]
        if not 0 < len(names) <= most:
            raise ModuleError(
                30,
                f'Error while downloading the file: "{path}" means {len(names)} '
                f"blobs; it should mean 1 to {most}.",
            )
        return {name: _whole(store, name) for name in sorted(names)}


def exists(store: BlobStore, path: str) -> bool:
    """Whether there is such a blob."""
    try:
        store.size(path)
    except Missing:
        return False
    return True


def _whole(store: BlobStore, path: str) -> bytes:
    size = store.size(path)
    if size > LARGEST:
        raise ModuleError(
            30,
            f'Error while downloading the file: "{path}" has {size:,} bytes; at most '
            f"{LARGEST:,} fit.",
        )
    return b"".join(_pieces(store, path, size))


def _pieces(store: BlobStore, path: str, size: int) -> Iterator[bytes]:
    for start in range(0, size, _PIECE):
        yield store.read(path, start, min(_PIECE, size - start))


@contextmanager
def told_as_download() -> Iterator[None]:
    """Refusals from outside are Error 0030."""
    try:
        yield
    except ModuleError:
        raise
    except BramkaError as error:
        raise ModuleError(
            30, f"Error while downloading the file: {error.message}"
        ) from None
