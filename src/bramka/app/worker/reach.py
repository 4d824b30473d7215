"""What modules of experiments may reach: public addresses, and our own blobs.

Hands have none of our secrets: whoever names an account tells its key.
"""

from urllib.parse import unquote, urlsplit

from bramka.app.blobs import ACCOUNT
from bramka.app.clock import SystemClock
from bramka.app.console.fetching import guarded_fetch
from bramka.blobs.frontier import Frontier
from bramka.blobs.locator import Locator
from bramka.domain.blob import BlobReference, BlobStore
from bramka.domain.errors import Invalid


class Reach:
    """Documents at public addresses, and blobs where the settings allow."""

    def __init__(self, blobs_url: str, policy: str) -> None:
        self._home = blobs_url.rstrip("/")
        self._fetch = guarded_fetch("")
        abroad = Frontier(public=policy != "none", private=policy == "any")
        self._abroad = Locator("", {}, SystemClock(), abroad)
        # Used for addresses below our own only, which are private as a rule.
        home = Frontier(public=True, private=True)
        self._at_home = Locator("", {}, SystemClock(), home)

    def __repr__(self) -> str:
        return f"<Reach: {self._home}>"

    def close(self) -> None:
        """Close the connections."""
        self._abroad.close()
        self._at_home.close()

    def fetch(self, address: str) -> bytes:
        return self._fetch(address)

    def account_blob(self, name: str, key: str, path: str) -> tuple[BlobStore, str]:
        home = self._home and name == ACCOUNT
        place = f"BlobEndpoint={self._home}/{ACCOUNT};" if home else ""
        connection = f"{place}AccountName={name};AccountKey={key}"
        reference = BlobReference(connection_string=connection, relative_location=path)
        return (self._at_home if home else self._abroad).find(reference)

    def signed_blob(self, address: str) -> tuple[BlobStore, str]:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid("The address of a blob begins with http:// or https://.")
        path = parts.path.strip("/").split("/")
        home = bool(self._home) and address.startswith(f"{self._home}/")
        # Our own addresses name the account in the path, Azure's in the host.
        own = path[:1] if home else []
        base = "/".join([f"{parts.scheme}://{parts.netloc}", *own, ""])
        reference = BlobReference(
            base_location=base,
            relative_location=unquote("/".join(path[len(own) :])),
            sas_blob_token=f"?{parts.query}" if parts.query else "",
        )
        return (self._at_home if home else self._abroad).find(reference)
