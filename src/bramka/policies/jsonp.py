"""Wrap the answer in a call of a JavaScript function that the caller names.

    <jsonp callback-parameter-name="callback" />

Without the parameter in the query the answer stays as it is.
"""

import re
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._bodies import charset, content_of, replace_content
from bramka.policies._refusals import needs

SECTIONS = frozenset({Section.OUTBOUND})
SCOPES = ALL_SCOPES
ONCE = True
IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII)
LONGEST = 128


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<jsonp>`."""

    callback_parameter_name: Annotated[
        Source, Meta(description="Query parameter that names the function.")
    ]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    del site
    source = settings.callback_parameter_name

    def run(exchange: Exchange) -> None:
        response, name = exchange.response, source.text(exchange)
        given = dict(exchange.request.original_url.pairs()).get(name)
        if response is None or not given:
            return
        if len(given) > LONGEST or not IDENTIFIER.fullmatch(given):
            raise StepFailure(
                "jsonp",
                "CallbackParameterInvalid",
                f"Value of callback parameter {name} is not a valid JavaScript "
                "identifier.",
            )
        text = content_of(response).decode(charset(response), "replace")
        # A comment in front, so that the body is no file of another format.
        body = f"/**/{given}({text.strip()});"
        body = body.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        kind = b"application/javascript; charset=utf-8"
        replace_content(response, body.encode(), kind)

    read = needs(source)
    return Step(
        run, reads_request_body=read["reads_request_body"], reads_response_body=True
    )
