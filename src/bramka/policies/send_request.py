"""Ask another service, and keep its answer in a variable.

    <send-request mode="new" response-variable-name="answer" timeout="20"
        ignore-error="true">
      <set-url>https://example.com/introspect</set-url>
      <set-method>POST</set-method>
      <set-header name="Content-Type"><value>text/plain</value></set-header>
      <set-body>ping</set-body>
    </send-request>

With `copy` the request begins as a copy of the caller's, without the subscription key.
When no answer comes, the call fails, or the variable is null with `ignore-error`.
"""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._refusals import needs
from bramka.policies._requests import CHILDREN, Described

__all__ = ["CHILDREN", "SCOPES", "SECTIONS", "Settings", "compile"]

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<send-request>`."""

    response_variable_name: Annotated[
        Source, Meta(description="Variable that gets the answer.")
    ]
    mode: Annotated[
        Source | None,
        Meta(description="new (default), or copy of the caller's request."),
    ] = None
    timeout: Annotated[
        Source | None, Meta(description="Seconds until the answer must be here: 60.")
    ] = None
    ignore_error: Annotated[
        bool, Meta(description="Set the variable to null when no answer comes.")
    ] = False


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    request = Described(site, settings.mode, settings.timeout)
    variable, ignores = settings.response_variable_name, settings.ignore_error

    async def run(exchange: Exchange) -> None:
        name = variable.text(exchange)
        try:
            outgoing = request.written(exchange)
            exchange.variables[name] = await request.send(outgoing, exchange)
        except StepFailure:
            if not ignores:
                raise
            exchange.variables[name] = None

    wanted, own = request.needs, needs(variable)
    return Step(
        run,
        waits=True,
        reads_request_body=wanted["reads_request_body"] or own["reads_request_body"],
        reads_response_body=wanted["reads_response_body"] or own["reads_response_body"],
    )
