"""Which type is derived from which, as far as expressions can tell."""

from bramka.expressions.failures import PARENTS

_LISTS = ("IList<T>", "IReadOnlyList<T>")
_PAIRS = "IEnumerable<KeyValuePair<K, V>>"
BASES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # name: (its type parameters, its base types)
    "[]": (("T",), _LISTS),
    "string": ((), ("IEnumerable<char>",)),
    "List": (("T",), _LISTS),
    "HashSet": (("T",), ("ISet<T>",)),
    "ISet": (("T",), ("ICollection<T>",)),
    "Queue": (("T",), ("IReadOnlyCollection<T>",)),
    "Stack": (("T",), ("IReadOnlyCollection<T>",)),
    "IList": (("T",), ("ICollection<T>",)),
    "IReadOnlyList": (("T",), ("IReadOnlyCollection<T>",)),
    "ICollection": (("T",), ("IEnumerable<T>",)),
    "IReadOnlyCollection": (("T",), ("IEnumerable<T>",)),
    "IOrderedEnumerable": (("T",), ("IEnumerable<T>",)),
    "IGrouping": (("K", "T"), ("IEnumerable<T>",)),
    "ILookup": (("K", "T"), ("IEnumerable<IGrouping<K, T>>",)),
    "Dictionary": (
        ("K", "V"),
        ("IDictionary<K, V>", "IReadOnlyDictionary<K, V>"),
    ),
    "SortedDictionary": (
        ("K", "V"),
        ("IDictionary<K, V>", "IReadOnlyDictionary<K, V>"),
    ),
    "IDictionary": (("K", "V"), ("ICollection<KeyValuePair<K, V>>",)),
    "IReadOnlyDictionary": (("K", "V"), (_PAIRS,)),
    "JObject": ((), ("JContainer",)),
    "JArray": ((), ("JContainer", "IList<JToken>")),
    "JProperty": ((), ("JContainer",)),
    "JValue": ((), ("JToken",)),
    "JContainer": ((), ("JToken",)),
    "JToken": ((), ("IEnumerable<JToken>",)),
    "XDocument": ((), ("XContainer",)),
    "XElement": ((), ("XContainer",)),
    "XContainer": ((), ("XNode",)),
    "XText": ((), ("XNode",)),
    "XCData": ((), ("XText",)),
    "XComment": ((), ("XNode",)),
    "XNode": ((), ("XObject",)),
    "XAttribute": ((), ("XObject",)),
    "StringReader": ((), ("TextReader",)),
    "StringWriter": ((), ("TextWriter",)),
    "MatchCollection": ((), ("IEnumerable<Match>",)),
    "GroupCollection": ((), ("IEnumerable<Group>",)),
    "CaptureCollection": ((), ("IEnumerable<Capture>",)),
    "Match": ((), ("Group",)),
    "Group": ((), ("Capture",)),
    "StringComparer": (
        (),
        ("IEqualityComparer<string>", "IComparer<string>"),
    ),
    "IQuery": ((), ("IReadOnlyDictionary<string, string[]>",)),
    "IClaims": ((), ("IReadOnlyDictionary<string, string[]>",)),
    "IHeaders": ((), ("IReadOnlyDictionary<string, string[]>",)),
    "IVariables": ((), ("IReadOnlyDictionary<string, object>",)),
    **dict.fromkeys(
        ("MD5", "SHA1", "SHA256", "SHA384", "SHA512", "HMAC"), ((), ("HashAlgorithm",))
    ),
    **{
        f"HMAC{name}": ((), ("HMAC",))
        for name in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
    },
    **dict.fromkeys(
        ("UTF8Encoding", "ASCIIEncoding", "UnicodeEncoding"), ((), ("Encoding",))
    ),
    "Aes": ((), ("SymmetricAlgorithm",)),
    "RSA": ((), ("AsymmetricAlgorithm",)),
    **{name: ((), (base,)) for name, base in PARENTS.items() if base},
}
