"""Addresses as .NET takes them apart and puts them together."""

import re
from urllib.parse import quote, urlsplit

from bramka.expressions.failures import Thrown, require

PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(//)?[^\s]*")
_KEPT = "!#$&'()*+,/:;=?@[]%"


def _without_dots(path: str) -> str:
    """A path in which `.` and `..` were followed; an empty segment is one, too."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == ".." and kept:
            kept.pop()
        if segment not in (".", ".."):
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


class Uri:
    """A URI taken apart."""

    __slots__ = ("is_absolute", "original", "parts")

    def __init__(self, text: str, kind: int = 1) -> None:
        require(uriString=text)
        self.original = text
        plain = quote(text.strip(), safe=_KEPT)
        try:
            self.parts = urlsplit(plain)
        except ValueError as error:
            raise Thrown("UriFormatException", f"Invalid URI: {error}.") from error
        self.is_absolute = bool(_ABSOLUTE.fullmatch(plain)) and kind != 2
        if kind == 1 and not self._is_sound():
            what = "Invalid URI: The format of the URI could not be determined."
            raise Thrown("UriFormatException", what)

    def _is_sound(self) -> bool:
        """Whether it can be an absolute URI: a web address needs a host."""
        if not self.is_absolute:
            return False
        try:
            return self.parts.scheme not in PORTS or (
                bool(self.parts.hostname) and self.port >= 0
            )
        except ValueError:
            return False

    @property
    def port(self) -> int:
        found = self.parts.port
        return PORTS.get(self.parts.scheme, -1) if found is None else found

    @property
    def authority(self) -> str:
        host = self.host
        usual = PORTS.get(self.parts.scheme)
        return host if self.port in (usual, -1) else f"{host}:{self.port}"

    @property
    def host(self) -> str:
        found = self.parts.hostname or ""
        return f"[{found}]" if ":" in found else found

    @property
    def path(self) -> str:
        path = self.parts.path
        if self.parts.scheme not in PORTS:
            return path
        return _without_dots(path) if "/." in path else path or "/"

    @property
    def query(self) -> str:
        return f"?{self.parts.query}" if self.parts.query else ""

    @property
    def fragment(self) -> str:
        return f"#{self.parts.fragment}" if self.parts.fragment else ""

    @property
    def absolute(self) -> str:
        if not self.is_absolute:
            text = "This operation is not supported for a relative URI."
            raise Thrown("InvalidOperationException", text)
        if self.parts.scheme not in PORTS:
            return self.parts.geturl()
        tail = self.path + self.query + self.fragment
        user = f"{self.user}@" if self.user else ""
        return f"{self.parts.scheme}://{user}{self.authority}{tail}"

    @property
    def user(self) -> str:
        return self.parts.netloc.rpartition("@")[0]

    def __str__(self) -> str:
        return self.absolute if self.is_absolute else self.original

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Uri) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))
