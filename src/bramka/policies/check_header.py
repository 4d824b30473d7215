"""Let a call in only with a certain header, and perhaps a certain value of it.

    <check-header name="X-Tenant" failed-check-httpcode="401"
        failed-check-error-message="Not authorized" ignore-case="false">
      <value>blue</value>
      <value>green</value>
    </check-header>

Without `<value>` the header only has to be there. Any of its fields may match any of
the values.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import flag_source, needs, refusal, status_of

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
CHILDREN: Children = {"value": {}}


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<check-header>`."""

    name: Annotated[Source, Meta(description="Name of the header.")]
    failed_check_httpcode: Annotated[
        Source, Meta(description="Status of the refusal, 100 to 999.")
    ]
    failed_check_error_message: Annotated[
        Source, Meta(description="Message in the body of the refusal.")
    ]
    ignore_case: Annotated[
        Source, Meta(description="Compare values without case: true or false.")
    ]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    values = tuple(site.source(child.text) for child in site.element.children)
    code = status_of(site, "failed-check-httpcode", settings.failed_check_httpcode)
    ignores = flag_source(site, "ignore-case", settings.ignore_case)
    message = settings.failed_check_error_message

    def run(exchange: Exchange) -> Response | None:
        name = settings.name.text(exchange).strip()
        found = exchange.request.headers.values(name.encode("latin-1", "replace"))
        if not found:
            reason = "HeaderNotFound"
            what = f"Header {name} was not found in the request. Access denied."
        elif not values or _any_matches(found, exchange):
            return None
        else:
            reason = "HeaderValueNotAllowed"
            value = b",".join(found).decode("latin-1")
            what = f"Header {name} value of {value} is not allowed. Access denied."
        error = LastError("check-header", reason, what)
        return refusal(code.of(exchange), message.text(exchange), error)

    def _any_matches(found: list[bytes], exchange: Exchange) -> bool:
        wanted = {value.text(exchange).strip() for value in values}
        given = {value.decode("latin-1").strip() for value in found}
        if ignores.flag(exchange):
            wanted = {text.casefold() for text in wanted}
            given = {text.casefold() for text in given}
        return not wanted.isdisjoint(given)

    read = (settings.name, settings.failed_check_httpcode, message, ignores, *values)
    return Step(run, **needs(*read))
