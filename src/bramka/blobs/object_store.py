"""Blob stores over obstore: Azure and what speaks like it, S3, GCS, a local folder.

For addresses that the operator chose. obstore follows redirects, so what a caller
names goes through `remote.py`.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    InvalidPathError,
    NotSupportedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import AzureStore, LocalStore, ObjectStore, from_url

from bramka.blobs.refusal import blob_forbidden, blob_not_found, invalid_blob
from bramka.domain.errors import BramkaError, Invalid, Unavailable

if TYPE_CHECKING:
    # obstore has these names for type checkers only.
    from obstore.store import AzureConfig, ClientConfig, RetryConfig

PIECE = 8 * 1024 * 1024
CONCURRENCY = 4
RETRY: "RetryConfig" = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=30),
}
CODE = re.compile(r"<Code>(\w+)</Code>")
STATUS = re.compile(r"status code: (\d{3})|\(code: (\d{3})\)")
REFUSALS = (
    AlreadyExistsError,
    PreconditionError,
    InvalidPathError,
    NotSupportedError,
    ValueError,
)


class ObjectBlobs:
    """A container, bucket or folder that obstore reaches; paths are names in it."""

    def __init__(self, store: ObjectStore, label: str) -> None:
        self._store = store
        self._label = label

    def __repr__(self) -> str:
        return f"<ObjectBlobs: {self._label}>"

    def size(self, path: str) -> int:
        with self._mapped(path):
            return int(obstore.head(self._store, path)["size"])

    def version(self, path: str) -> str:
        with self._mapped(path):
            return str(obstore.head(self._store, path)["e_tag"] or "")

    def read(self, path: str, start: int, length: int) -> bytes:
        if length <= 0:
            return b""
        try:
            with self._mapped(path):
                return bytes(
                    obstore.get_range(self._store, path, start=start, length=length)
                )
        except BramkaError:
            # A range behind the end is an error to obstore, and an empty read to us.
            if start >= self.size(path):
                return b""
            raise

    def write(self, path: str, content: Iterable[bytes]) -> None:
        pieces = iter(content)
        begun = bytearray()
        for piece in pieces:
            begun += piece
            if len(begun) >= PIECE:
                self._write_pieces(path, chain([bytes(begun)], pieces))
                return
        # One request instead of the three that an upload in pieces takes.
        with self._mapped(path):
            obstore.put(self._store, path, bytes(begun), use_multipart=False)

    def _write_pieces(self, path: str, pieces: Iterable[bytes]) -> None:
        source = Source(pieces)
        try:
            with self._mapped(path):
                obstore.put(
                    self._store,
                    path,
                    iter(source),
                    chunk_size=PIECE,
                    max_concurrency=CONCURRENCY,
                )
        except BramkaError:
            if source.problem is not None:
                raise source.problem from None
            raise

    def delete(self, path: str) -> None:
        try:
            with self._mapped(path):
                obstore.delete(self._store, path)
        except BramkaError as error:
            if error.code != "ResourceNotFound":
                raise

    def names(self, prefix: str) -> Iterator[str]:
        # obstore's prefixes are whole folders; ours end anywhere.
        folder = prefix.rpartition("/")[0]
        with self._mapped(prefix):
            found = [
                str(entry["path"])
                for page in obstore.list(self._store, folder or None)
                for entry in page
            ]
        return iter(sorted(name for name in found if name.startswith(prefix)))

    @contextmanager
    def _mapped(self, path: str) -> Iterator[None]:
        """Say obstore's errors in our words: its own hold addresses with tokens."""
        try:
            yield
        except (BaseError, FileNotFoundError, ValueError, OSError) as problem:
            raise _meaning(problem, f"{self._label}/{path}") from None


def _meaning(problem: Exception, blob: str) -> BramkaError:
    text = str(problem)
    code = CODE.search(text)
    reason = code[1] if code else type(problem).__name__.removesuffix("Error")
    status = STATUS.search(text)
    number = int(status[1] or status[2]) if status else 0
    if isinstance(problem, FileNotFoundError) or number == 404:
        return blob_not_found(blob, reason if code else "BlobNotFound")
    if isinstance(problem, PermissionDeniedError | UnauthenticatedError):
        return blob_forbidden(blob, reason)
    if isinstance(problem, REFUSALS) or 400 <= number < 500:
        return invalid_blob(f"The store refused {blob}: {reason}.", blob)
    return Unavailable(f"The store of {blob} did not answer: {reason}.", target=blob)


class Source:
    """Content for obstore, and the caller's own error if any."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self._content = content
        self.problem: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from filter(None, self._content)
        except Exception as problem:
            self.problem = problem
            raise


def open_azure(
    endpoint: str, account: str, container: str, *, key: str = "", sas: str = ""
) -> ObjectBlobs:
    """A container of Azure, of the embedded endpoint, or of Azurite.

    `key` is base64 text; `endpoint` ends with the account, as in a connection string.
    """
    client: ClientConfig = {"allow_http": True, "connect_timeout": "10s"}
    store = AzureStore(
        container,
        client_options=client,
        retry_config=RETRY,
        config=_azure(endpoint, account, key, sas),
    )
    return ObjectBlobs(store, f"{endpoint}/{container}")


def _azure(endpoint: str, account: str, key: str, sas: str) -> "AzureConfig":
    config: AzureConfig = {"account_name": account, "endpoint": endpoint}
    if key:
        config["account_key"] = key
    else:
        config["sas_key"] = sas
    return config


def open_address(address: str) -> ObjectBlobs:
    """A store of the operator's: `s3://bucket/folder`, `gs://bucket`, `az://…`.

    Credentials come from the environment, as the cloud's own tools read them.
    """
    try:
        return ObjectBlobs(from_url(address, retry_config=RETRY), address)
    except (BaseError, ValueError) as error:
        # No more of it is repeated: it may hold what opens it.
        raise Invalid(
            f"No files can be kept at an address that begins with "
            f"{address.partition('://')[0]}:// or is written so; write "
            "s3://BUCKET/FOLDER, gs://BUCKET/FOLDER or az://CONTAINER/FOLDER."
        ) from error


def open_folder(folder: Path) -> ObjectBlobs:
    """A local folder, fast but not synced to disk: `folder_store.py` is for results."""
    return ObjectBlobs(LocalStore(folder, mkdir=True), str(folder))
