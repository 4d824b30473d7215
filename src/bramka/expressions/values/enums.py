"""Enumerations that expressions can name."""

from enum import IntEnum, IntFlag

from bramka.expressions.values.plain import DayOfWeek, Named


def _enum(name: str, members: str) -> type[IntEnum]:
    """Members counted from 0, or `Name=5` for another number."""
    pairs: list[tuple[str, int]] = []
    for index, item in enumerate(members.split()):
        label, _, number = item.partition("=")
        pairs.append((label, int(number) if number else index))
    return Named(name, pairs)  # type: ignore[return-value,call-arg,arg-type]  # functional


class RegexOptions(IntFlag):
    """How a pattern matches."""

    None_ = 0
    IgnoreCase = 1
    Multiline = 2
    ExplicitCapture = 4
    Compiled = 8
    Singleline = 16
    IgnorePatternWhitespace = 32
    RightToLeft = 64
    ECMAScript = 256
    CultureInvariant = 512
    NonBacktracking = 1024


class StringSplitOptions(IntFlag):
    """What Split leaves out."""

    None_ = 0
    RemoveEmptyEntries = 1
    TrimEntries = 2


class NumberStyles(IntFlag):
    """What a number may look like."""

    None_ = 0
    AllowLeadingWhite = 1
    AllowTrailingWhite = 2
    AllowLeadingSign = 4
    Integer = 7
    AllowTrailingSign = 8
    AllowParentheses = 16
    AllowDecimalPoint = 32
    AllowThousands = 64
    Number = 111
    AllowExponent = 128
    Float = 167
    AllowCurrencySymbol = 256
    Currency = 383
    Any = 511
    AllowHexSpecifier = 512
    HexNumber = 515


class DateTimeStyles(IntFlag):
    """What is assumed of a date."""

    None_ = 0
    AllowLeadingWhite = 1
    AllowTrailingWhite = 2
    AllowInnerWhite = 4
    AllowWhiteSpaces = 7
    NoCurrentDateDefault = 8
    AdjustToUniversal = 16
    AssumeLocal = 32
    AssumeUniversal = 64
    RoundtripKind = 128


class SaveOptions(IntFlag):
    """How XML is written."""

    None_ = 0
    DisableFormatting = 1
    OmitDuplicateNamespaces = 2


class LoadOptions(IntFlag):
    """How XML is read."""

    None_ = 0
    PreserveWhitespace = 1
    SetBaseUri = 2
    SetLineInfo = 4


_FLAGS = (
    RegexOptions,
    StringSplitOptions,
    NumberStyles,
    DateTimeStyles,
    SaveOptions,
    LoadOptions,
)
_LISTED = {
    "DateTimeKind": "Unspecified Utc Local",
    "StringComparison": "CurrentCulture CurrentCultureIgnoreCase InvariantCulture "
    "InvariantCultureIgnoreCase Ordinal OrdinalIgnoreCase",
    "Formatting": "None_ Indented",
    "JTokenType": "None_ Object Array Constructor Property Comment Integer Float "
    "String Boolean Null Undefined Date Raw Bytes Guid Uri TimeSpan",
    "UriKind": "RelativeOrAbsolute Absolute Relative",
    "UriPartial": "Scheme Authority Path Query",
    "UriComponents": "Scheme=1 UserInfo=2 Host=4 Port=8 Path=16 Query=32 Fragment=64 "
    "SchemeAndServer=13 PathAndQuery=48 HttpRequestUrl=61 AbsoluteUri=127",
    "UriFormat": "UriEscaped=1 Unescaped=2 SafeUnescaped=3",
    "MidpointRounding": "ToEven AwayFromZero ToZero ToNegativeInfinity "
    "ToPositiveInfinity",
    "Base64FormattingOptions": "None_ InsertLineBreaks",
    "CipherMode": "CBC=1 ECB=2 CFB=4 CTS=5",
    "PaddingMode": "None_=1 PKCS7=2 Zeros=3 ANSIX923=4 ISO10126=5",
    "MergeArrayHandling": "Concat Union Replace Merge",
    "MergeNullValueHandling": "Ignore Merge",
    "NullValueHandling": "Include Ignore",
    "DateParseHandling": "None_ DateTime DateTimeOffset",
    "DateFormatHandling": "IsoDateFormat MicrosoftDateFormat",
    "XmlNodeType": "None_ Element Attribute Text CDATA EntityReference Entity "
    "ProcessingInstruction Comment Document DocumentType DocumentFragment Notation "
    "Whitespace SignificantWhitespace EndElement EndEntity XmlDeclaration",
    "UriHostNameType": "Unknown Basic Dns IPv4 IPv6",
    "X509ContentType": "Unknown Cert SerializedCert Pfx SerializedStore Pkcs7 "
    "Authenticode",
    "X509NameType": "SimpleName EmailName UpnName DnsName DnsFromAlternativeName "
    "UrlName",
    "X509KeyStorageFlags": "DefaultKeySet UserKeySet MachineKeySet Exportable=4 "
    "UserProtected=8 PersistKeySet=16 EphemeralKeySet=32",
    "AddressFamily": "Unspecified=0 InterNetwork=2 InterNetworkV6=23",
}
ENUM_CLASSES: dict[str, type[IntEnum] | type[IntFlag]] = {
    "DayOfWeek": DayOfWeek,
    **{item.__name__: item for item in _FLAGS},
    **{name: _enum(name, members) for name, members in _LISTED.items()},
}
StringComparison = ENUM_CLASSES["StringComparison"]
JTokenType = ENUM_CLASSES["JTokenType"]
"""Names that Python reserves end in `_` here: `None_` is C#'s `None`."""


def label_of(member: IntEnum | IntFlag) -> str:
    """The member's name as C# writes it, several joined by commas."""
    if isinstance(member, IntFlag):
        if not member:
            return "None"
        named = [item.name or "" for item in member]
        exact = member.name
        if exact and "|" not in exact:
            return exact.rstrip("_")
        return ", ".join(named)
    return member.name.rstrip("_")


def members_of(
    kind: type[IntEnum] | type[IntFlag],
) -> list[tuple[str, IntEnum | IntFlag]]:
    return [(name.rstrip("_"), item) for name, item in kind.__members__.items()]


def ignores_case(comparison: int) -> bool:
    """Whether a StringComparison takes `A` and `a` for one."""
    return bool(comparison & 1)
