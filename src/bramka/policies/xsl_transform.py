"""Transform an XML body with an XSLT 1.0 stylesheet.

    <xsl-transform>
      <parameter name="greeting">hello</parameter>
      <xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
        <xsl:param name="greeting" />
        <xsl:template match="/">
          <out><xsl:value-of select="$greeting" /></out>
        </xsl:template>
      </xsl:stylesheet>
    </xsl-transform>

Stylesheets reach no files and no network. A transformation that takes longer than two
seconds or 100,000 turns fails; while it is not at an end, it is one of the four that a
policy runs at a time.
"""

import asyncio
import re
from typing import Annotated

from lxml import etree
from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._bodies import content_of, is_request, message_of, replace_content
from bramka.policies._refusals import needs
from bramka.policies._xml import XmlProblem, read_xml
from bramka.policies._xslt_budget import SPACE, Budget, Spent, count_steps

SECTIONS = frozenset({Section.INBOUND, Section.OUTBOUND})
SCOPES = ALL_SCOPES
ONCE = True
CHILDREN = None
LONGEST = 2.0
MOST_RUNNING = 4
"""Transformations at the same time in one place, those given up among them."""
KINDS = {"xml": b"application/xml", "html": b"text/html", "text": b"text/plain"}

_PARAMETER = re.compile(r"<parameter\b.*?(?:/>|</parameter\s*>)", re.DOTALL)
_EXPRESSION = "\ue003"
_ACCESS = etree.XSLTAccessControl.DENY_ALL


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """`<xsl-transform>` has no attributes."""


class Parameter(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<parameter>`."""

    name: Annotated[str, Meta(min_length=1, description="Name of an xsl:param.")]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    del settings
    parameters, sheets = _taken_apart(site)
    if len(sheets) != 1:
        site.refuse("needs exactly one <xsl:stylesheet> or <xsl:transform>")
    sheet, method = _stylesheet(site)
    kind = KINDS.get(method, KINDS["xml"])
    request, running = is_request(site), site.keep("running", _Running)
    clock = site.clock

    async def run(exchange: Exchange) -> None:
        message = message_of(exchange, request=request)
        content = b"" if message is None else content_of(message)
        if message is None or not content.strip():
            return
        given = {
            name: etree.XSLT.strparam(source.text(exchange))
            for name, source in parameters
        }
        budget = Budget(clock, LONGEST)
        made = await running.transformed(sheet, content, given, budget)
        replace_content(message, made, kind)

    read = needs(*(source for _, source in parameters))
    return Step(
        run,
        waits=True,
        reads_request_body=request or read["reads_request_body"],
        reads_response_body=not request or read["reads_response_body"],
    )


def _taken_apart(site: Site) -> tuple[list[tuple[str, Source]], list[Element]]:
    parameters: list[tuple[str, Source]] = []
    sheets: list[Element] = []
    for child in site.element.children:
        local = child.name.rpartition(":")[2]
        if child.name == "parameter":
            name = site.settings(child, Parameter).name
            parameters.append((name, site.source(child.text)))
        elif local in ("stylesheet", "transform"):
            sheets.append(child)
        else:
            site.refuse(f"<{child.name}> cannot stand inside", child.place)
    return parameters, sheets


def _stylesheet(site: Site) -> tuple[etree._Element, str]:
    """The stylesheet, tried out, and its output method."""
    inner = site.element.inner
    parts = () if inner is None else inner.parts
    marked = "".join(part if isinstance(part, str) else _EXPRESSION for part in parts)
    text = _PARAMETER.sub("", marked)
    if _EXPRESSION in text:
        site.refuse("the stylesheet holds policy expressions; use <parameter>")
    try:
        root = read_xml(text.strip().encode())
        etree.XSLT(root, access_control=_ACCESS)
    except (XmlProblem, etree.XSLTParseError) as error:
        site.refuse(f"the stylesheet cannot be read: {error}")
    count_steps(root)
    output = root.find("{http://www.w3.org/1999/XSL/Transform}output")
    return root, "xml" if output is None else str(output.get("method", "xml"))


class _Running:
    """The transformations of one policy that are in progress."""

    def __init__(self) -> None:
        self.number = 0

    async def transformed(
        self,
        sheet: etree._Element,
        content: bytes,
        given: dict[str, object],
        budget: Budget,
    ) -> bytes:
        if self.number >= MOST_RUNNING:
            raise _failure("other transformations take too long")
        self.number += 1
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(None, _transform, sheet, content, given, budget)
        work.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(work), LONGEST)
        except TimeoutError:
            raise _failure(f"it took longer than {LONGEST:g} seconds") from None

    def _done(self, work: "asyncio.Future[bytes]") -> None:
        self.number -= 1
        if not work.cancelled():
            # Whoever gave up does not ask for it any more.
            work.exception()


def _transform(
    sheet: etree._Element, content: bytes, given: dict[str, object], budget: Budget
) -> bytes:
    asked = {(SPACE, "step"): budget.step}
    try:
        transform = etree.XSLT(sheet, extensions=asked, access_control=_ACCESS)
        return bytes(transform(read_xml(content), **given))
    except (XmlProblem, Spent, etree.XSLTApplyError, etree.XSLTParseError) as error:
        raise _failure(str(error)) from None


def _failure(reason: str) -> StepFailure:
    return StepFailure("xsl-transform", "XslTransformFailure", f"Failed: {reason}.")
