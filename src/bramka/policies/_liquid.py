"""Liquid templates over bodies and the call, within a budget.

Templates see `body` and `context` and nothing else: no files, no other templates.
Filters are known by their Liquid names and, as in C#, with capitals: `upcase` and
`Upcase`. Names of members compare without case where no exact name is there.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from liquid import Environment
from liquid.exceptions import FilterArgumentError, LiquidError

from bramka.domain.traffic.exchange import Exchange, Headers, Url
from bramka.domain.traffic.step import StepFailure
from bramka.policies._bodies import Message, charset, content_of, media_type
from bramka.policies._liquid_dates import (
    DateText,
    Moment,
    date,
    moment_of,
    with_dates,
)
from bramka.policies._xml import XmlProblem, xml_members

MOST_OUTPUT = 4 * 1024 * 1024
MOST_LOOPS = 100_000
LARGEST_NUMBER = 2**96

Render = Callable[[Exchange, Message | None], str]


class _Budgeted(Environment):
    """The tags and filters of Liquid, bounded."""

    loop_iteration_limit = MOST_LOOPS
    output_stream_limit = MOST_OUTPUT
    local_namespace_limit = MOST_OUTPUT
    # Blank loops and conditions write what stands in them, as in DotLiquid.
    suppress_blank_control_flow_blocks = False


class Members(Mapping[str, Any]):
    """Members by name; another case will do when there is no exact name."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self._folded: dict[str, str] | None = None

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            if self._folded is None:
                self._folded = {key.lower(): key for key in self._known}
            name = self._folded[str(name).lower()]
        return members_in(self._known[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def items(self) -> Any:
        return [Pair((name, self[name])) for name in self._known]

    def __str__(self) -> str:
        return json.dumps(self._known, ensure_ascii=False, default=str)


class Pair(tuple[str, Any]):
    """A member as loops over members see it: with a Key and a Value."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        where = {"key": 0, "value": 1}.get(str(key).lower(), key)
        return super().__getitem__(where)


PLAIN = (str, int, float, bool, type(None))


def members_in(value: object) -> object:
    """`value` as templates see it."""
    if isinstance(value, DateText):
        return moment_of(value)
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, dict):
        return Members(value)
    if isinstance(value, list | tuple):
        return [members_in(item) for item in value]
    if isinstance(value, datetime):
        return Moment.fromtimestamp(value.timestamp(), UTC)
    text = str(value)
    if text.startswith(("{", "[")):
        # JSON that an expression made prints itself as JSON.
        try:
            return members_in(json.loads(text))
        except ValueError:
            return text
    return text


def _environment() -> Environment:
    made = _Budgeted()
    made.filters["date"] = date
    for name in ("times", "plus", "minus"):
        made.filters[name] = _bounded(made.filters[name])
    for name, work in tuple(made.filters.items()):
        made.filters["".join(map(str.capitalize, name.split("_")))] = work
    return made


def _bounded(work: Callable[..., float]) -> Callable[..., float]:
    """A filter whose whole numbers stay as small as decimals of C#."""

    @wraps(work)
    def run(left: object, right: object) -> float:
        found = work(left, right)
        if isinstance(found, int) and abs(found) >= LARGEST_NUMBER:
            raise FilterArgumentError("the number is too large", token=None)
        return found

    return run


def compile_template(text: str, *, blank_nil: bool, dates: bool) -> Render:
    """The template's renderer; ValueError says why it is none."""
    try:
        template = _environment().from_string(text)
    except LiquidError as error:
        raise ValueError(str(error)) from None
    needs_context = "context" in text

    def render(exchange: Exchange, message: Message | None) -> str:
        names: dict[str, object] = {"body": None}
        if message is not None:
            body = _body(message, blank_nil=blank_nil)
            names["body"] = members_in(with_dates(body) if dates else body)
        if needs_context:
            names["context"] = Members(context_members(exchange))
        try:
            return str(template.render(**names))
        except LiquidError as error:
            raise StepFailure(
                "set-body", "LiquidTemplateFailure", f"The template failed: {error}"
            ) from None

    return render


def _body(message: Message, *, blank_nil: bool) -> object:
    """The body taken apart by its content type."""
    text = content_of(message).decode(charset(message), "replace").strip()
    kind = media_type(message)
    if not text:
        return None
    try:
        if "xml" in kind or (text.startswith("<") and "json" not in kind):
            return xml_members(text.encode(), blank_nil=blank_nil)
        return json.loads(text)
    except (ValueError, XmlProblem, RecursionError) as error:
        if "json" in kind or "xml" in kind:
            problem = f"The body is not the {kind} it says it is: {error}"
            raise StepFailure("set-body", "InvalidBody", problem) from None
        return text


def context_members(exchange: Exchange) -> dict[str, Any]:
    """`context` as templates know it."""
    request, response = exchange.request, exchange.response
    members: dict[str, Any] = {
        "RequestId": exchange.request_id,
        "Variables": dict(exchange.variables),
        "Request": {
            "Method": request.method,
            "OriginalMethod": request.method,
            "Url": _url(request.url),
            "OriginalUrl": _url(request.original_url),
            "IpAddress": request.ip_address,
            "MatchedParameters": dict(request.matched_parameters),
            "Headers": _headers(request.headers),
            "HasBody": bool(request.body.content),
        },
    }
    if response is not None:
        members["Response"] = {
            "StatusCode": response.status,
            "StatusReason": response.reason,
            "Headers": _headers(response.headers),
        }
    return {**members, **_nouns(exchange)}


def _nouns(exchange: Exchange) -> dict[str, Any]:
    api, operation = exchange.api, exchange.operation
    found: dict[str, Any] = {}
    if api is not None:
        found["Api"] = {
            "Id": api.id.partition(";rev=")[0],
            "Name": api.display_name,
            "Path": api.path,
            "ServiceUrl": api.service_url,
        }
    if operation is not None:
        found["Operation"] = {
            "Id": operation.id,
            "Name": operation.display_name,
            "Method": operation.method,
            "UrlTemplate": operation.url_template,
        }
    if exchange.product is not None:
        found["Product"] = {
            "Id": exchange.product.id,
            "Name": exchange.product.display_name,
            "State": exchange.product.state.capitalize(),
        }
    return {**found, **_caller(exchange)}


def _caller(exchange: Exchange) -> dict[str, Any]:
    held, user = exchange.subscription, exchange.user
    found: dict[str, Any] = {}
    if held is not None:
        found["Subscription"] = {
            "Id": held.id,
            "Name": held.display_name,
            "CreatedDate": _date(held.created_date),
            "StartDate": _date(held.start_date),
            "EndDate": _date(held.end_date),
        }
    if user is not None:
        found["User"] = {
            "Id": user.id,
            "Email": user.email,
            "FirstName": user.first_name,
            "LastName": user.last_name,
            "Note": user.note,
            "RegistrationDate": _date(user.registration_date),
        }
    return found


def _date(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _headers(headers: Headers) -> dict[str, str]:
    names = {name.decode("latin-1"): name for name, _ in headers}
    return {text: headers.joined(name) or "" for text, name in names.items()}


def _url(url: Url) -> dict[str, Any]:
    return {
        "Scheme": url.scheme,
        "Host": url.host,
        "Port": url.effective_port,
        "IsDefaultPort": url.port is None,
        "Path": url.path,
        "Query": dict(url.pairs()),
        "QueryString": f"?{url.query}" if url.query else "",
        "ToString": str(url),
    }
