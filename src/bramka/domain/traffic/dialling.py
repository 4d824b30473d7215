"""Dialling: how a backend is reached where it is not the usual way."""

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
        parts = [f"{self.verify_chain} {self.verify_name}"]
        if self.certificate is not None:
            parts.append(sha256(self.certificate.chain).hexdigest())
        if self.proxy is not None:
            account = f"{self.proxy.username}\0{self.proxy.password}"
            parts += [self.proxy.url, sha256(account.encode()).hexdigest()]
        return " ".join(parts)

    def __repr__(self) -> str:
        return f"<Dialling with {self.certificate!r}>"
