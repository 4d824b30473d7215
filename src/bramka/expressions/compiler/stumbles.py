"""What an author may have meant where the text is not C#."""

import re

_STRINGS = re.compile(r'\$?@?"(?:[^"\\\n]|\\.|"")*"')
_QUOTED = re.compile(r"'(?:[^'\\\n]{2,}|)'")
_UNFINISHED = re.compile(r"[\w\])\"']\s*\Z")
_WORDS = {"and": "&&", "or": "||", "not": "!"}
"""What other languages write for the operators of C#."""
_WORD = re.compile(r"\b(and|or|not)\b")
_LAST_WORD = re.compile(r"\b(and|or|not)\s*\Z")
_STATEMENT = re.compile(r"(?:return|var|if|for|foreach|throw|try)\b")


def hint(before: str, found: str, after: str, *, is_block: bool) -> str:
    """A hint on `found`, which the parser stumbled over, or nothing."""
    if _QUOTED.search(_STRINGS.sub('""', before + found + after)):
        return "; strings stand in double quotes"
    if found == "=" and (before.endswith("==") or after.startswith("==")):
        return "; C# compares with == and !="
    word = _WORD.search(_STRINGS.sub('""', found)) or _LAST_WORD.search(before)
    if word is not None:
        return f"; C# writes {_WORDS[word[1]]} for '{word[1]}'"
    if found.startswith(("class ", "struct ", "public ", "private ", "static ")):
        return "; expressions hold no types of their own, but functions: int F() => 1;"
    if not is_block and found == ";":
        return "; only statements, in @{ … }, end with ';'"
    if not is_block and _STATEMENT.match(found):
        return "; statements stand in @{ … }"
    if is_block and _STATEMENT.match(found) and _UNFINISHED.search(before):
        return "; a ';' seems to be missing before it"
    return ""
