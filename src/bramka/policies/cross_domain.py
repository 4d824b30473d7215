"""Answer `/crossdomain.xml` for Adobe's Flash and Silverlight clients.

    <cross-domain>
      <cross-domain-policy>
        <allow-http-request-headers-from domain="*" headers="*" />
      </cross-domain-policy>
    </cross-domain>

What stands inside is answered as it is written.
"""

from msgspec import Struct

from bramka.domain.traffic.exchange import Exchange, Headers, Response
from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.site import Site
from bramka.domain.traffic.step import Outcome, Step
from bramka.policies._xml import XmlProblem, local_name, read_xml

SECTIONS = frozenset({Section.INBOUND})
SCOPES = frozenset({Scope.GLOBAL})
ONCE = True
CHILDREN = None
PATH = "/crossdomain.xml"


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """`<cross-domain>` has no attributes."""


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    del settings
    content = _content(site)

    def run(exchange: Exchange) -> Outcome:
        if exchange.request.path != PATH or exchange.request.method != "GET":
            return None
        fields = [(b"Content-Type", b"text/x-cross-domain-policy")]
        return Response(200, "OK", Headers(fields), content)

    return Step(run, unrouted=run)


def _content(site: Site) -> bytes:
    inner = site.element.inner
    text = None if inner is None else inner.literal
    if text is None:
        site.refuse("needs a <cross-domain-policy> inside, without policy expressions")
    try:
        root = read_xml(text.strip().encode())
    except XmlProblem as error:
        site.refuse(f"holds no cross-domain policy: {error}")
    if local_name(root) not in ("cross-domain-policy", "cross-domain"):
        site.refuse(f"<{local_name(root)}> cannot stand inside")
    # The cloud's own examples name the root like the policy.
    body = text.strip().replace("<cross-domain>", "<cross-domain-policy>")
    body = body.replace("</cross-domain>", "</cross-domain-policy>")
    return b'<?xml version="1.0"?>\n' + body.encode()
