"""The two ways to write expressions in a policy: plain (rawxml) and escaped (xml)."""

import re
from collections.abc import Callable
from xml.sax.saxutils import escape, unescape

from bramka.domain.traffic.policy_scan import cut_expressions

# What `cut_expressions` leaves in place of an expression, across line breaks.
_CUT = re.compile("\ue000(?:[\ue001\n]*\ue001)?")
_QUOTE = {'"': "&quot;"}
_UNQUOTE = {"&quot;": '"', "&apos;": "'"}


def to_xml(raw: str) -> str:
    """`raw` with every expression escaped, so that the whole is XML."""
    return _rewrite(raw, lambda text: escape(text, _QUOTE), escaped=False)


def to_raw(xml: str) -> str:
    """`xml` with every expression as its author thinks it."""
    return _rewrite(xml, lambda text: unescape(text, _UNQUOTE), escaped=True)


def _rewrite(text: str, change: Callable[[str], str], *, escaped: bool) -> str:
    filled, _ = cut_expressions(text, escaped=escaped)
    parts: list[str] = []
    done = 0
    for cut in _CUT.finditer(filled):
        parts += [text[done : cut.start()], change(text[cut.start() : cut.end()])]
        done = cut.end()
    return "".join((*parts, text[done:]))
