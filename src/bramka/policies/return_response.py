"""Answer at once, without going on; 200 and empty unless told otherwise.

Expressions inside see the response that was there before, if there was one.

<return-response>
  <set-status code="401" reason="Unauthorized" />
  <set-header name="WWW-Authenticate" exists-action="override">
    <value>Bearer</value>
  </set-header>
  <set-body>Who are you?</set-body>
</return-response>
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, Headers, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Children, Site
from bramka.domain.traffic.step import Outcome, Step, run_inner_row

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
CHILDREN: Children = {
    "set-status": {},
    "set-header": {"value": {}},
    "set-body": {},
}


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<return-response>`."""

    response_variable_name: Annotated[
        str | None, Meta(description="Variable whose response is answered.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    row = site.row(site.element.children, section=Section.OUTBOUND)
    name = settings.response_variable_name

    def run(exchange: Exchange) -> Outcome:
        given = exchange.variables.get(name) if name else None
        if isinstance(given, Response):
            # A copy: the variable may be read again.
            headers = Headers(list(given.headers.raw))
            response = Response(given.status, given.reason, headers, given.body.content)
        else:
            response = Response(200, "OK")
        exchange.draft = response
        try:
            run_inner_row(row, exchange)
        finally:
            exchange.draft = None
        return response

    return Step(
        run,
        reads_request_body=row.reads_request_body,
        reads_response_body=row.reads_response_body,
    )
