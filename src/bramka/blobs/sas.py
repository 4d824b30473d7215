"""Shared access signatures: what their versions sign, issuing one, checking one."""

import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from msgspec import Struct

from bramka.blobs.call import Call, Place
from bramka.blobs.fault import Fault
from bramka.blobs.moment import iso, parse_iso
from bramka.blobs.shared_key import signature

ISSUED_VERSION = "2020-12-06"
RESPONSE_FIELDS = ("rscc", "rscd", "rsce", "rscl", "rsct")


class Grant(Struct, frozen=True):
    """What a caller may do: letters of permission, at levels of the address."""

    permissions: str
    levels: frozenset[str]
    owner: bool = False

    def allows(self, any_of: str, level: str) -> bool:
        """One of the letters is granted at the level."""
        if self.owner:
            return True
        return level in self.levels and any(
            letter in self.permissions for letter in any_of
        )


OWNER = Grant("", frozenset(), owner=True)
"""The grant of one who signed with the account's key."""


def sign_blob(
    place: Place, key: bytes, *, start: float, end: float, permissions: str = "r"
) -> str:
    """A token for one blob, beginning with `?`."""
    query = {
        "sv": ISSUED_VERSION,
        "st": iso(start),
        "se": iso(end),
        "sr": "b",
        "sp": permissions,
    }
    query["sig"] = signature(key, service_text(place, query))
    return "?" + urlencode(query, quote_via=quote, safe="")


def service_text(place: Place, query: Mapping[str, str]) -> str:
    """The text a service SAS signs, by its version (`sv`)."""
    version = query.get("sv", "")
    names = ["sp", "st", "se", "RESOURCE", "si"]
    if version >= "2015-04-05":
        names += ["sip", "spr"]
    if version >= "2012-02-12":
        names += ["sv"]
    if version >= "2018-11-09":
        names += ["sr", "snapshot"]
    if version >= "2020-12-06":
        names += ["ses"]
    if version >= "2013-08-15":
        names += RESPONSE_FIELDS
    values = {**query, "RESOURCE": _resource(place, query, version)}
    return "\n".join(values.get(name, "") for name in names)


def _resource(place: Place, query: Mapping[str, str], version: str) -> str:
    parts = [place.account, place.container]
    if query.get("sr") == "b":
        parts.append(place.name)
    prefix = "/blob/" if version >= "2015-02-21" else "/"
    return prefix + "/".join(parts)


def account_text(account: str, query: Mapping[str, str]) -> str:
    """The text an account SAS signs."""
    names = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"]
    if query.get("sv", "") >= "2020-12-06":
        names.append("ses")
    lines = [account, *(query.get(name, "") for name in names), ""]
    return "\n".join(lines)


def check_sas(call: Call, key: bytes, now: float) -> Grant:
    """What the signature in the query grants; a Fault if it is not ours or not now."""
    query = call.query
    if "skoid" in query or query.get("si"):
        raise Fault(
            "AuthenticationFailed", "Only tokens signed with an account key count here."
        )
    of_account = "ss" in query
    if not of_account and query.get("sr") not in {"b", "c"}:
        raise Fault("AuthenticationFailed", "`sr` must be b or c.")
    text = (
        account_text(call.place.account, query)
        if of_account
        else service_text(call.place, query)
    )
    if not hmac.compare_digest(signature(key, text).encode(), query["sig"].encode()):
        raise Fault("AuthenticationFailed", "Signature did not match.")
    _check_circumstances(call, now)
    return _account_grant(query) if of_account else _service_grant(query)


def _check_circumstances(call: Call, now: float) -> None:
    query = call.query
    end = parse_iso(query.get("se", ""))
    start = parse_iso(query["st"]) if query.get("st") else now
    if end is None or start is None:
        raise Fault("AuthenticationFailed", "`se` or `st` is not a moment.")
    if not start <= now < end:
        raise Fault(
            "AuthenticationFailed",
            f"Signature not valid in the specified time frame: Start [{iso(start)}] - "
            f"Expiry [{iso(end)}] - Current [{iso(now)}]",
        )
    if query.get("spr") and call.scheme not in query["spr"].split(","):
        raise Fault("AuthorizationProtocolMismatch")
    if query.get("sip") and not _is_within(call.peer, query["sip"]):
        raise Fault("AuthorizationSourceIPMismatch")


def _is_within(peer: str, span: str) -> bool:
    first, _, last = span.partition("-")
    try:
        low = ipaddress.ip_address(first)
        high = ipaddress.ip_address(last or first)
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return low.version == address.version == high.version and (
        int(low) <= int(address) <= int(high)
    )


def _account_grant(query: Mapping[str, str]) -> Grant:
    if "b" not in query["ss"]:
        raise Fault("AuthorizationServiceMismatch")
    kinds = {"s": ("service",), "c": ("container", "listing"), "o": ("blob",)}
    levels = (level for kind in query.get("srt", "") for level in kinds.get(kind, ()))
    return Grant(query.get("sp", ""), frozenset(levels))


def _service_grant(query: Mapping[str, str]) -> Grant:
    permissions = query.get("sp", "")
    if query["sr"] == "b":
        return Grant(permissions, frozenset({"blob"}))
    # A container's own properties are for account signatures: only listing is left.
    return Grant(permissions, frozenset({"blob", "listing"}))
