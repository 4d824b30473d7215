"""Values written into a policy's text, as XML needs them where they stand."""

import re

from bramka.domain.traffic.policy_scan import ENTITY, cut_expressions


class Quoting:
    """How values are written into a document: as text, which may hold `&` and quotes.

    A value with an expression in it is written as it is, and so is one that stands
    inside an expression: there it is C#. Outside of attributes it may hold markup.
    """

    def __init__(self, text: str, *, escaped: bool = False) -> None:
        self._text, self._escaped = text, escaped
        self._filled: str | None = None

    def written(self, value: str, at: int) -> str:
        if not _MARKS.search(value) or "@(" in value or "@{" in value:
            return value
        if self._filled is None:
            self._filled = cut_expressions(self._text, escaped=self._escaped)[0]
        before = self._filled
        raw = before.rfind("<![CDATA[", 0, at) > before.rfind("]]>", 0, at)
        if before[at] != "{" or raw:
            return value
        value = _BARE.sub("&amp;", value)
        if before.rfind("<", 0, at) > before.rfind(">", 0, at):
            value = value.replace("<", "&lt;")
            value = value.replace('"', "&quot;").replace("'", "&#39;")
        return value


_MARKS = re.compile("[\"'<&]")
_BARE = re.compile(rf"&(?!{ENTITY.pattern[1:]})")
