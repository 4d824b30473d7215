"""Change the method of the request.

<set-method>POST</set-method>
"""

import re

from msgspec import Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import ALL_SCOPES, Site
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._refusals import needs

SECTIONS = frozenset({Section.INBOUND, Section.ON_ERROR})
SCOPES = ALL_SCOPES
TEXT = True
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}")


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """`<set-method>` has no attributes; its text is the method."""


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    del settings
    source = site.source(site.element.text)
    if source.constant is not None and not TOKEN.fullmatch(source.constant.strip()):
        site.refuse(f"'{source.constant.strip()}' is not a method such as GET")

    def run(exchange: Exchange) -> None:
        method = source.text(exchange).strip()
        if not TOKEN.fullmatch(method):
            message = f"'{method[:40]}' is not a method such as GET."
            raise StepFailure("set-method", "InvalidMethod", message)
        exchange.request.method = method.upper()

    return Step(run, **needs(source))
