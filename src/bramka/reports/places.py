"""Where in the world addresses are: a table of networks that the operator brings."""

import csv
import ipaddress
from collections.abc import Callable, Iterable
from functools import lru_cache

from bramka.domain.errors import Invalid

REMEMBERED = 10_000
COLUMNS = ("network", "country", "region", "zip")
_Networks = dict[tuple[int, int], dict[int, str]]
"""IP version and length of the prefix → network → place."""


def place_finder(lines: Iterable[str], name: str) -> Callable[[str], str]:
    """Finds `country/region/zip` of an address, "" where the table has none.

    `lines` are CSV with a head of `network,country,region,zip`; the narrowest network
    counts. Invalid, with the line, for what is no such table; `name` is whose it is.
    """
    networks = _read(lines, name)
    order = sorted(networks, key=lambda kind: -kind[1])

    @lru_cache(REMEMBERED)
    def find(address: str) -> str:
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return ""
        if isinstance(parsed, ipaddress.IPv6Address):
            parsed = parsed.ipv4_mapped or parsed
        whole = int(parsed)
        for version, length in order:
            if version == parsed.version:
                network = whole >> (parsed.max_prefixlen - length)
                found = networks[version, length].get(network)
                if found is not None:
                    return found
        return ""

    return find


def _read(lines: Iterable[str], name: str) -> _Networks:
    rows = csv.DictReader(lines)
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise Invalid(f"{name} must begin with the line {','.join(COLUMNS)}.")
    found: _Networks = {}
    for row in rows:
        try:
            network = ipaddress.ip_network((row["network"] or "").strip())
        except ValueError as error:
            raise Invalid(f"{name}, line {rows.line_num}: {error}.") from None
        parts = [(row[part] or "").strip().replace("/", " ") for part in COLUMNS[1:]]
        start = int(network.network_address)
        prefix = start >> (network.max_prefixlen - network.prefixlen)
        kind = (network.version, network.prefixlen)
        found.setdefault(kind, {})[prefix] = "/".join(parts)
    return found
