"""Let a call in only with the parameters that its operation describes.

    <validate-parameters specified-parameter-action="prevent"
        unspecified-parameter-action="ignore" errors-variable-name="problems">
      <headers specified-parameter-action="detect">
        <parameter name="X-Old" action="prevent" />
      </headers>
      <query unspecified-parameter-action="prevent" />
      <path specified-parameter-action="prevent" />
    </validate-parameters>

A parameter that is described has to be of its type, one of its values, and there when
it is required. The subscription key, and headers that HTTP itself or the way here adds,
are left alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.operation import Parameter
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import Choice, needs
from bramka.policies._validation import (
    Action,
    Errors,
    Finding,
    MaybeAction,
    action_of,
    judge,
    problem_of,
)

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
ONCE = True
CHILDREN: Children = {
    "headers": {"parameter": {}},
    "query": {"parameter": {}},
    "path": {"parameter": {}},
}
NAME = "validate-parameters"
KINDS = {"headers": "RequestHeader", "query": "QueryParameter", "path": "PathParameter"}
OF_HTTP = frozenset(
    (
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "te",
        "transfer-encoding",
        "user-agent",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
    )
)


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<validate-parameters>`."""

    specified_parameter_action: Action
    unspecified_parameter_action: Action
    errors_variable_name: Errors = None


class PlaceSettings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<headers>`, `<query>` and `<path>`."""

    specified_parameter_action: MaybeAction = None
    unspecified_parameter_action: MaybeAction = None


class ParameterSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Attributes of `<parameter>`."""

    name: Annotated[str, Meta(min_length=1, description="The parameter it is about.")]
    action: Action


@dataclass(frozen=True, slots=True)
class _Place:
    """What is done about the parameters of one place."""

    specified: Choice
    unspecified: Choice
    own: Mapping[str, Choice]
    sources: tuple[Source, ...]

    @staticmethod
    def of(site: Site, settings: Settings, element: Element | None) -> "_Place":
        given = PlaceSettings()
        if element is not None:
            given = site.settings(element, PlaceSettings)
            if element.name == "path" and given.unspecified_parameter_action:
                site.refuse(
                    "<path> has no unspecified-parameter-action: the template "
                    "names all of its parameters",
                    element.place,
                )
        specified = given.specified_parameter_action
        unspecified = given.unspecified_parameter_action
        specified = specified or settings.specified_parameter_action
        unspecified = unspecified or settings.unspecified_parameter_action
        children = [] if element is None else element.children
        named = [site.settings(child, ParameterSettings) for child in children]
        return _Place(
            specified=action_of(site, "specified-parameter-action", specified),
            unspecified=action_of(site, "unspecified-parameter-action", unspecified),
            own={
                one.name.lower(): action_of(site, "action", one.action) for one in named
            },
            sources=(specified, unspecified, *(one.action for one in named)),
        )


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    elements = {one.name: one for one in site.element.children}
    places = {name: _Place.of(site, settings, elements.get(name)) for name in KINDS}

    def findings(exchange: Exchange) -> Iterator[Finding]:
        for name, place in places.items():
            described, given = _READERS[name](exchange)
            yield from _compared(name, place, described, given, exchange)

    def run(exchange: Exchange) -> Response | None:
        if exchange.operation is None:
            return None
        variable = settings.errors_variable_name
        return judge(NAME, exchange, findings(exchange), variable)

    sources = (source for place in places.values() for source in place.sources)
    return Step(run, **needs(*sources))


Described = dict[str, Parameter]
Given = dict[str, list[str]]


def _compared(
    name: str, place: _Place, described: Described, given: Given, exchange: Exchange
) -> Iterator[Finding]:
    kind = KINDS[name]
    for key, parameter in described.items():
        problem = problem_of(parameter, given.get(key, []))
        if problem:
            action = place.own.get(key, place.specified).of(exchange)
            details = f"The parameter {parameter.name} of the {name} {problem}."
            yield Finding(parameter.name, kind, "Specified", details, action)
    for key in sorted(given.keys() - described.keys()):
        action = place.own.get(key, place.unspecified).of(exchange)
        details = f"The parameter {key} of the {name} is not described."
        yield Finding(key, kind, "Unspecified", details, action)


def _headers(exchange: Exchange) -> tuple[Described, Given]:
    assert exchange.operation is not None, "checked by the caller"
    assert exchange.api is not None, "operations are those of an API"
    contract = exchange.operation.request
    secret = exchange.api.subscription_key_parameter_names.header.lower()
    left_out = {secret, *OF_HTTP}
    given: Given = {}
    for name, value in exchange.request.headers:
        key = name.decode("latin-1").lower()
        if key not in left_out:
            given.setdefault(key, []).append(value.decode("latin-1"))
    headers = () if contract is None else contract.headers
    described = {one.name.lower(): one for one in headers}
    return {k: one for k, one in described.items() if k not in left_out}, given


def _query(exchange: Exchange) -> tuple[Described, Given]:
    assert exchange.operation is not None, "checked by the caller"
    assert exchange.api is not None, "operations are those of an API"
    contract = exchange.operation.request
    secret = exchange.api.subscription_key_parameter_names.query.lower()
    given: Given = {}
    for name, value in exchange.request.original_url.pairs():
        if name.lower() != secret:
            given.setdefault(name.lower(), []).append(value)
    parameters = () if contract is None else contract.query_parameters
    described = {one.name.lower(): one for one in parameters}
    # Those of the template's own query are path parameters to the contract.
    for one in exchange.operation.template_parameters:
        if one.name.lower() in given:
            described.setdefault(one.name.lower(), one)
    return described, given


def _path(exchange: Exchange) -> tuple[Described, Given]:
    assert exchange.operation is not None, "checked by the caller"
    given = {
        name.lower(): [value]
        for name, value in exchange.request.matched_parameters.items()
    }
    parameters = exchange.operation.template_parameters
    return {one.name.lower(): one for one in parameters}, given


_READERS = {"headers": _headers, "query": _query, "path": _path}
