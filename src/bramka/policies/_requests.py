"""Requests that policies make besides the call: what `<send-request>` describes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Exchange, Headers, Response
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import Children, Outgoing, Site, Source, printed
from bramka.domain.traffic.step import StepFailure
from bramka.policies import (
    authentication_certificate,
    authentication_managed_identity,
    proxy,
    set_body,
    set_header,
)
from bramka.policies._bodies import is_request
from bramka.policies._certificates import showing
from bramka.policies._identity import tokens
from bramka.policies._liquid import Render
from bramka.policies._refusals import Choice, Needs, Number, check_header_name, needs

CHILDREN: Children = {
    "set-url": {},
    "set-method": {},
    "set-header": {"value": {}},
    "set-body": {},
    "authentication-certificate": {},
    "authentication-managed-identity": {},
    "proxy": {},
}
MODES = ("new", "copy")
LONGEST_TIMEOUT = 3600
_IN_ADDRESSES = "!#$&'()*+,/:;=?@[]%~"

Change = Callable[[Exchange, Headers], None]
"""Changes the fields of the request to be made; the exchange stays as it is."""
Dial = Callable[[Exchange, Dialling | None], Dialling]


class Described:
    """A request as its element describes it."""

    def __init__(self, site: Site, mode: Source | None, timeout: Source | None) -> None:
        self._fetch = site.fetch
        self._mode = Choice(site, "mode", mode or Source.of("new"), MODES)
        seconds = timeout or Source.of("60")
        self._timeout = Number(site, "timeout", seconds, 1, LONGEST_TIMEOUT)
        self._url: Source | None = None
        self._method: Source | None = None
        self._body: Source | None = None
        self._template: Render | None = None
        self._sees_request = True
        self._changes: list[Change] = []
        self._dials: list[Dial] = []
        self._token: Callable[[Exchange], Awaitable[str]] | None = None
        self._sources = [mode, timeout]
        for child in site.element.children:
            self._read(site, child)
        if self._mode.constant == "new" and self._url is None:
            site.refuse("needs a <set-url>, unless mode='copy'")

    @property
    def needs(self) -> Needs:
        """What of the bodies the request is made of."""
        wanted = needs(*self._sources)
        if self._mode.constant != "new" and self._body is None:
            wanted["reads_request_body"] = True
        if self._template is not None:
            wanted["reads_request_body"] |= self._sees_request
            wanted["reads_response_body"] |= not self._sees_request
        return wanted

    # --- compiling ---

    def _read(self, site: Site, child: Element) -> None:
        if child.name == "set-url":
            self._url = self._source(site.source(child.text))
        elif child.name == "set-method":
            self._method = self._source(site.source(child.text))
        elif child.name == "set-body":
            self._read_body(site, child)
        elif child.name == "set-header":
            self._changes.append(self._header(site, child))
        elif child.name == "proxy":
            given = site.settings(child, proxy.Settings)
            find = proxy.finder(given, site)
            self._dials.append(lambda now, old: proxy.through(old, find(now)))
        elif child.name == "authentication-certificate":
            named = site.settings(child, authentication_certificate.Settings)
            show = authentication_certificate.finder(named, site)
            self._dials.append(lambda now, old: showing(old, show(now)))
        else:
            account = site.settings(child, authentication_managed_identity.Settings)
            self._token = tokens(site, account.resource, account.client_id)
            self._source(account.resource)

    def _read_body(self, site: Site, child: Element) -> None:
        """A body's text; a template sees the body of the call that goes on."""
        settings = site.settings(child, set_body.Settings)
        self._body = self._source(site.source(child.inner or child.text))
        if settings.template == "liquid":
            self._template = set_body.template_of(settings, site, self._body)
            self._sees_request = is_request(site)

    def _source(self, source: Source) -> Source:
        self._sources.append(source)
        return source

    def _header(self, site: Site, child: Element) -> Change:
        settings = site.settings(child, set_header.Settings)
        action = settings.exists_action or Source.of("override")
        what = Choice(site, "exists-action", action, set_header.ACTIONS)
        values = [self._source(site.source(one.text)) for one in child.children]
        check_header_name(site, self._source(settings.name).constant)

        def change(exchange: Exchange, headers: Headers) -> None:
            name = set_header.field_name(settings.name.text(exchange))
            texts = [set_header.clean(value.text(exchange)) for value in values]
            set_header.apply(headers, name, what.of(exchange), texts)

        return change

    # --- making the request ---

    def written(self, exchange: Exchange) -> Outgoing:
        """The request for this call, without the token of an identity."""
        copies = self._mode.of(exchange) == "copy"
        headers = Headers(_copied(exchange) if copies else [])
        for change in self._changes:
            change(exchange, headers)
        dialling: Dialling | None = None
        for dial in self._dials:
            dialling = dial(exchange, dialling)
        return Outgoing(
            method=self._method_of(exchange, copies=copies),
            url=self._url_of(exchange),
            headers=headers.raw,
            body=self._body_of(exchange, copies=copies),
            timeout=float(self._timeout.of(exchange)),
            dialling=dialling,
        )

    async def send(self, outgoing: Outgoing, exchange: Exchange) -> Response:
        """The answer; StepFailure when there is none."""
        if self._token is not None:
            token = await self._token(exchange)
            headers = Headers(outgoing.headers)
            value = f"Bearer {token}".encode("latin-1", "replace")
            headers.set(b"Authorization", value)
            outgoing = replace(outgoing, headers=headers.raw)
        try:
            return await self._fetch(outgoing)
        except TimeoutError:
            message = f"There was no answer within {outgoing.timeout:g} seconds."
            raise StepFailure("", "Timeout", message) from None
        except BramkaError as error:
            raise StepFailure("", "BackendConnectionFailure", error.message) from error

    def _url_of(self, exchange: Exchange) -> str:
        if self._url is None:
            return str(exchange.request.url)
        # As .NET writes an address that people wrote with blanks and the like.
        return quote(self._url.text(exchange).strip(), safe=_IN_ADDRESSES)

    def _method_of(self, exchange: Exchange, *, copies: bool) -> str:
        if self._method is not None:
            method = self._method.text(exchange).strip().upper()
            if not method.isascii() or not method.isalpha():
                message = f"'{method}' is not a method."
                raise StepFailure("", "ExpressionValueEvaluationFailure", message)
            return method
        return exchange.request.method if copies else "GET"

    def _body_of(self, exchange: Exchange, *, copies: bool) -> bytes:
        if self._template is not None:
            seen = exchange.request if self._sees_request else exchange.response
            return self._template(exchange, seen).encode()
        if self._body is not None:
            value: object = self._body.evaluate(exchange)
            if isinstance(value, bytes | bytearray):
                return bytes(value)
            return printed(value).encode()
        if copies and exchange.request.body_is_known:
            return exchange.request.body.content or b""
        return b""


def _copied(exchange: Exchange) -> list[tuple[bytes, bytes]]:
    """The caller's fields that may go to somebody else.

    Not the subscription key, which is for this gateway, nor what codings the caller
    takes: the answer is read here.
    """
    left_out = {b"accept-encoding"}
    if exchange.api is not None:
        name = exchange.api.subscription_key_parameter_names.header
        left_out.add(name.lower().encode("latin-1"))
    return [
        (name, value)
        for name, value in exchange.request.headers
        if name.lower() not in left_out
    ]
