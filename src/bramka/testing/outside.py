"""An outside that is in memory: documents by address, and blobs that are kept."""

from collections.abc import Iterable, Iterator, Mapping

from bramka.domain.blob import BlobStore
from bramka.domain.errors import Invalid, Missing


class FakeOutside:
    """Documents and blobs for modules that read or write outside."""

    def __init__(
        self,
        documents: Mapping[str, bytes] | None = None,
        blobs: Mapping[str, bytes] | None = None,
    ) -> None:
        self._documents = dict(documents or {})
        self.blobs = KeptBlobs(dict(blobs or {}))

    def __repr__(self) -> str:
        return f"<FakeOutside: {len(self._documents)} documents>"

    def fetch(self, address: str) -> bytes:
        if address not in self._documents:
            raise Invalid(f"{address} does not answer.")
        return self._documents[address]

    def account_blob(self, _name: str, _key: str, path: str) -> tuple[BlobStore, str]:
        return self.blobs, path

    def signed_blob(self, address: str) -> tuple[BlobStore, str]:
        return self.blobs, address.partition("?")[0].split("/", 3)[-1]


class KeptBlobs:
    """Blobs in a dict."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents

    def __repr__(self) -> str:
        return f"<KeptBlobs: {len(self.contents)}>"

    def size(self, path: str) -> int:
        return len(self._content(path))

    def version(self, path: str) -> str:
        return str(hash(self._content(path)))

    def read(self, path: str, start: int, length: int) -> bytes:
        return self._content(path)[start : start + length]

    def write(self, path: str, content: Iterable[bytes]) -> None:
        self.contents[path] = b"".join(content)

    def delete(self, path: str) -> None:
        self.contents.pop(path, None)

    def names(self, prefix: str) -> Iterator[str]:
        yield from sorted(name for name in self.contents if name.startswith(prefix))

    def _content(self, path: str) -> bytes:
        if path not in self.contents:
            raise Missing(f"There is no blob {path}.")
        return self.contents[path]
