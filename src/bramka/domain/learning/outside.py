"""The world outside of an experiment, for the few modules that read or write there."""

from typing import Protocol

from bramka.domain.blob import BlobStore


class Outside(Protocol):
    """What may be reached; all else is refused, with messages free of secrets."""

    def fetch(self, address: str) -> bytes:
        """The document at an address."""

    def account_blob(self, name: str, key: str, path: str) -> tuple[BlobStore, str]:
        """The store of an account, and the path in it of `container/path`."""

    def signed_blob(self, address: str) -> tuple[BlobStore, str]:
        """The store of an address, which may carry a signature, and the path in it."""
