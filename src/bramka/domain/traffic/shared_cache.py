"""A shared cache: an external Redis that gateways use together."""

import re
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from bramka.domain.errors import Invalid

ANYWHERE = "default"
"""The location of a cache for all who have none of their own."""
PORT, TLS_PORT = 6379, 6380
_HOST = re.compile(r"(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
_URL = re.compile(r"(?:rediss?|unix)://\S+")


class SharedCache(Struct, frozen=True, rename="camel", kw_only=True):
    """One external cache."""

    id: str
    connection_string: Annotated[str, Meta(min_length=1, max_length=300)]
    use_from_location: Annotated[str, Meta(max_length=256)] = ANYWHERE
    description: Annotated[str, Meta(max_length=2000)] | None = None
    resource_id: Annotated[str, Meta(max_length=2000)] | None = None

    def __repr__(self) -> str:
        return f"<SharedCache {self.id}>"


def cache_for(known: Iterable[SharedCache], *places: str) -> SharedCache | None:
    """The cache of the first of these places that has one, or else that of all."""
    by_place = {_plain(one.use_from_location): one for one in known}
    for place in (*places, ANYWHERE):
        found = by_place.get(_plain(place))
        if found is not None:
            return found
    return None


def _plain(place: str) -> str:
    """A location's name however it is written: West Europe is westeurope."""
    return place.replace(" ", "").lower()


def redis_url(connection_string: str) -> str:
    """The address of `host:6380,password=…,ssl=True`; Invalid says what is wrong.

    Options that say how to connect, such as abortConnect, are left to the gateway;
    of several hosts the first is taken. A redis:// URL stands for itself.
    """
    text = connection_string.strip()
    if _URL.fullmatch(text):
        return text
    hosts: list[re.Match[str]] = []
    options: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, mark, value = part.partition("=")
        found = None if mark else _HOST.fullmatch(part)
        if mark:
            options[name.strip().lower()] = value.strip()
        elif found is None:
            raise _refusal("has a part that is neither host:port nor name=value")
        else:
            hosts.append(found)
    if not hosts:
        raise _refusal("names no host")
    return _address(hosts[0], options)


def _address(host: re.Match[str], options: dict[str, str]) -> str:
    secure = options.get("ssl", "").lower() == "true"
    port = int(host["port"] or (TLS_PORT if secure else PORT))
    database = options.get("defaultdatabase", "0")
    if not 0 < port < 65536:
        raise _refusal(f"names the port {port}")
    if not re.fullmatch(r"\d{1,5}", database, re.ASCII):
        raise _refusal("has a defaultDatabase that is no number")
    user, password = options.get("user", ""), options.get("password", "")
    account = f"{quote(user, safe='')}:{quote(password, safe='')}@" if password else ""
    scheme = "rediss" if secure else "redis"
    return f"{scheme}://{account}{host['host']}:{port}/{database}"


def _refusal(problem: str) -> Invalid:
    message = (
        f"connectionString {problem}; write it as host:6380,password=…,ssl=True or as "
        "a redis:// URL."
    )
    return Invalid(message, target="connectionString")
