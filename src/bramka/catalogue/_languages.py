"""Languages of texts: names, stop words, stems, and which one a text is in."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bramka.catalogue._libraries import Library
from bramka.domain.learning.module_error import ModuleError

_LANGID = Library("py3langid")
_SNOWBALL = Library("snowballstemmer")


def words_in(text: str) -> frozenset[str]:
    """The words between blanks."""
    return frozenset(text.split())


NAMES: Mapping[str, str] = dict(
    pair.split(":")
    for pair in words_in(
        """
af:Afrikaans ar:Arabic az:Azerbaijani be:Belarusian bg:Bulgarian bn:Bengali bs:Bosnian
ca:Catalan cs:Czech cy:Welsh da:Danish de:German el:Greek en:English eo:Esperanto
es:Spanish et:Estonian eu:Basque fa:Persian fi:Finnish fr:French ga:Irish gl:Galician
he:Hebrew hi:Hindi hr:Croatian hu:Hungarian hy:Armenian id:Indonesian is:Icelandic
it:Italian ja:Japanese ka:Georgian kk:Kazakh ko:Korean la:Latin lt:Lithuanian
lv:Latvian mk:Macedonian ms:Malay mt:Maltese nb:Norwegian nl:Dutch nn:Norwegian
no:Norwegian pl:Polish pt:Portuguese ro:Romanian ru:Russian sk:Slovak sl:Slovenian
sq:Albanian sr:Serbian sv:Swedish sw:Swahili ta:Tamil th:Thai tr:Turkish uk:Ukrainian
ur:Urdu vi:Vietnamese zh:Chinese
"""
    )
)
SPOKEN = {
    "English": "en",
    "Spanish": "es",
    "French": "fr",
    "Dutch": "nl",
    "German": "de",
    "Italian": "it",
}
"""The languages whose words are known, with their codes."""


def ranked(text: str) -> list[tuple[str, float]]:
    """All languages of the model, the likeliest first, by logarithm of likelihood."""
    found: list[tuple[str, float]] = _LANGID.rank(text)
    return found


def language_named(told: str | None) -> str:
    """The language that a name or code tells; Error 0039 if it is none of ours."""
    text = (told or "").strip().lower()
    for name, code in SPOKEN.items():
        if text == name.lower() or text.split("-")[0] == code:
            return name
    raise ModuleError(
        39,
        f'Error while completing operation: the language "{told}" is not among '
        f"{', '.join(SPOKEN)}.",
    )


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words that are everywhere and tell nothing."""
    path = files("bramka.catalogue") / "stop_words" / f"{SPOKEN[language]}.txt"
    return words_in(path.read_text(encoding="utf-8"))


@cache
def stemmer(language: str) -> Any:
    """What takes endings off words."""
    return _SNOWBALL.stemmer(language.lower())
