"""Blobs: named bytes in a store, as batch jobs read and write them."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from msgspec import Struct


class BlobReference(Struct, frozen=True, kw_only=True):
    """Where a caller says a blob is, in one of the two forms of the batch API.

    Either `connection_string` and `relative_location` (`/container/path` or
    `container/path`), or `base_location`, `relative_location` and `sas_blob_token`
    (which may be empty for a public address).
    """

    connection_string: str | None = None
    relative_location: str | None = None
    base_location: str | None = None
    sas_blob_token: str | None = None


class SignedLocation(Struct, frozen=True, kw_only=True):
    """A readable address: the plain concatenation of the three is the URL.

    `base_location` ends with `/`, `relative_location` does not begin with one, and
    `sas_blob_token` begins with `?` or is empty.
    """

    base_location: str
    relative_location: str
    sas_blob_token: str


class BlobStore(Protocol):
    """A store of blobs; paths are `container/name` or names inside a container.

    Methods block; they raise bramka.domain.errors.Missing, Invalid, Forbidden or
    Unavailable with messages free of secrets.
    """

    def size(self, path: str) -> int:
        """Bytes in the blob; Missing if there is none."""

    def version(self, path: str) -> str:
        """What changes whenever the blob is replaced; empty if the store has none."""

    def read(self, path: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`; fewer only at the end of the blob."""

    def write(self, path: str, content: Iterable[bytes]) -> None:
        """Replace the blob with the joined pieces, streaming.

        Atomic: a reader sees the old blob or the whole new one, never a part of it.
        """

    def delete(self, path: str) -> None:
        """Delete the blob; no complaint if there is none."""

    def names(self, prefix: str) -> Iterator[str]:
        """Paths of the blobs that begin with `prefix`, in order."""


class BlobLocator(Protocol):
    """Finds the store a reference means, and signs addresses for reading."""

    def find(self, reference: BlobReference) -> tuple[BlobStore, str]:
        """The store and the path in it; Invalid when the reference is malformed."""

    def sign(
        self, reference: BlobReference, *, now: float, seconds: float
    ) -> SignedLocation:
        """A read-only address of one blob, valid from five minutes before `now`."""
