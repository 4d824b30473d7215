"""Let only header fields out that the operation describes for this status.

    <validate-headers specified-header-action="prevent"
        unspecified-header-action="ignore" errors-variable-name="problems">
      <header name="X-Debug" action="prevent" />
    </validate-headers>

A field that is described has to be of its type, and there when it is required. Fields
that belong to HTTP itself are left alone: Content-Type, Content-Length, Date and such.
"""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.operation import Parameter
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import needs
from bramka.policies._validation import (
    Action,
    Errors,
    Finding,
    action_of,
    judge,
    problem_of,
)

SECTIONS = frozenset({Section.OUTBOUND, Section.ON_ERROR})
SCOPES = ALL_SCOPES
ONCE = True
CHILDREN: Children = {"header": {}}
NAME = "validate-headers"
KIND = "ResponseHeader"
OF_HTTP = frozenset(
    (
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "keep-alive",
        "server",
        "transfer-encoding",
    )
)


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<validate-headers>`."""

    specified_header_action: Action
    unspecified_header_action: Action
    errors_variable_name: Errors = None


class HeaderSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Attributes of `<header>`."""

    name: Annotated[str, Meta(min_length=1, description="The header it is about.")]
    action: Action


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    given = settings.specified_header_action
    specified = action_of(site, "specified-header-action", given)
    other = settings.unspecified_header_action
    unspecified = action_of(site, "unspecified-header-action", other)
    own = [site.settings(one, HeaderSettings) for one in site.element.children]
    actions = {one.name.lower(): action_of(site, "action", one.action) for one in own}

    def findings(exchange: Exchange, response: Response) -> Iterator[Finding]:
        described = _described(exchange, response.status)
        names = {name.decode("latin-1").lower() for name, _ in response.headers}
        for name, parameter in described.items():
            raw = response.headers.values(name.encode("latin-1"))
            problem = problem_of(parameter, [one.decode("latin-1") for one in raw])
            if problem:
                action = actions.get(name, specified).of(exchange)
                details = f"The header {name} of the answer {problem}."
                yield Finding(name, KIND, "Specified", details, action)
        for name in sorted(names - described.keys() - OF_HTTP):
            action = actions.get(name, unspecified).of(exchange)
            details = f"The header {name} of the answer is not described."
            yield Finding(name, KIND, "Unspecified", details, action)

    def run(exchange: Exchange) -> Response | None:
        response = exchange.response
        if response is None or exchange.operation is None:
            return None
        found = findings(exchange, response)
        return judge(NAME, exchange, found, settings.errors_variable_name)

    return Step(run, **needs(given, other, *(one.action for one in own)))


def _described(exchange: Exchange, status: int) -> dict[str, Parameter]:
    """The fields that the operation describes for this status, by lower-case name."""
    assert exchange.operation is not None, "checked by the caller"
    return {
        header.name.lower(): header
        for answer in exchange.operation.responses
        if answer.status_code == status
        for header in answer.headers
        if header.name.lower() not in OF_HTTP
    }
