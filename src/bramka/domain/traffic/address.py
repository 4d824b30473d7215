"""Addresses of backends, taken apart."""

from typing import Protocol
from urllib.parse import urlsplit


class Base(Protocol):
    """The address of a backend, taken apart."""

    @property
    def scheme(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def path(self) -> str:
        """Without a slash at the end."""


class Address:
    """The base URL of a backend that a policy names."""

    __slots__ = ("host", "path", "port", "scheme", "text")

    def __init__(self, text: str) -> None:
        """ValueError when it is no http or https address."""
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
            raise ValueError(f"'{text}' is not an http or https address")
        self.text = text
        self.scheme = "https" if parts.scheme in ("https", "wss") else "http"
        self.host = parts.hostname
        self.port = parts.port or (443 if self.scheme == "https" else 80)
        self.path = parts.path.rstrip("/")
