"""JSON read as Newtonsoft does."""

import json
from typing import Any

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import room_for_text
from bramka.expressions.values.date_parse import iso_date
from bramka.expressions.values.json import JArray, JObject, JToken, JValue
from bramka.expressions.values.json_lenient import read_lenient

DEEPEST = 64
# --- reading --------------------------------------------------------------------


def read(text: str, kind: type[JToken] = JToken) -> JToken:
    """The token that JSON text holds; dates in strings become dates."""
    require(json=text)
    room_for_text(len(text))
    try:
        found = json.loads(
            text, parse_int=_integer, object_pairs_hook=_Pairs, strict=False
        )
    except ValueError:
        found = read_lenient(text, _Pairs, kind.__name__)
    except RecursionError as error:
        raise _too_deep() from error
    return build(found, 0)


class _Pairs(list[tuple[str, Any]]):
    """An object just read: its pairs in order, doubles included."""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _too_deep() -> Thrown:
    text = f"The reader's MaxDepth of {DEEPEST} has been exceeded."
    return Thrown("JsonReaderException", text)


def build(found: Any, depth: int) -> JToken:
    """Tokens from what the reader gave."""
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(found, _Pairs):
        made = JObject()
        for name, item in found:
            # The last of several values with one name counts.
            made.set(name, build(item, depth + 1))
        return made
    if isinstance(found, list):
        row = JArray()
        for item in found:
            child = build(item, depth + 1)
            child.parent = row
            row.items.append(child)
        return row
    if isinstance(found, str) and len(found) >= 19 and found[10] == "T":
        date = iso_date(found)
        return JValue(found if date is None else date)
    return JValue(found)


def read_as(text: str, kind: type[JToken]) -> JToken:
    """`JObject.Parse` or `JArray.Parse`: only that kind will do."""
    token = read(text, kind)
    if not isinstance(token, kind):
        message = (
            f"Error reading {kind.__name__} from JsonReader. "
            f"Current JsonReader item is not an {kind.kind.lower()}: "
            f"{_item_name(token)}. Path '', line 1, position {min(len(text), 1)}."
        )
        raise Thrown("JsonReaderException", message)
    return token


def _item_name(token: JToken) -> str:
    if isinstance(token, JObject | JArray):
        return f"Start{token.kind}"
    return token.kind
