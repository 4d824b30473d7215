"""Send the request to another path at the backend.

    <rewrite-uri template="/v2/items" copy-unmatched-params="true" />

`{name}` in the template is a parameter of the operation's own URL template. Query
parameters that the operation's template does not name are added, unless they are
not to be copied.
"""

import re
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._refusals import flag_source, needs
from bramka.policies.set_query_parameter import name_of

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
PARAMETER = re.compile(r"\{\*?([\w\-.]+)\}")
ADDRESS = re.compile(r"\s*\w+://")
IN_PATH = "/:@!$&'()*+,;=-._~%"
"""What stays as it is in a path that a template or an expression gives."""


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<rewrite-uri>`."""

    template: Annotated[Source, Meta(description="The new path and query.")]
    copy_unmatched_params: Annotated[
        Source | None,
        Meta(description="Add query parameters the template does not name: true."),
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    template = settings.template
    if template.constant is not None and ADDRESS.match(template.constant):
        site.refuse(
            f"template is '{template.constant}'; it is a path: "
            "<set-backend-service> takes the address"
        )
    copies = flag_source(
        site,
        "copy-unmatched-params",
        settings.copy_unmatched_params or Source.of("true"),
    )

    def run(exchange: Exchange) -> None:
        request = exchange.request
        text = template.text(exchange).strip()
        path, _, query = text.partition("?")
        url = request.url
        own = "" if request.base is None else request.base.path
        left = unmatched(exchange, url.query) if copies.flag(exchange) else []
        if path and not path.startswith("/"):
            path = f"/{path}"
        made = own + quote(filled(path, exchange, safe="/"), safe=IN_PATH)
        url.path = made or "/"
        parts = [part for part in filled(query, exchange, safe="").split("&") if part]
        named = {name_of(part).lower() for part in parts}
        parts += [part for part in left if name_of(part).lower() not in named]
        url.query = "&".join(parts).replace(" ", "%20")

    return Step(run, **needs(template, settings.copy_unmatched_params))


def filled(text: str, exchange: Exchange, *, safe: str) -> str:
    """`text` with the parameters of the call's URL put in."""
    known = exchange.request.matched_parameters

    def value(found: re.Match[str]) -> str:
        for name, given in known.items():
            if name.lower() == found[1].lower():
                return quote(given, safe=safe)
        message = f"The URL of the operation has no parameter '{found[1]}'."
        raise StepFailure("rewrite-uri", "TemplateParameterNotFound", message)

    return PARAMETER.sub(value, text)


def unmatched(exchange: Exchange, query: str) -> list[str]:
    """The parts of the query that the operation's own template does not name."""
    template = "" if exchange.operation is None else exchange.operation.url_template
    own = template.partition("?")[2].split("&")
    matched = {name_of(part).lower() for part in own}
    parts = [part for part in query.split("&") if part]
    return [part for part in parts if name_of(part).lower() not in matched]
