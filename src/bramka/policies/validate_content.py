"""Let a body through only as it is described: its type, size and schema.

    <validate-content unspecified-content-type-action="prevent" max-size="102400"
        size-exceeded-action="prevent" errors-variable-name="problems">
      <content-type-map missing-content-type-value="application/json">
        <type from="application/hal+json" to="application/json" />
      </content-type-map>
      <content type="application/json" validate-as="json" action="prevent"
          schema-id="order" allow-additional-properties="false" />
    </validate-content>

A body of the request is checked on its way in, that of the answer on its way out.
Without `schema-id` it has to be what the definition of the API says of the operation's
body in that type; where that says nothing, it only has to be well-formed. `schema-ref`
names a part of the schema, such as `#/$defs/order`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Headers, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.schema import Schema
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Awaiting, Outcome, Step
from bramka.policies._bodies import Coded, work_on
from bramka.policies._definitions import ByDefinition
from bramka.policies._refusals import Choice, Number, flag_source, needs
from bramka.policies._schemas import Check, CheckBody, Wanted
from bramka.policies._validation import Action, Errors, Finding, action_of, judge

SECTIONS = frozenset({Section.INBOUND, Section.OUTBOUND, Section.ON_ERROR})
SCOPES = ALL_SCOPES
CHILDREN: Children = {"content-type-map": {"type": {}}, "content": {}}
NAME = "validate-content"
LARGEST = 4 * 1024 * 1024


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<validate-content>`."""

    unspecified_content_type_action: Action
    max_size: Annotated[
        Source, Meta(description="Bytes that a body may have, 4194304 at most.")
    ]
    size_exceeded_action: Action
    errors_variable_name: Errors = None


class MapSettings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<content-type-map>`."""

    any_content_type_value: Annotated[
        str | None, Meta(description="Type that every body is taken for.")
    ] = None
    missing_content_type_value: Annotated[
        str | None, Meta(description="Type of a body that does not say one.")
    ] = None


class TypeSettings(
    Struct, rename={"source": "from"}, forbid_unknown_fields=True, frozen=True
):
    """Attributes of `<type>`; either from or when is needed."""

    to: Annotated[str, Meta(min_length=1, description="Type it is taken for.")]
    source: Annotated[str | None, Meta(description="Type that is said.")] = None
    when: Annotated[
        Source | None, Meta(description="Whether it is to be taken so.")
    ] = None


class ContentSettings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<content>`."""

    validate_as: Annotated[
        Literal["json", "xml", "soap"], Meta(description="How the body is read.")
    ]
    action: Action
    type: Annotated[
        str | None, Meta(description="Type of body it is about; none: any.")
    ] = None
    schema_id: Annotated[
        str | None, Meta(description="Schema of the instance to check it by.")
    ] = None
    schema_ref: Annotated[
        str | None, Meta(description="Part of the schema, as a JSON pointer.")
    ] = None
    allow_additional_properties: Annotated[
        Source | None,
        Meta(description="Whether objects may hold what is not described."),
    ] = None
    case_insensitive_property_names: Annotated[
        Source | None, Meta(description="Whether the case of names does not matter.")
    ] = None


FindCheck = Callable[[Exchange, str], CheckBody]
"""Gives what tells what is wrong with a body of this type."""


@dataclass(frozen=True, slots=True)
class _Content:
    """One kind of body, and how it is checked."""

    type: str | None
    check: FindCheck
    action: Choice


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    inbound = site.section is Section.INBOUND
    size = Number(site, "max-size", settings.max_size, 1, LARGEST)
    too_large = action_of(site, "size-exceeded-action", settings.size_exceeded_action)
    strange = settings.unspecified_content_type_action
    unspecified = action_of(site, "unspecified-content-type-action", strange)
    types = _Types(site)
    kinds = [
        _content(site, one) for one in site.element.children if one.name == "content"
    ]

    def told(exchange: Exchange, found: Finding | None) -> Response | None:
        variable = settings.errors_variable_name
        return judge(NAME, exchange, [] if found is None else [found], variable)

    def finish(exchange: Exchange, content: _Content, problem: str) -> Response | None:
        if not problem:
            return told(exchange, None)
        details = f"The body is not as described: {problem}."
        return told(exchange, _found("Schema", details, content.action.of(exchange)))

    def run(exchange: Exchange) -> Outcome | Awaiting:
        message = exchange.request if inbound else exchange.response
        if message is None or not message.body.content:
            return None
        body, most = Coded(message.body.content, ""), size.of(exchange)
        if len(body.content) > most:
            details = f"The body is longer than {most} bytes."
            return told(exchange, _found("Size", details, too_large.of(exchange)))
        kind = types.of(exchange, message.headers)
        for content in kinds:
            if content.type is None or content.type == kind:
                check = content.check(exchange, kind)
                end = partial(finish, exchange, content)
                return work_on(site, body, end, _problem, check)
        details = f"Bodies of type '{kind}' are not described."
        action = unspecified.of(exchange)
        return told(exchange, _found("ContentType", details, action))

    read = (settings.max_size, settings.size_exceeded_action, strange, *types.sources)
    wanted = needs(*read)
    return Step(
        run,
        waits=True,
        seldom=True,
        reads_request_body=inbound or wanted["reads_request_body"],
        reads_response_body=not inbound or wanted["reads_response_body"],
    )


def _problem(body: Coded, check: CheckBody) -> str:
    return check(body.content)


def _found(rule: str, details: str, action: str) -> Finding:
    return Finding("body", "Body", rule, details, action)


class _Types:
    """Which type a body is taken for."""

    def __init__(self, site: Site) -> None:
        self._settings = MapSettings()
        self._types: list[TypeSettings] = []
        for element in site.element.children:
            if element.name == "content-type-map":
                self._settings = site.settings(element, MapSettings)
                self._types += [_type(site, one) for one in element.children]
        self.sources = [one.when for one in self._types if one.when is not None]

    def of(self, exchange: Exchange, headers: Headers) -> str:
        if self._settings.any_content_type_value:
            return self._settings.any_content_type_value.lower()
        said = plain(headers.get(b"content-type") or b"")
        said = said or (self._settings.missing_content_type_value or "").lower()
        for one in self._types:
            if one.when is not None and one.when.flag(exchange):
                return one.to.lower()
            if one.source is not None and one.source.lower() == said:
                return one.to.lower()
        return said


def plain(field: bytes) -> str:
    """A content type without its parameters."""
    return field.decode("latin-1").partition(";")[0].strip().lower()


def _type(site: Site, element: Element) -> TypeSettings:
    settings = site.settings(element, TypeSettings)
    if (settings.source is None) == (settings.when is None):
        site.refuse("needs either from or when", element.place)
    return settings


def _content(site: Site, element: Element) -> _Content:
    settings = site.settings(element, ContentSettings)
    schema: Schema | None = None
    if settings.schema_id is not None:
        schema = site.lookup("schemas", settings.schema_id)
        wanted = "json" if settings.validate_as == "json" else "xml"
        if schema is None or schema.type != wanted:
            what = f"there is no {wanted} schema '{settings.schema_id}'"
            site.refuse(what, element.place)
    elif settings.schema_ref is not None:
        site.refuse("schema-ref needs a schema-id", element.place)
    kinds = _Kinds(site, settings)
    if schema is None:
        check: FindCheck = ByDefinition(site, kinds.check)
    else:
        try:
            check = _always(kinds.check(schema, settings.schema_ref or ""))
        except ValueError as error:
            site.refuse(f"schema '{settings.schema_id}': {error}", element.place)
    kind = None if settings.type is None else plain(settings.type.encode())
    return _Content(kind, check, action_of(site, "action", settings.action))


def _always(check: CheckBody) -> FindCheck:
    return lambda _exchange, _kind: check


class _Kinds:
    """Makes checks in the way that one `<content>` asks for."""

    def __init__(self, site: Site, settings: ContentSettings) -> None:
        self._kind = settings.validate_as
        self._additional = _flag(
            site, "allow-additional-properties", settings.allow_additional_properties
        )
        self._ignores_case = _flag(
            site,
            "case-insensitive-property-names",
            settings.case_insensitive_property_names,
        )

    def check(self, schema: Schema | None, pointer: str) -> CheckBody:
        """ValueError when the schema is none."""
        wanted = "json" if self._kind == "json" else "xml"
        if schema is not None and schema.type != wanted:
            schema = None
        more = (pointer, self._additional, bool(self._ignores_case))
        return Check(Wanted(self._kind, schema, *more))


def _flag(site: Site, name: str, source: Source | None) -> bool | None:
    """A flag that has to be known when the schema is compiled."""
    if source is None:
        return None
    if source.constant is None:
        site.refuse(f"attribute '{name}' does not take expressions", source.place)
    return flag_source(site, name, source).constant == "true"
