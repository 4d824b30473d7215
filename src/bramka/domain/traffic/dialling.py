"""Dialling: how a backend is reached where it is not the usual way."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256

from msgspec import Struct

from bramka.domain.traffic.backend import ForwardProxy
from bramka.domain.traffic.certificate import Certificate


class Dialling(Struct, frozen=True, kw_only=True):
    """What a connection is made with; connections made alike are shared."""

    certificate: Certificate | None = None
    """Shown to the backend when it asks for one."""
    proxy: ForwardProxy | None = None
    verify_chain: bool = True
    verify_name: bool = True

    @property
    def key(self) -> str:
        """Equal for diallings that may share connections."""
        return _key(self)

    @property
    def proxy_authorization(self) -> bytes:
        """The Proxy-Authorization value; nothing when the proxy asks for none."""
        if self.proxy is None or self.proxy.username is None:
            return b""
        account = f"{self.proxy.username}:{self.proxy.password or ''}".encode()
        return b"Basic " + b64encode(account)

    def over(self, usual: "Dialling | None") -> "Dialling":
        """This way, and what it leaves open as it is usual."""
        if usual is None:
            return self
        return Dialling(
            certificate=self.certificate or usual.certificate,
            proxy=self.proxy or usual.proxy,
            verify_chain=self.verify_chain and usual.verify_chain,
            verify_name=self.verify_name and usual.verify_name,
        )

    def __repr__(self) -> str:
        return f"<Dialling with {self.certificate!r}>"


@lru_cache(maxsize=256)
def _key(dialling: Dialling) -> str:
    parts = [f"{dialling.verify_chain} {dialling.verify_name}"]
    if dialling.certificate is not None:
        parts.append(sha256(dialling.certificate.chain).hexdigest())
    proxy = dialling.proxy
    if proxy is not None:
        account = f"{proxy.username}\0{proxy.password}"
        parts += [proxy.url, sha256(account.encode()).hexdigest()]
    return " ".join(parts)
