"""From a caller's reference to the store it means, and signed addresses for reading."""

import base64
import hmac
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urlsplit

from bramka.blobs.call import Place
from bramka.blobs.connection_string import Connection, parse_connection_string
from bramka.blobs.fault import Fault
from bramka.blobs.frontier import Frontier, Patience
from bramka.blobs.names import check_blob, check_container
from bramka.blobs.object_store import open_azure
from bramka.blobs.refusal import (
    invalid_connection,
    invalid_location,
    missing_information,
)
from bramka.blobs.remote import KeySigner, RemoteBlobs, TokenSigner, guarded_pool
from bramka.blobs.sas import sign_blob
from bramka.blobs.shared_key import decode_key
from bramka.domain.blob import BlobReference, BlobStore, SignedLocation
from bramka.domain.clock import Clock

EARLIER_SECONDS = 5 * 60
"""A signature begins so long before now: the reader's clock may be behind."""

KEPT_STORES = 64

LONGEST_SECONDS = 120.0
"""For a question to a store and its answer, which are a piece of a blob at most: a
store that dribbles would else hold whoever reads it for years."""

AZURE_SUFFIXES = {
    "core.windows.net",
    "core.chinacloudapi.cn",
    "core.usgovcloudapi.net",
    "core.cloudapi.de",
}


class Locator:
    """Knows the embedded endpoint and its accounts, and where else one may go."""

    def __init__(
        self,
        endpoint: str,
        accounts: Mapping[str, bytes | str],
        clock: Clock,
        frontier: Frontier,
        *,
        public: str = "",
    ) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._public = (public or endpoint).rstrip("/")
        self._accounts = accounts
        self._clock = clock
        self._frontier = frontier
        self._pool = guarded_pool(frontier, Patience(LONGEST_SECONDS, clock))
        # A store takes long to make, and keeps its connections.
        self._open = lru_cache(KEPT_STORES)(open_azure)

    def close(self) -> None:
        """Close the connections of all stores found."""
        self._pool.close()

    def __repr__(self) -> str:
        return f"<Locator: {self._endpoint}, {len(self._accounts)} accounts>"

    def find(self, reference: BlobReference) -> tuple[BlobStore, str]:
        """The store a reference means, and the path in it."""
        if reference.connection_string:
            connection = parse_connection_string(reference.connection_string)
            return self._find_connection(connection, reference.relative_location)
        return self._find_base(reference)

    def sign(
        self, reference: BlobReference, *, now: float, seconds: float
    ) -> SignedLocation:
        """A read-only address of one blob; a caller's own token is handed back."""
        if not reference.connection_string:
            base, relative = _base_of(reference)
            token = (reference.sas_blob_token or "").removeprefix("?")
            return _location(base, relative, token)
        connection = parse_connection_string(reference.connection_string)
        container, name = parse_location(reference.relative_location)
        account = self._local_account(connection)
        key = decode_key(self._accounts[account]) if account else connection.key
        address = f"{self._public}/{account}" if account else connection.address
        relative = f"{container}/{name}"
        if not key or connection.sas:
            return _location(f"{address}/", relative, connection.sas)
        place = Place(account or connection.account, container, name)
        token = sign_blob(
            place, key, start=now - EARLIER_SECONDS, end=now + seconds
        ).removeprefix("?")
        return _location(f"{address}/", relative, token)

    def _find_connection(
        self, connection: Connection, location: str | None
    ) -> tuple[BlobStore, str]:
        container, name = parse_location(location)
        if account := self._local_account(connection):
            return self._local(account, container, connection.sas), name
        if connection.endpoint or connection.suffix not in AZURE_SUFFIXES:
            signer = (
                TokenSigner(connection.sas)
                if connection.sas
                else KeySigner(connection.account, connection.key, self._clock)
            )
            return self._remote(connection.address, signer), f"{container}/{name}"
        if not self._frontier.public:
            raise invalid_connection(
                f"The account {connection.account!r} is not an account of this "
                "installation, which does not allow access to Azure."
            )
        key = base64.b64encode(connection.key).decode()
        store = self._open(
            connection.address,
            connection.account,
            container,
            key=key,
            sas=connection.sas,
        )
        return store, name

    def _find_base(self, reference: BlobReference) -> tuple[BlobStore, str]:
        base, relative = _base_of(reference)
        token = reference.sas_blob_token or ""
        if account := self._account_at(base):
            container, name = parse_location(relative)
            return self._local(account, container, token or "?"), name
        return self._remote(base, TokenSigner(token)), relative

    def _local_account(self, connection: Connection) -> str:
        """The account of ours that a connection means, its key checked; else empty."""
        if connection.development and not self._accounts:
            raise invalid_connection("There is no development storage here.")
        if connection.development:
            return next(iter(self._accounts))
        if connection.endpoint:
            account = self._account_at(connection.endpoint + "/")
        else:
            account = connection.account if connection.account in self._accounts else ""
        if account and not connection.sas:
            known = decode_key(self._accounts[account])
            if not hmac.compare_digest(known, connection.key):
                raise invalid_connection(
                    f"AccountKey is not the key of the account {account!r}."
                )
        return account

    def _account_at(self, base: str) -> str:
        """The account of ours an address names; empty for any other address."""
        parts = urlsplit(base)
        for root in (urlsplit(self._endpoint), urlsplit(self._public)):
            path = parts.path.removeprefix(root.path.rstrip("/") + "/")
            if _spot(parts) == _spot(root) and path.strip("/") in self._accounts:
                return path.strip("/")
        return ""

    def _local(self, account: str, container: str, sas: str) -> BlobStore:
        address = f"{self._endpoint}/{account}"
        if sas:
            return self._open(address, account, container, sas=sas)
        key = base64.b64encode(decode_key(self._accounts[account])).decode()
        return self._open(address, account, container, key=key)

    def _remote(self, base: str, signer: KeySigner | TokenSigner) -> RemoteBlobs:
        parts = urlsplit(base)
        default = 443 if parts.scheme == "https" else 80
        # Refused now, with the reference in hand; checked again at each connection.
        self._frontier.admit(parts.hostname or "", parts.port or default)
        return RemoteBlobs(base, signer, self._pool)


def parse_location(text: str | None) -> tuple[str, str]:
    """`/container/name` or `container/name` as its two parts."""
    if not text:
        raise missing_information("The reference has no RelativeLocation.")
    container, _, name = text.removeprefix("/").partition("/")
    try:
        check_container(container)
        check_blob(name)
    except Fault as fault:
        raise invalid_location(
            f"{text!r} must be container/name. {fault.message}"
        ) from None
    return container, name


def _base_of(reference: BlobReference) -> tuple[str, str]:
    """The base address with `/` at its end, and the relative location without one."""
    if not reference.base_location:
        raise missing_information(
            "Neither ConnectionString nor BaseLocation says where the blob is."
        )
    try:
        parts = urlsplit(reference.base_location)
        port_is_fine = parts.port != 0
    except ValueError:
        raise invalid_location("BaseLocation is not an address.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_fine:
        raise invalid_location("BaseLocation must begin with http:// or https://.")
    if parts.username or parts.query or parts.fragment:
        raise invalid_location("BaseLocation is scheme, host, port and path only.")
    if not (reference.base_location + (reference.sas_blob_token or "")).isascii():
        raise invalid_location(
            "BaseLocation and SasBlobToken are ASCII: write other letters of a path as "
            "%C3%B3, and of a host as xn--…."
        )
    # The three parts, joined, are an address: so this one is percent-encoded.
    relative = unquote((reference.relative_location or "").removeprefix("/"))
    try:
        check_blob(relative)
    except Fault as fault:
        raise invalid_location(f"{relative!r}: {fault.message}") from None
    return reference.base_location.rstrip("/") + "/", relative


def _spot(address: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port, of all their spellings one."""
    host = (address.hostname or "").rstrip(".")
    default = 443 if address.scheme == "https" else 80
    return (
        address.scheme,
        "127.0.0.1" if host in {"localhost", "::1"} else host,
        address.port or default,
    )


def _location(base: str, relative: str, token: str) -> SignedLocation:
    return SignedLocation(
        base_location=base,
        relative_location=quote(relative, safe="/~"),
        sas_blob_token=f"?{token}" if token else "",
    )
