"""A budget for stylesheets, counted in the stylesheet: nothing else stops one.

A call of `step()` is put where a transformation can go round: into templates, and into
loops over loops or over searches.
"""

from lxml import etree

from bramka.domain.clock import Clock

XSL = "{http://www.w3.org/1999/XSL/Transform}"
SPACE = "urn:bramka:budget"
MOST_STEPS = 100_000
_SEARCHES = ("//", "::", "key(")


class Spent(Exception):
    """The budget is spent."""


class Budget:
    """What is left for one transformation."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._end = clock.monotonic() + seconds
        self._left = MOST_STEPS

    def step(self, _context: object) -> bool:
        """One turn; what it answers is no condition to go on."""
        self._left -= 1
        if self._left <= 0:
            raise Spent(f"it took more than {MOST_STEPS} steps")
        if self._clock.monotonic() > self._end:
            raise Spent(f"it took longer than {self._seconds:g} seconds")
        return False


def count_steps(sheet: etree._Element) -> None:
    """Let the stylesheet ask its budget before each turn."""
    for template in list(sheet.iter(f"{XSL}template")):
        _ask_in(template, f"{XSL}param")
    for loop in list(sheet.iter(f"{XSL}for-each")):
        if _is_long(loop):
            _ask_in(loop, f"{XSL}sort")


def _is_long(loop: etree._Element) -> bool:
    inside = [one for one in loop.iter() if one is not loop]
    paths = " ".join(str(value) for one in inside for value in one.attrib.values())
    return any(one.tag == f"{XSL}for-each" for one in inside) or any(
        word in paths for word in _SEARCHES
    )


def _ask_in(element: etree._Element, first: str) -> None:
    """Put the question in, behind what has to stand first."""
    asked = etree.Element(f"{XSL}if", nsmap={"budget": SPACE})
    asked.set("test", "budget:step()")
    at = sum(child.tag == first for child in element)
    if at == 0:
        asked.tail, element.text = element.text, None
    else:
        last = element.findall(first)[-1]
        at = element.index(last) + 1
    element.insert(at, asked)
