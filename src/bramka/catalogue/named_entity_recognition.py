"""Find names of people, places and organizations in English texts, by rules.

A name is a run of capitalized words, not counting one that only begins a sentence. Its
type is told by what stands in and around it: titles, given names and verbs of saying
tell people (PER), words as Inc or University organizations (ORG); words as River, or
in, from or to before it, tell places (LOC), as do well-known countries and cities. A
name of which nothing tells is not given. This is no trained model: expect it to miss
what such rules cannot know. Articles count from 0, offsets in letters from 0. Custom
resources are taken and not used.

    {
      "inputs": {
        "Story": {"t": ["Boston is where Mr. John Smith of Acme Corp lives.", null]}
      },
      "parameters": {},
      "outputs": {
        "Entities": {
          "Article": [0, 0, 0],
          "Mention": ["Boston", "John Smith", "Acme Corp"],
          "Offset": [0, 20, 34],
          "Length": [6, 10, 9],
          "Type": ["LOC", "PER", "ORG"]
        }
      }
    }
"""

import re
from collections.abc import Iterator

import polars as pl
from msgspec import Struct

from bramka.catalogue._columns import unsupported
from bramka.catalogue._languages import stop_words, words_in
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

_WORD = r"(?:[^\W\d_a-z][\w'’&-]*)"
_NAME = re.compile(
    r"\b(?:The\s+)?(?:University|Bank|Ministry|Department|Institute|Museum|City|Bay)\s+of\s+"
    rf"(?:the\s+)?{_WORD}|\b{_WORD}(?:\s+(?:&\s+)?{_WORD})*"
)
_TITLES = words_in(
    """
mr mrs ms miss dr prof sir lady lord president senator
"""
)
_GIVEN = words_in(
    """
alice andrew anna anne barbara bill bob brian carol charles daniel david donald edward
elizabeth emily emma eric frank george hannah helen henry jack james jane jennifer jim
joan john joseph julia karen kate kevin laura linda lisa lucy mark martin mary matthew
michael nancy nicholas oliver olivia patricia paul peter philip richard robert sam
sarah simon sophia stephen steven susan thomas tom william
"""
)
_COMPANIES = words_in(
    """
inc corp corporation company co ltd llc plc gmbh group bank university college
institute association committee agency ministry department council party union
foundation airlines motors press times museum
"""
)
_PLACES = words_in(
    """
river lake mountain mountains street avenue road square park island islands county
city valley sea ocean bay beach airport station bridge
"""
)
_KNOWN_PLACES = words_in(
    """
africa america asia australia austria belgium berlin boston brazil britain brussels
canada chicago china denmark dublin egypt england europe finland florida france
germany greece india ireland israel italy japan london madrid mexico moscow norway
paris poland portugal rome russia scotland seattle spain sweden switzerland texas
tokyo turkey ukraine vienna warsaw washington
"""
)
_BEFORE_PLACES = words_in(
    """
in from to near at outside across throughout
"""
)
_SAYING = words_in(
    """
said says told asked wrote added replied thinks believes
"""
)


class Settings(Struct, frozen=True, kw_only=True):
    """There is nothing to choose."""


def run(inputs: Ports, _settings: Settings) -> Ports:
    table = table_on(inputs, "Story")
    first = table.columns[0]
    if first.type != "String":
        raise unsupported(first)
    lines = [
        (article, *found)
        for article, text in enumerate(table.series(first.name).to_list())
        for found in _entities(text or "")
    ]
    schema = {
        "Article": pl.Int64,
        "Mention": pl.String,
        "Offset": pl.Int64,
        "Length": pl.Int64,
        "Type": pl.String,
    }
    return {"Entities": Table.of(pl.DataFrame(lines, schema=schema, orient="row"))}


def _entities(text: str) -> Iterator[tuple[str, int, int, str]]:
    """Each name of a known type: itself, where it is, how long, and the type."""
    for match in _NAME.finditer(text):
        start, name = _cut(text, match.start(), match[0])
        if not name:
            continue
        kind = _kind(
            name, _word_before(text, start), _word_after(text, start + len(name))
        )
        if kind:
            yield name, start, len(name), kind


def _cut(text: str, start: int, name: str) -> tuple[int, str]:
    """The name without words that are only capitalized, as at a sentence's start."""
    while name:
        word = name.split(maxsplit=1)[0]
        if word.lower() not in stop_words("English") and word.lower() not in _TITLES:
            return start, name.removesuffix("'s").removesuffix("’s")
        rest = name[len(word) :]
        start += len(word) + len(rest) - len(rest.lstrip())
        name = rest.lstrip()
    return start, ""


def _word_before(text: str, place: int) -> str:
    words = re.findall(r"[\w'’]+", text[max(0, place - 40) : place])
    return words[-1].lower() if words else ""


def _word_after(text: str, place: int) -> str:
    found = re.match(r"\s*([\w'’]+)", text[place : place + 40])
    return found[1].lower() if found else ""


def _kind(name: str, before: str, after: str) -> str | None:
    words = [word.lower() for word in name.split()]
    if words[-1] in _COMPANIES or words[0] in _COMPANIES:
        return "ORG"
    if before in _TITLES or words[0] in _GIVEN:
        return "PER"
    if words[-1] in _PLACES or any(word in _KNOWN_PLACES for word in words):
        return "LOC"
    if after in _SAYING:
        return "PER"
    return "LOC" if before in _BEFORE_PLACES else None


MODULE = Module(
    name="Named Entity Recognition",
    family="50b91b4f9c9840d698142d945c0bb3f1",
    category="Text Analytics",
    settings=Settings,
    inputs=(
        ModulePort("Story"),
        ModulePort("CustomResources", "Zip", optional=True),
    ),
    outputs=(ModulePort("Entities"),),
    run=run,
)
