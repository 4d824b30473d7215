"""Let browsers call from pages of other sites.

    <cors allow-credentials="false" terminate-unmatched-request="true">
      <allowed-origins>
        <origin>https://shop.example.com</origin>
      </allowed-origins>
      <allowed-methods preflight-result-max-age="300">
        <method>*</method>
      </allowed-methods>
      <allowed-headers>
        <header>Content-Type</header>
      </allowed-headers>
      <expose-headers>
        <header>ETag</header>
      </expose-headers>
    </cors>

A preflight is answered here, before any key is asked for, unless the API has an
OPTIONS operation for it; nothing else runs then. A page of another origin gets an
empty 200, or, when such requests are not terminated, what wider cors policies say.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Headers, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Outcome, Step
from bramka.policies._refusals import flag_source, needs

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
ONCE = True
CHILDREN: Children = {
    "allowed-origins": {"origin": {}},
    "allowed-methods": {"method": {}},
    "allowed-headers": {"header": {}},
    "expose-headers": {"header": {}},
}
USUAL_METHODS = ("GET", "POST")
SIMPLE_HEADERS = frozenset(("accept", "accept-language", "content-language"))
ORIGIN = b"Access-Control-Allow-Origin"
_IMPLIED = {"http": ":80", "https": ":443"}


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<cors>`."""

    allow_credentials: Annotated[
        Source | None, Meta(description="Let pages send cookies and the like: false.")
    ] = None
    terminate_unmatched_request: Annotated[
        Source | None, Meta(description="Answer other origins with an empty 200: true.")
    ] = None


class Methods(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<allowed-methods>`."""

    preflight_result_max_age: Annotated[
        Source | None, Meta(description="Seconds a preflight's answer is good for.")
    ] = None


class Nothing(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Elements without attributes."""


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    if "/" in site.path:
        site.refuse("stands directly in <inbound>, not inside another policy")
    rules = _Rules(settings, site)
    return Step(rules.run, unrouted=rules.preflight, **needs(*rules.sources))


class _Rules:
    """What one policy allows."""

    def __init__(self, settings: Settings, site: Site) -> None:
        self._site = site
        self.sources: list[Source] = []
        parts = {child.name: child for child in site.element.children}
        if len(parts) != len(site.element.children):
            site.refuse("holds an element twice")
        self._origins = self._list(parts.get("allowed-origins"))
        if self._origins is None:
            site.refuse("needs <allowed-origins> with an <origin>")
        self._methods = self._list(parts.get("allowed-methods"), Methods)
        self._headers = self._list(parts.get("allowed-headers"))
        self._exposed = self._list(parts.get("expose-headers"))
        self._credentials = self._flag(
            "allow-credentials", settings.allow_credentials, "false"
        )
        self._terminates = self._flag(
            "terminate-unmatched-request", settings.terminate_unmatched_request, "true"
        )
        self._age: Source | None = None
        if "allowed-methods" in parts:
            given = site.settings(parts["allowed-methods"], Methods)
            self._age = given.preflight_result_max_age
        if self._age is not None:
            self.sources.append(self._age)
            constant = self._age.constant
            if constant is not None and not constant.isdecimal():
                site.refuse(
                    f"preflight-result-max-age is '{constant}'; it must be a number"
                )
        self._check_credentials()

    def _flag(self, name: str, given: Source | None, usual: str) -> Source:
        source = flag_source(self._site, name, given or Source.of(usual))
        self.sources.append(source)
        return source

    def _list(
        self, element: Element | None, of: type[Struct] = Nothing
    ) -> tuple[Source, ...] | None:
        if element is None:
            return None
        self._site.settings(element, of)
        if not element.children:
            self._site.refuse(f"<{element.name}> is empty", element.place)
        found = tuple(self._site.source(child.text) for child in element.children)
        self.sources += found
        return found

    def _check_credentials(self) -> None:
        stars = [one for one in self._origins or () if one.constant == "*"]
        if stars and (self._credentials.constant or "").lower() == "true":
            self._site.refuse(
                "origin '*' cannot go with allow-credentials='true': browsers refuse it"
            )

    # --- per call ---

    def run(self, exchange: Exchange) -> Outcome:
        headers = exchange.request.headers
        origin = headers.joined(b"origin")
        if origin is None or _is_answered(exchange):
            return None
        if _is_preflight(exchange):
            return self.preflight(exchange)
        allowed = self._allowed_origin(exchange, origin)
        if allowed is None:
            return Response(200, "OK") if self._terminates.flag(exchange) else None
        for name, value in self._common(exchange, allowed):
            exchange.answer_header(name, value)
        exposed = _texts(self._exposed, exchange)
        if exposed:
            value = ", ".join(exposed).encode("latin-1", "replace")
            exchange.answer_header(b"Access-Control-Expose-Headers", value)
        return None

    def preflight(self, exchange: Exchange) -> Outcome:
        """The answer to a preflight; None when it is for wider policies to give."""
        if not _is_preflight(exchange):
            return None
        origin = exchange.request.headers.joined(b"origin") or ""
        allowed = self._allowed_origin(exchange, origin)
        fields = None if allowed is None else self._permission(exchange)
        if allowed is None or fields is None:
            return Response(200, "OK") if self._terminates.flag(exchange) else None
        return Response(200, "OK", Headers([*self._common(exchange, allowed), *fields]))

    def _allowed_origin(self, exchange: Exchange, origin: str) -> str | None:
        for text in _texts(self._origins, exchange):
            if text == "*":
                return "*"
            if _same_origin(text, origin):
                return origin
        return None

    def _common(self, exchange: Exchange, allowed: str) -> list[tuple[bytes, bytes]]:
        fields = [(ORIGIN, allowed.encode("latin-1", "replace"))]
        if allowed != "*":
            fields.append((b"Vary", b"Origin"))
        if self._credentials.flag(exchange):
            fields.append((b"Access-Control-Allow-Credentials", b"true"))
        return fields

    def _permission(self, exchange: Exchange) -> list[tuple[bytes, bytes]] | None:
        """Methods and headers that are allowed; None when the asked ones are not."""
        asked = exchange.request.headers
        method = (asked.joined(b"access-control-request-method") or "").strip()
        methods = _texts(self._methods, exchange) or list(USUAL_METHODS)
        if "*" in methods:
            methods = [method]
        if method.upper() not in (one.upper() for one in methods):
            return None
        wanted = _words(asked.joined(b"access-control-request-headers") or "")
        headers = _texts(self._headers, exchange)
        if "*" in headers:
            headers = wanted
        known = {one.lower() for one in headers} | SIMPLE_HEADERS
        if any(one.lower() not in known for one in wanted):
            return None
        fields = [(b"Access-Control-Allow-Methods", ", ".join(methods))]
        if headers:
            fields.append((b"Access-Control-Allow-Headers", ", ".join(headers)))
        if self._age is not None:
            fields.append((b"Access-Control-Max-Age", self._age.text(exchange)))
        return [(name, text.encode("latin-1", "replace")) for name, text in fields]


def _same_origin(known: str, origin: str) -> bool:
    """Whether they are the same; a port that the scheme implies may be left out."""
    return _plain(known.rstrip("/")) == _plain(origin)


def _plain(origin: str) -> str:
    lower = origin.lower()
    return lower.removesuffix(_IMPLIED.get(lower.partition("://")[0], ""))


def _texts(sources: tuple[Source, ...] | None, exchange: Exchange) -> list[str]:
    return [source.text(exchange).strip() for source in sources or ()]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _is_preflight(exchange: Exchange) -> bool:
    headers = exchange.request.headers
    return (
        exchange.request.method == "OPTIONS"
        and b"origin" in headers
        and b"access-control-request-method" in headers
    )


def _is_answered(exchange: Exchange) -> bool:
    """Whether a narrower policy has let this origin in."""
    return any(name == ORIGIN for name, _ in exchange.answer_headers or ())
