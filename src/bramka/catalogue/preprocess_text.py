"""Clean texts: take away what tells nothing, and bring words to one form.

In turn: verb contractions are expanded (English), addresses of mail and of the web, and
what a pattern of one's own fits, are taken away; letters become small; sentences are
parted by `|||`; numbers, special characters and letters that stand more than twice in
a row go; stop words go; words lose their endings. Words have six languages: English,
Spanish, French, Dutch, German, Italian. In place of lemmas words get their Snowball
stem, which needs no dictionary but is no word. Parts of speech are not told: asking for
their removal is refused.

    {
      "inputs": {
        "Dataset": {"t": ["I can't see 2 cats at http://x.org! Sooooo sad.", null]}
      },
      "parameters": {
        "Text column to clean": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["t"], "exclude": false}]
        }
      },
      "outputs": {
        "Results dataset": {
          "t": ["I can't see 2 cats at http://x.org! Sooooo sad.", null],
          "Preprocessed t": ["see cat ||| soo sad", null]
        }
      }
    }
"""

import re
from collections.abc import Callable
from typing import Annotated, Literal

import polars as pl
import re2
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import called_apart, one_name, unsupported
from bramka.catalogue._languages import language_named, stemmer, stop_words
from bramka.catalogue._ngrams import SENTENCE
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

LANGUAGE, SPEECH = "Language", "Remove by part of speech"
_PART_OF_SPEECH = Meta(
    description="Kept for old experiments: parts of speech are not told.",
    extra={"shown_when": (SPEECH, ("True",))},
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(r"(?:https?|ftp)://\S+?(?=[.,;:!?)]*(?:\s|$))|www\.\S+")
_NUMBER = re.compile(r"(?<![^\W\d_])[+-]?\d+(?:[.,]\d+)*(?![^\W\d_])")
_SPECIAL = re.compile(r"[^\w\s']|_|(?<!\w)'|'(?!\w)")
_REPEATED = re.compile(r"(\w)\1{2,}")
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")
_CONTRACTIONS = (
    (re.compile(r"\b(c)an['’]t\b", re.IGNORECASE), r"\1an not"),
    (re.compile(r"\b(w)on['’]t\b", re.IGNORECASE), r"\1ill not"),
    (re.compile(r"n['’]t\b", re.IGNORECASE), " not"),
    (re.compile(r"['’]re\b", re.IGNORECASE), " are"),
    (re.compile(r"['’]ve\b", re.IGNORECASE), " have"),
    (re.compile(r"['’]ll\b", re.IGNORECASE), " will"),
    (re.compile(r"\b(i)['’]m\b", re.IGNORECASE), r"\1 am"),
    (re.compile(r"\b(it|he|she|that|there|what|who)['’]s\b", re.IGNORECASE), r"\1 is"),
)


class Settings(Struct, frozen=True, kw_only=True):
    """What is taken away, and what is brought to one form."""

    language: Annotated[
        Literal[
            "English",
            "Spanish",
            "French",
            "Dutch",
            "German",
            "Italian",
            "Column contains language",
        ],
        Meta(description="The language of the texts, or that a column tells it."),
    ] = field(name=LANGUAGE, default="English")
    culture: Annotated[
        ColumnSelector,
        Meta(
            description="The column that tells the language by name or code.",
            extra={"shown_when": (LANGUAGE, ("Column contains language",))},
        ),
    ] = field(name="Culture-language column", default=ColumnSelector())
    text: Annotated[ColumnSelector, Meta(description="The column of texts.")] = field(
        name="Text column to clean",
        default=ColumnSelector.of_types("String", kind="Feature"),
    )
    stops: Annotated[bool, Meta(description="Take away words that tell nothing.")] = (
        field(name="Remove stop words", default=True)
    )
    stems: Annotated[
        bool,
        Meta(
            description="Bring words to their stem.",
            extra={"aliases": ("Use lemmatization",)},
        ),
    ] = field(name="Lemmatization", default=True)
    speech: Annotated[
        bool,
        Meta(
            description="Take away parts of speech; not supported.",
            extra={"aliases": ("Remove by part-of-speech",)},
        ),
    ] = field(name=SPEECH, default=False)
    nouns: Annotated[bool, _PART_OF_SPEECH] = field(name="Remove nouns", default=True)
    adjectives: Annotated[bool, _PART_OF_SPEECH] = field(
        name="Remove adjectives", default=True
    )
    verbs: Annotated[bool, _PART_OF_SPEECH] = field(name="Remove verbs", default=True)
    sentences: Annotated[bool, Meta(description="Part sentences by |||.")] = field(
        name="Detect sentences", default=True
    )
    lower: Annotated[bool, Meta(description="Make letters small.")] = field(
        name="Normalize case to lowercase", default=True
    )
    numbers: Annotated[bool, Meta(description="Take numbers away.")] = field(
        name="Remove numbers", default=True
    )
    special: Annotated[
        bool, Meta(description="Take away what is no letter and no digit.")
    ] = field(name="Remove special characters", default=True)
    repeated: Annotated[bool, Meta(description="Leave two of letters that repeat.")] = (
        field(name="Remove duplicate characters", default=True)
    )
    mail: Annotated[bool, Meta(description="Take addresses of mail away.")] = field(
        name="Remove email addresses", default=True
    )
    web: Annotated[bool, Meta(description="Take addresses of the web away.")] = field(
        name="Remove URLs", default=True
    )
    contractions: Annotated[
        bool, Meta(description="Write English verbs out, as in: it is.")
    ] = field(name="Expand verb contractions", default=True)
    slashes: Annotated[bool, Meta(description="Turn backslashes to slashes.")] = field(
        name="Normalize backslashes to slashes", default=True
    )
    split: Annotated[bool, Meta(description="Cut words at special characters.")] = (
        field(name="Split tokens on special characters", default=True)
    )
    pattern: Annotated[
        str, Meta(description="A pattern (RE2) of what is replaced; none if empty.")
    ] = field(name="Custom regular expression", default="")
    replacement: Annotated[str, Meta(description="What stands in its place.")] = field(
        name="Custom replacement string", default=""
    )


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    name = one_name(settings.text, table.columns)
    if table.column(name).type != "String":
        raise unsupported(table.column(name))
    if settings.speech:
        raise ModuleError(
            39, f'Error while completing operation: "{SPEECH}" is not supported here.'
        )
    own = _own_stop_words(inputs)
    replace = _replacement(settings)
    texts = table.series(name).to_list()
    cleaned = [
        None if text is None else _cleaned(text, language, settings, replace, own)
        for text, language in zip(texts, _languages(table, settings), strict=True)
    ]
    (column,) = called_apart(
        [Column(name=f"Preprocessed {name}", type="String")], table.names
    )
    frame = pl.DataFrame([pl.Series(column.name, cleaned, dtype=pl.String)])
    return {"Results dataset": table.append(Table(frame, (column,)))}


def _languages(table: Table, settings: Settings) -> list[str]:
    """The language of each row; Error 0039 for one whose words are not known."""
    if settings.language != "Column contains language":
        return [settings.language] * table.height
    name = one_name(settings.culture, table.columns)
    if table.column(name).type != "String":
        raise unsupported(table.column(name))
    return [language_named(told) for told in table.series(name).to_list()]


def _own_stop_words(inputs: Ports) -> frozenset[str] | None:
    """The words of a list that is connected, in place of ours."""
    if "Stop words" not in inputs:
        return None
    table = table_on(inputs, "Stop words")
    if len(table.columns) != 1:
        raise ModuleError(
            67,
            f'Expected "1" columns but found "{len(table.columns)}" columns instead.',
        )
    if table.columns[0].type != "String":
        raise unsupported(table.columns[0])
    words = table.series(table.names[0]).drop_nulls().to_list()
    return frozenset(word.strip().lower() for word in words)


def _replacement(settings: Settings) -> Callable[[str], str]:
    if not settings.pattern:
        return lambda text: text
    options = re2.Options()
    options.log_errors = False
    try:
        pattern = re2.compile(settings.pattern, options=options)
    except re2.error as error:
        raise ModuleError(
            2, f'Failed to parse "Custom regular expression" parameter: {error}'
        ) from None
    return lambda text: str(pattern.sub(settings.replacement, text))


def _cleaned(
    text: str,
    language: str,
    settings: Settings,
    replace: Callable[[str], str],
    own: frozenset[str] | None,
) -> str:
    text = replace(_without_addresses(text, language, settings))
    sentences = _SENTENCE.split(text) if settings.sentences else [text]
    stops = stop_words(language) if own is None else own
    found = []
    for sentence in sentences:
        words = _plain(sentence, settings).split()
        if settings.stops:
            words = [word for word in words if word.lower() not in stops]
        if settings.stems:
            words = stemmer(language).stemWords(words)
        if words:
            found.append(" ".join(words))
    return f" {SENTENCE} ".join(found)


def _without_addresses(text: str, language: str, settings: Settings) -> str:
    if settings.mail:
        text = _MAIL.sub(" ", text)
    if settings.web:
        text = _WEB.sub(" ", text)
    if settings.slashes:
        text = text.replace("\\", "/")
    if settings.contractions and language == "English":
        for pattern, full in _CONTRACTIONS:
            text = pattern.sub(full, text)
    return text


def _plain(sentence: str, settings: Settings) -> str:
    if settings.lower:
        sentence = sentence.lower()
    if settings.numbers:
        sentence = _NUMBER.sub(" ", sentence)
    if settings.special:
        sentence = _SPECIAL.sub(" " if settings.split else "", sentence)
    if settings.repeated:
        sentence = _REPEATED.sub(r"\1\1", sentence)
    return sentence


MODULE = Module(
    name="Preprocess Text",
    family="bf9e794a9e2b4662902a0e73b255c135",
    category="Text Analytics",
    settings=Settings,
    inputs=(ModulePort("Dataset"), ModulePort("Stop words", optional=True)),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
