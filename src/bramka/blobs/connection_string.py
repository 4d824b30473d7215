"""Azure storage connection strings, in all their classic forms."""

import base64
import binascii
import re
from urllib.parse import urlsplit

from msgspec import Struct

from bramka.blobs.refusal import invalid_connection

ACCOUNT = re.compile(r"[a-z0-9]{3,24}(-secondary)?")
SUFFIX = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
AZURE_SUFFIX = "core.windows.net"
KNOWN = {
    "usedevelopmentstorage": "UseDevelopmentStorage",
    "developmentstorageproxyuri": "DevelopmentStorageProxyUri",
    "defaultendpointsprotocol": "DefaultEndpointsProtocol",
    "accountname": "AccountName",
    "accountkey": "AccountKey",
    "endpointsuffix": "EndpointSuffix",
    "sharedaccesssignature": "SharedAccessSignature",
    "blobendpoint": "BlobEndpoint",
    "blobsecondaryendpoint": "BlobSecondaryEndpoint",
    "queueendpoint": "QueueEndpoint",
    "queuesecondaryendpoint": "QueueSecondaryEndpoint",
    "tableendpoint": "TableEndpoint",
    "tablesecondaryendpoint": "TableSecondaryEndpoint",
    "fileendpoint": "FileEndpoint",
    "filesecondaryendpoint": "FileSecondaryEndpoint",
}
"""Lower-case name → spelling of every part a string may have."""


class Connection(Struct, frozen=True, kw_only=True):
    """What a connection string says; its repr shows no credential."""

    account: str = ""
    key: bytes = b""
    sas: str = ""
    """Without its leading `?`."""
    endpoint: str = ""
    """The explicit BlobEndpoint, without `/` at the end; empty when not given."""
    protocol: str = "https"
    suffix: str = AZURE_SUFFIX
    development: bool = False

    @property
    def address(self) -> str:
        """The blob endpoint: the explicit one, else the one that follows."""
        return self.endpoint or f"{self.protocol}://{self.account}.blob.{self.suffix}"

    def __repr__(self) -> str:
        where = "development storage" if self.development else self.address
        return f"<Connection: {where}>"


def parse_connection_string(text: str) -> Connection:
    """The parts of a connection string; Invalid says which one is wrong."""
    parts = _split(text)
    if parts.get("usedevelopmentstorage", "").lower() == "true":
        if "developmentstorageproxyuri" in parts:
            raise invalid_connection("DevelopmentStorageProxyUri is not supported.")
        return Connection(development=True)
    protocol = parts.get("defaultendpointsprotocol", "https").lower()
    if protocol not in {"http", "https"}:
        raise invalid_connection("DefaultEndpointsProtocol is http or https.")
    endpoint = _endpoint(parts.get("blobendpoint", ""))
    return Connection(
        account=_account(parts.get("accountname", ""), endpoint),
        key=_key(parts.get("accountkey", "")),
        sas=_sas(parts),
        endpoint=endpoint,
        protocol=protocol,
        suffix=_suffix(parts.get("endpointsuffix", "")),
    )


def _split(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = part.partition("=")
        key = name.strip().lower()
        # An unknown name is not repeated: it may be a key that lost its name.
        if not equals or key not in KNOWN:
            known = ", ".join(sorted(KNOWN.values()))
            raise invalid_connection(f"Its parts are Name=Value, of the names {known}.")
        if key in parts:
            raise invalid_connection(f"{KNOWN[key]} is given twice.")
        parts[key] = value.strip()
    if not parts:
        raise invalid_connection("It is empty.")
    return parts


def _endpoint(text: str) -> str:
    if not text:
        return ""
    try:
        address = urlsplit(text)
        port_is_fine = address.port != 0
    except ValueError:
        raise invalid_connection("BlobEndpoint is not an address.") from None
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise invalid_connection("BlobEndpoint must begin with http:// or https://.")
    if address.username or address.query or address.fragment or not port_is_fine:
        raise invalid_connection("BlobEndpoint is scheme, host, port and path only.")
    if not text.isascii():
        raise invalid_connection("BlobEndpoint is ASCII: a host may be xn--….")
    return text.rstrip("/")


def _account(name: str, endpoint: str) -> str:
    if name and ACCOUNT.fullmatch(name):
        return name
    if name:
        raise invalid_connection(f"AccountName {name!r} is not 3 to 24 of a-z and 0-9.")
    if not endpoint:
        raise invalid_connection("It has neither AccountName nor BlobEndpoint.")
    return _account_of(endpoint)


def _account_of(endpoint: str) -> str:
    """The account an address means: its path's first part, else its host's."""
    address = urlsplit(endpoint)
    return (
        address.path.strip("/").split("/")[0] or (address.hostname or "").split(".")[0]
    )


def _key(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        # `from None`: the cause would carry the key into a traceback.
        raise invalid_connection("AccountKey is not base64 text.") from None


def _sas(parts: dict[str, str]) -> str:
    sas = parts.get("sharedaccesssignature", "").removeprefix("?")
    if sas and parts.get("accountkey"):
        raise invalid_connection("It has both AccountKey and SharedAccessSignature.")
    if not sas and not parts.get("accountkey"):
        raise invalid_connection("It has neither AccountKey nor SharedAccessSignature.")
    return sas


def _suffix(text: str) -> str:
    if text and not SUFFIX.fullmatch(text):
        raise invalid_connection("EndpointSuffix is not the end of a host name.")
    return text.lower() or AZURE_SUFFIX
