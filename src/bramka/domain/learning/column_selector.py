"""The column selector: rules that choose columns, as Studio (classic) stores them."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct, field

from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import INTEGERS, NUMBERS, Column

RuleType = Literal["AllColumns", "ColumnNames", "ColumnIndexes", "ColumnTypes"]
SelectedType = Literal[
    "All",
    "AllTypes",
    "Numeric",
    "Integer",
    "Double",
    "String",
    "Boolean",
    "DateTime",
    "TimeSpan",
    "Categorical",
]
SelectedKind = Literal["All", "Feature", "Label", "Weight", "Score", "None"]

_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_TYPES: dict[str, frozenset[str]] = {
    "Numeric": NUMBERS,
    "Integer": INTEGERS,
    "Double": frozenset({"Single", "Double"}),
    "String": frozenset({"String"}),
    "Boolean": frozenset({"Boolean"}),
    "DateTime": frozenset({"DateTime", "DateTimeOffset"}),
    "TimeSpan": frozenset({"TimeSpan"}),
}


class Rule(Struct, frozen=True, kw_only=True, rename="camel"):
    """One row of the rules page: include or exclude these columns."""

    rule_type: RuleType
    columns: tuple[str, ...] = ()
    column_types: tuple[SelectedType, ...] = ()
    column_kinds: tuple[SelectedKind, ...] = ()
    exclude: bool = False

    def choose(self, columns: Sequence[Column], source: str) -> Iterator[int]:
        """The places of the columns this rule speaks of, in the rule's order."""
        if self.rule_type == "AllColumns":
            yield from range(len(columns))
        elif self.rule_type == "ColumnNames":
            for name in self.columns:
                yield _place_of(name, columns, source)
        elif self.rule_type == "ColumnIndexes":
            for text in self.columns:
                yield from _places_of(text, columns, source)
        else:
            for place, column in enumerate(columns):
                if self._fits(column):
                    yield place

    def _fits(self, column: Column) -> bool:
        kinds = self.column_kinds or ("All",)
        if "All" not in kinds and column.kind not in kinds:
            return False
        types = self.column_types or ("All",)
        if "All" in types or "AllTypes" in types:
            return True
        if column.categorical:
            return "Categorical" in types
        return any(column.type in _TYPES.get(name, ()) for name in types)

    def __str__(self) -> str:
        if self.rule_type == "AllColumns":
            what = "all columns"
        elif self.rule_type == "ColumnTypes":
            words = (*self.column_kinds, *self.column_types)
            chosen = [name for name in words if name not in ("All", "AllTypes")]
            what = " ".join(["columns:", *chosen]) if chosen else "all columns"
        else:
            kind = "names" if self.rule_type == "ColumnNames" else "indices"
            what = f"column {kind}: {', '.join(self.columns)}"
        return f"{'exclude' if self.exclude else 'include'} {what}"


class Page(Struct, frozen=True):
    """Which page of the dialog the author used."""

    with_rules: bool = field(name="withRules", default=True)


class ColumnSelector(Struct, frozen=True, kw_only=True, rename="camel"):
    """Rules applied in turn; without `is_filter` order and duplicates are kept."""

    is_filter: bool = True
    rules: tuple[Rule, ...] = ()
    ui: Page = Page()

    @classmethod
    def of_names(cls, *names: str) -> "ColumnSelector":
        return cls(rules=(Rule(rule_type="ColumnNames", columns=names),))

    @classmethod
    def of_types(cls, *types: SelectedType, kind: SelectedKind) -> "ColumnSelector":
        rule = Rule(rule_type="ColumnTypes", column_types=types, column_kinds=(kind,))
        return cls(rules=(rule,))

    @classmethod
    def parse(cls, text: str) -> "ColumnSelector":
        """Read a stored value: JSON, URL-encoded or plain."""
        json = text if text.lstrip().startswith("{") else unquote(text)
        try:
            return msgspec.json.decode(json, type=cls)
        except msgspec.MsgspecError as error:
            raise ModuleError(
                2, f'Failed to parse "{text}" parameter: {error}'
            ) from None

    def stored(self) -> str:
        """The value as the graph stores it: URL-encoded JSON."""
        value = {
            "isFilter": self.is_filter,
            "rules": [_stored(rule) for rule in self.rules],
            "ui": self.ui,
        }
        return quote(msgspec.json.encode(value).decode(), safe="")

    def names(self, columns: Sequence[Column], source: str = "Dataset") -> list[str]:
        """The chosen columns of a dataset; ModuleError 1, 11, 59 or 60 if none fit."""
        chosen: list[int] = []
        for rule in self.rules:
            places = list(rule.choose(columns, source))
            if rule.exclude:
                chosen = [place for place in chosen if place not in places]
            else:
                chosen += places
        if not chosen:
            raise ModuleError(
                11,
                f'Specified column set "{self}" does not apply to any of '
                "dataset columns.",
            )
        if self.is_filter:
            chosen = sorted(set(chosen))
        return [columns[place].name for place in chosen]

    def __str__(self) -> str:
        return "; ".join(map(str, self.rules)) or "no columns"


_FIELDS = {
    "AllColumns": ("ruleType", "exclude"),
    "ColumnNames": ("ruleType", "columns", "exclude"),
    "ColumnIndexes": ("ruleType", "columns", "exclude"),
    "ColumnTypes": ("ruleType", "columnTypes", "columnKinds", "exclude"),
}


def _stored(rule: Rule) -> dict[str, object]:
    """The fields that a rule of this type carries."""
    fields = msgspec.to_builtins(rule)
    return {name: fields[name] for name in _FIELDS[rule.rule_type]}


def _place_of(name: str, columns: Sequence[Column], source: str) -> int:
    for place, column in enumerate(columns):
        if column.name == name:
            return place
    raise ModuleError(
        1, f'Column with name or index "{name}" does not exist in "{source}".'
    )


def _places_of(text: str, columns: Sequence[Column], source: str) -> Iterator[int]:
    """Places from text like `1-4,6`, counted from 1."""
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise ModuleError(
                59, f'Column index or range "{part}" could not be parsed.'
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if first < 1 or last < first or (match[2] and last > len(columns)):
            raise ModuleError(60, f'Column range "{part}" is invalid or out of range.')
        if last > len(columns):
            raise ModuleError(
                1, f'Column with name or index "{last}" does not exist in "{source}".'
            )
        yield from range(first - 1, last)
