"""The request of a call, as it came and as policies change it."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bramka.domain.traffic.address import Base
from bramka.domain.traffic.message import (
    Body,
    Headers,
    NameAndValue,
    Url,
    decoded,
    split_host,
)


class Request:
    """The call: what came in and, as policies change it, what goes on.

    Most attributes are class-level defaults, set only where they differ: a request is
    made for every call, and most calls change little of it.
    """

    matched_parameters: Mapping[str, str] = MappingProxyType({})
    """Values of the template's parameters, decoded."""
    host_override: bytes | None = None
    """The Host that a policy wants sent, instead of the backend's."""
    shown_certificate: "Callable[[], Any] | None" = None
    """Gives the certificate that the caller showed; None when it showed none."""
    base: Base | None = None
    """The backend the API points to."""
    rest = ""
    """The path behind the API's own, with a slash in front, as received."""
    key_query = ""
    """Name of the query parameter that held the subscription key, if it is to go."""
    made_body: Body | None = None
    """`body` once a policy has looked at it, and so perhaps changed it."""
    made_headers: Headers | None = None
    """`headers` once a policy has looked at them."""
    made_url: Url | None = None
    """`url` once a policy has looked at it."""
    _original_url: Url | None = None

    def __init__(
        self,
        method: str,
        scheme: str,
        host: str,
        path: str,
        query: str,
        fields: Sequence[NameAndValue],
        ip_address: str,
    ) -> None:
        self.method = method
        self.scheme = scheme
        self.host = host
        """Host header as received, with its port if it had one."""
        self.path = path
        self.query = query
        self.fields = fields
        """The fields as received, the subscription key among them."""
        self.ip_address = ip_address

    @property
    def headers(self) -> Headers:
        """The fields as policies see and change them: made at first use."""
        if self.made_headers is None:
            self.made_headers = Headers([(one.name, one.value) for one in self.fields])
        return self.made_headers

    @property
    def body(self) -> Body:
        if self.made_body is None:
            self.made_body = Body()
        return self.made_body

    @property
    def certificate(self) -> Any:
        """The caller's certificate, taken apart at first use; None without one."""
        return None if self.shown_certificate is None else self.shown_certificate()

    @property
    def body_is_known(self) -> bool:
        """Whether the body was read, or a policy made one."""
        return self.made_body is not None and self.made_body.content is not None

    @property
    def original_url(self) -> Url:
        """The URL as the caller sent it."""
        if self._original_url is None:
            host, port = split_host(self.host)
            self._original_url = Url(self.scheme, host, port, self.path, self.query)
        return self._original_url

    @property
    def url(self) -> Url:
        """The URL at the backend: made at first use, may be changed."""
        if self.made_url is None:
            self.made_url = self._url_at_base()
        return self.made_url

    def set_url(self, url: Url) -> None:
        self.made_url = url

    def move_to(self, base: Base) -> None:
        """Point the URL at another backend; what stands behind its path stays."""
        before, self.base = self.base, base
        made = self.made_url
        if made is not None:
            own = "" if before is None else before.path
            made.scheme, made.host, made.port = _origin(base)
            made.path = base.path + made.path.removeprefix(own)

    def query_without_key(self) -> str:
        """The query as it goes on to the backend."""
        name = self.key_query
        if not name:
            return self.query
        parts = self.query.split("&")
        kept = [part for part in parts if decoded(part.partition("=")[0]) != name]
        return "&".join(kept)

    def _url_at_base(self) -> Url:
        base = self.base
        if base is None:
            return self.original_url.copy()
        path = base.path + self.rest
        return Url(*_origin(base), path, self.query_without_key())


def _origin(base: Base) -> tuple[str, str, int | None]:
    """Scheme, host, and port where it is not the usual one."""
    usual = 443 if base.scheme == "https" else 80
    return base.scheme, base.host, None if base.port == usual else base.port
