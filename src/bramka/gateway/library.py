"""The policy documents of a configuration, each compiled at most once.

A compiled document is kept with all it looked at: its text, the named values it uses,
the nouns it looked up. As long as these are the same, so is what it compiles to, and
the next plan takes it over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bramka.domain.traffic import named_value
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.policy import (
    GLOBAL_DEFAULT,
    INHERIT,
    PolicyDocument,
    Section,
)
from bramka.domain.traffic.shared_cache import cache_for
from bramka.domain.traffic.step import Row, Step
from bramka.gateway.documents import BASE, Sections, compile_document
from bramka.gateway.limits import merged
from bramka.gateway.plan import Rows
from bramka.gateway.workshop import OWN_CACHE, Nouns, Workshop

NOUN_TABLES = (
    "api_schemas",
    "backends",
    "certificates",
    "fragments",
    "groups",
    "loggers",
    "products",
    "schemas",
)
"""Tables that policies look into while they are compiled."""
LOOKED_AT = frozenset((*NOUN_TABLES, "apiSchemas", "caches", "namedValues"))
"""Tables whose changes can make a compiled document stale."""

Seen = dict[tuple[str, str | None], Any]
"""Table and key, or None for the table itself → what was there."""


@dataclass(frozen=True)
class Compiled:
    """A compiled document, and all it looked at: the same again gives the same."""

    document: PolicyDocument
    values: dict[str, str | None]
    nouns: Seen
    sections: Sections


class _Watched(Nouns):
    """Lookups that are remembered."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        values: Mapping[str, str],
        seen: Seen,
    ) -> None:
        super().__init__(tables, values)
        self._seen = seen

    def holding(self, values: Mapping[str, str]) -> "_Watched":
        return _Watched(self._tables, values, self._seen)

    def knows(self, table: str, key: str) -> bool:
        return self.lookup(table, key) is not None

    def lookup(self, table: str, key: str) -> Any:
        found = self._seen[table, key] = super().lookup(table, key)
        return found

    def table(self, table: str) -> Mapping[str, Any]:
        found = self._seen[table, None] = super().table(table)
        return found


class Library:
    """The documents of one configuration, each compiled at most once."""

    def __init__(
        self,
        configuration: Configuration,
        workshop: Workshop,
        compiled: dict[str, Compiled],
    ) -> None:
        self.texts: Mapping[str, PolicyDocument] = configuration.policies
        self._workshop = workshop
        self._tables: dict[str, Mapping[str, Any]] = {
            name: getattr(configuration, name, {}) for name in NOUN_TABLES
        }
        own = cache_for(
            configuration.caches.values(),
            configuration.instance.gateway_id,
            configuration.instance.region,
        )
        self._tables["caches"] = {} if own is None else {OWN_CACHE: own}
        self._values = {
            value.display_name: value.value
            for value in configuration.named_values.values()
        }
        self._compiled = compiled
        self._checked: set[str] = set()

    def are_stale(self) -> bool:
        """Whether a document looked at something, other than text, that changed."""
        return any(
            compiled.document is self.texts.get(scope)
            and not self._still_holds(compiled)
            for scope, compiled in self._compiled.items()
        )

    def rows(self, chain: list[str]) -> Rows:
        """The rows of a chain of scopes, narrowest first."""
        return Rows.of(*(self.join(chain, section) for section in Section))

    def join(self, chain: list[str], section: Section) -> Row:
        """One section of a chain of scopes, with every `<base/>` filled in."""
        return Row.of(merged(self._steps(chain, section), self._workshop.store))

    def _steps(self, chain: list[str], section: Section) -> Iterable[Step]:
        if not chain:
            return
        for step in self._sections(chain[0])[section]:
            if step == BASE:
                yield from self._steps(chain[1:], section)
            else:
                assert isinstance(step, Step)
                yield step

    def _sections(self, scope: str) -> Sections:
        document = self.texts.get(scope)
        if document is None:
            document = _INHERIT if scope else _GLOBAL
        compiled = self._compiled.get(scope)
        if (
            compiled is None
            or compiled.document is not document
            or (scope not in self._checked and not self._still_holds(compiled))
        ):
            compiled = self._compile(scope, document)
        self._checked.add(scope)
        return compiled.sections

    def _compile(self, scope: str, document: PolicyDocument) -> Compiled:
        seen: Seen = {}
        nouns = _Watched(self._tables, self._values, seen)
        sections = compile_document(document, self._workshop, nouns, self._values)
        texts = [document.text, *_fragment_texts(seen)]
        names = {name for text in texts for name in named_value.references(text)}
        values = {name: self._values.get(name) for name in names}
        compiled = Compiled(document, values, seen, sections)
        self._compiled[scope] = compiled
        return compiled

    def _still_holds(self, compiled: Compiled) -> bool:
        return all(
            self._values.get(name) == value for name, value in compiled.values.items()
        ) and all(
            self._look(table, key) is noun
            for (table, key), noun in compiled.nouns.items()
        )

    def _look(self, table: str, key: str | None) -> Any:
        found = self._tables.get(table, {})
        return found if key is None else found.get(key)


def _fragment_texts(seen: Seen) -> list[str]:
    return [
        noun.text
        for (table, _), noun in seen.items()
        if table == "fragments" and noun is not None
    ]


_INHERIT = PolicyDocument(scope="-", text=INHERIT)
_GLOBAL = PolicyDocument(scope="", text=GLOBAL_DEFAULT)
