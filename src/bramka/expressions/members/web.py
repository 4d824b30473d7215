"""Members of Uri, WebUtility and IPAddress; tokens and basic credentials."""

import html
import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urljoin

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.failures import Thrown, require
from bramka.expressions.members.tokens import (
    JWT,
    as_basic,
    as_jwt,
    claim_or,
    try_basic,
    try_jwt,
)
from bramka.expressions.meter import made_text, room_for_text
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.plain import Array
from bramka.expressions.values.uri import PORTS, Uri


def joined(base: Uri, relative: Any) -> Uri:
    return Uri(urljoin(base.absolute, str(relative)))


def try_uri(text: str, kind: int) -> tuple[bool, Any]:
    try:
        return True, Uri(text, kind)
    except Thrown:
        return False, None


def left_part(uri: Uri, part: int) -> str:
    """`GetLeftPart`."""
    pieces = [f"{uri.parts.scheme}://", uri.authority, uri.path, uri.query]
    return "".join(pieces[: part + 1])


def segments(uri: Uri) -> Array:
    return Array(re.findall(r"[^/]*/|[^/]+$", uri.path))


def escape_data(text: str) -> str:
    require(stringToEscape=text)
    room_for_text(len(text) * 3)
    return quote(text, safe="-_.~")


def escape_uri(text: str) -> str:
    room_for_text(len(text) * 3)
    return quote(text, safe="-_.~!#$&'()*+,/:;=?@[]%")


def url_encode(text: str | None) -> str | None:
    """`WebUtility.UrlEncode`: blanks are `+`."""
    if text is None:
        return None
    room_for_text(len(text) * 3)
    return quote_plus(text, safe="-_.!*()").replace("~", "%7E")


def html_encode(text: str | None) -> str | None:
    """Marks and the letters of Latin-1 as entities."""
    if text is None:
        return None
    room_for_text(len(text) * 6)
    shown = html.escape(text, quote=True).replace("&#x27;", "&#39;")
    return re.sub("[\xa0-\xff]", lambda found: f"&#{ord(found[0])};", shown)


def html_decode(text: str | None) -> str | None:
    return None if text is None else made_text(html.unescape(text))


def host_type(uri: Uri) -> Any:
    """What the host of an address is."""
    kinds = ENUM_CLASSES["UriHostNameType"]
    try:
        version = ipaddress.ip_address(uri.parts.hostname or "").version
    except ValueError:
        return kinds["Dns" if uri.parts.hostname else "Unknown"]
    return kinds[f"IPv{version}"]


URI: Family = {
    "new(string uriString)": Uri,
    "new(string uriString, UriKind kind)": Uri,
    "new(Uri baseUri, string relativeUri)": joined,
    "new(Uri baseUri, Uri relativeUri)": joined,
    "Scheme -> string": Inline("$0.parts.scheme"),
    "Host -> string": Inline("$0.host"),
    "DnsSafeHost -> string": lambda uri: uri.parts.hostname or "",
    "Port -> int": Inline("$0.port"),
    "Authority -> string": Inline("$0.authority"),
    "AbsolutePath -> string": Inline("$0.path"),
    "LocalPath -> string": lambda uri: unquote(uri.path),
    "AbsoluteUri -> string": Inline("$0.absolute"),
    "OriginalString -> string": Inline("$0.original"),
    "PathAndQuery -> string": lambda uri: uri.path + uri.query,
    "Query -> string": Inline("$0.query"),
    "Fragment -> string": Inline("$0.fragment"),
    "UserInfo -> string": Inline("$0.user"),
    "HostNameType -> UriHostNameType": host_type,
    "IsAbsoluteUri -> bool": Inline("$0.is_absolute"),
    "IsDefaultPort -> bool": lambda uri: uri.port == PORTS.get(uri.parts.scheme),
    "Segments -> string[]": segments,
    "GetLeftPart(UriPartial part) -> string": left_part,
    "static EscapeDataString(string s) -> string": escape_data,
    "static UnescapeDataString(string s) -> string": unquote,
    "static EscapeUriString(string s) -> string": escape_uri,
    "static TryCreate(string s, UriKind kind, out Uri result) -> bool": try_uri,
    "static IsWellFormedUriString(string s, UriKind kind) -> bool": lambda text, kind: (
        try_uri(text, kind)[0] and " " not in text
    ),
    "static CheckHostName(string name) -> int": lambda name: int(bool(name)),
    "static UriSchemeHttp -> string": Fixed("http"),
    "static UriSchemeHttps -> string": Fixed("https"),
    "static SchemeDelimiter -> string": Fixed("://"),
}

# --- addresses ------------------------------------------------------------------


def parse_address(text: str) -> Any:
    require(ipString=text)
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError as error:
        message = "An invalid IP address was specified."
        raise Thrown("FormatException", message) from error


def try_address(text: str) -> tuple[bool, Any]:
    try:
        return True, parse_address(text)
    except Thrown:
        return False, None


def address_of(row: Any) -> Any:
    if len(row) not in (4, 16):
        raise Thrown("ArgumentException", "An invalid IP address was specified.")
    return ipaddress.ip_address(bytes(row))


def swapped(bits: int) -> Callable[[int], int]:
    """Bytes of a number turned round: host to network order."""

    def turn(number: int) -> int:
        row = (number & ((1 << bits) - 1)).to_bytes(bits // 8, "little")
        return int.from_bytes(row, "big", signed=True)

    return turn


ADDRESS: Family = {
    "new(byte[] address)": address_of,
    "static Parse(string ipString) -> IPAddress": parse_address,
    "static TryParse(string ipString, out IPAddress address) -> bool": try_address,
    "static Loopback -> IPAddress": Fixed(ipaddress.ip_address("127.0.0.1")),
    "static IPv6Loopback -> IPAddress": Fixed(ipaddress.ip_address("::1")),
    "static Any -> IPAddress": Fixed(ipaddress.ip_address("0.0.0.0")),  # noqa: S104  # a constant of .NET
    "static IsLoopback(IPAddress address) -> bool": lambda found: found.is_loopback,
    "GetAddressBytes() -> byte[]": lambda found: bytearray(found.packed),
    "IsIPv4MappedToIPv6 -> bool": lambda found: (
        getattr(found, "ipv4_mapped", None) is not None
    ),
    "MapToIPv4() -> IPAddress": lambda found: (
        getattr(found, "ipv4_mapped", None) or found
    ),
    "AddressFamily -> AddressFamily": lambda found: ENUM_CLASSES["AddressFamily"](
        2 if found.version == 4 else 23
    ),
    "static HostToNetworkOrder(int host) -> int": swapped(32),
    "static NetworkToHostOrder(int network) -> int": swapped(32),
    "static HostToNetworkOrder(short host) -> short": swapped(16),
    "static HostToNetworkOrder(long host) -> long": swapped(64),
}

# --- tokens ---------------------------------------------------------------------


FAMILIES: dict[str, Family] = {
    "Uri": URI,
    "WebUtility": {
        "static UrlEncode(string value) -> string": url_encode,
        "static UrlDecode(string value) -> string": lambda text: (
            None if text is None else unquote_plus(text)
        ),
        "static HtmlEncode(string value) -> string": html_encode,
        "static HtmlDecode(string value) -> string": html_decode,
    },
    "IPAddress": ADDRESS,
    "Jwt": JWT,
    "IClaims": {
        "GetValueOrDefault(string name) -> string": claim_or,
        "GetValueOrDefault(string name, string defaultValue) -> string": claim_or,
    },
    "BasicAuthCredentials": {
        "UserId -> string": Inline("$0[0]"),
        "Username -> string": Inline("$0[0]"),
        "Password -> string": Inline("$0[1]"),
    },
    "Authorization": {
        "AccessToken -> string": Inline("$0.access_token"),
        "Claims -> IReadOnlyDictionary<string, object>": Inline("$0.claims"),
    },
    # Extension methods can be called by the name of their class, too.
    "ExpressionSyntaxExtensions": {
        "static AsJwt(string input) -> Jwt": as_jwt,
        "static AsBasic(string input) -> BasicAuthCredentials": as_basic,
        "static TryParseJwt(string input, out Jwt result) -> bool": try_jwt,
        "static TryParseBasic(string input, out BasicAuthCredentials result) -> bool": (
            try_basic
        ),
    },
    "string": {
        "AsJwt() -> Jwt": as_jwt,
        "AsBasic() -> BasicAuthCredentials": as_basic,
        "TryParseJwt(out Jwt result) -> bool": try_jwt,
        "TryParseBasic(out BasicAuthCredentials result) -> bool": try_basic,
    },
}
