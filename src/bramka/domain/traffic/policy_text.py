"""Reading policy documents as people write them: XML with raw C# inside.

Most real documents are not well-formed XML: expressions `@(…)` and `@{…}` hold raw
quotes, `<` and `&`. So expressions are cut out first, by a scanner that knows C#
strings, characters and comments, and each is replaced by filler of the same length;
what is left is parsed by expat, whose line and column are then those of the author's
text.
"""

from bramka.domain.traffic.policy_builder import Builder
from bramka.domain.traffic.policy_element import (
    MARKUP,
    Element,
    Expression,
    Part,
    Place,
    Value,
    place_in,
    refuse,
)
from bramka.domain.traffic.policy_scan import CLOSE, FILL, OPEN, cut_expressions

__all__ = [
    "MARKUP",
    "Element",
    "Expression",
    "Part",
    "Place",
    "Value",
    "read",
    "refuse",
]

LONGEST_DOCUMENT = 256 * 1024


def read(text: str, *, escaped: bool = False) -> Element:
    """The root element of `text`.

    With `escaped` (format `xml`) expressions are entity-escaped throughout; without
    (format `rawxml`) they are taken as they stand, unless they hold entities outside
    of strings, as documents copied from an editor often do. Raises Invalid with line
    and column.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        place = place_in(text, error.start)
        refuse("a lone surrogate is no character; delete it", place)
    if size > LONGEST_DOCUMENT:
        refuse(
            f"the document is longer than {LONGEST_DOCUMENT} bytes; "
            "move parts of it into policy fragments",
            Place(1, 1),
        )
    for mark in (OPEN, FILL, CLOSE):
        if mark in text:
            at = place_in(text, text.index(mark))
            refuse("U+E000 to U+E002 cannot be used in a policy", at)
    filled, cuts = cut_expressions(text, escaped=escaped)
    return Builder(filled, cuts).build()
