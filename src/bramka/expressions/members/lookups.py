"""Members of headers, queries, URLs and string comparers."""

from typing import Any

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.values import collections, web
from bramka.expressions.values.collections import Dictionary
from bramka.expressions.values.strings import compare_by, equal_by
from bramka.expressions.values.uri import Uri


def joined(found: Any, key: str, default: str | None = None) -> Any:
    """Values of a query parameter or header, joined by a comma."""
    row = found.look(key) if isinstance(found, Dictionary) else found.get(key)
    return default if row is None else ",".join(row)


HEADERS: Family = {
    "this[string key] -> string[]": web.header_row,
    "ContainsKey(string key) -> bool": web.has_header,
    "GetValueOrDefault(string name) -> string": web.header_or,
    "GetValueOrDefault(string name, string defaultValue) -> string": web.header_or,
    "TryGetValue(string key, out string[] value) -> bool": web.header_try,
    "Keys -> IEnumerable<string>": lambda found: [
        name for name, _ in web.header_pairs(found)
    ],
    "Values -> IEnumerable<string[]>": lambda found: [
        row for _, row in web.header_pairs(found)
    ],
    "Count -> int": lambda found: len(web.header_pairs(found)),
}


QUERY: Family = {
    "GetValueOrDefault(string name) -> string": joined,
    "GetValueOrDefault(string name, string defaultValue) -> string": joined,
}


URL: Family = {
    "Scheme -> string": Inline("$0.scheme"),
    "Host -> string": Inline("$0.host"),
    "Port -> int": Inline("$0.effective_port"),
    "Path -> string": Inline("$0.path"),
    "Query -> IQuery": web.url_query,
    "QueryString -> string": web.query_string,
    "ToUri() -> Uri": lambda url: Uri(str(url)),
    "ToString() -> string": str,
}


COMPARER: Family = {
    "static Ordinal -> StringComparer": Fixed(collections.ORDINAL),
    "static OrdinalIgnoreCase -> StringComparer": Fixed(collections.IGNORE_CASE),
    **{
        f"static {name}{case} -> StringComparer": Fixed(
            collections.WORDS_IGNORE_CASE if case else collections.WORDS
        )
        for name in ("InvariantCulture", "CurrentCulture")
        for case in ("", "IgnoreCase")
    },
    "Equals(string x, string y) -> bool": lambda comparer, x, y: equal_by(
        x, y, 5 if comparer.folds else 4
    ),
    "Compare(string x, string y) -> int": lambda comparer, x, y: compare_by(
        x, y, (2 if comparer.words else 4) + comparer.folds
    ),
}
