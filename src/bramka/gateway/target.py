"""Targets: addresses of backends taken apart, and how they are reached."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bramka.domain.errors import Invalid
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Exchange


@dataclass(slots=True, eq=False)
class Target:
    """A backend's address taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    """Without a slash at the end."""
    authority: bytes
    """What goes into the Host header."""
    pool_key: str
    """Targets with the same key share their connections."""
    dialling: Dialling | None = None
    """How to reach it, when it is not the usual way."""

    @staticmethod
    def of(url: str, dialling: Dialling | None = None) -> "Target":
        """The target of an http or https URL; Invalid when it is another."""
        try:
            parts = urlsplit(url)
            authority = parts.netloc.rpartition("@")[2].encode("idna")
        except ValueError as error:
            raise Invalid(f"'{url}' is not an address: {error}", target="url") from None
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
            raise Invalid(f"'{url}' is not an http or https address", target="url")
        if port == -1:
            raise Invalid(f"'{url}' has no valid port", target="url")
        scheme = "https" if parts.scheme in ("https", "wss") else "http"
        port = port or (443 if scheme == "https" else 80)
        return Target(
            scheme=scheme,
            host=parts.hostname,
            port=port,
            path=parts.path.rstrip("/"),
            authority=authority,
            pool_key=f"{scheme}://{parts.hostname}:{port}",
        ).dialled(dialling)

    def dialled(self, dialling: Dialling | None) -> "Target":
        """The same address, reached in this way."""
        if dialling is None:
            return self
        dialling = dialling.over(self.dialling)
        place = self.pool_key.partition(" ")[0]
        path, key = self.path, f"{place} {dialling.key}"
        if (
            dialling.proxy is not None
            and self.scheme == "http"
            and not path.startswith("http://")
        ):
            # To a proxy the first line of a request names the whole URL.
            path = f"http://{self.authority.decode('latin-1')}{path}"
        return replace(self, path=path, dialling=dialling, pool_key=key)

    def introduce(self, exchange: Exchange) -> None:
        """Tell a proxy without a tunnel who we are, in the request itself."""
        if self.scheme == "http" and self.dialling is not None:
            value = self.dialling.proxy_authorization
            if value:
                exchange.request.headers.set(b"Proxy-Authorization", value)
