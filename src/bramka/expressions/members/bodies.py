"""`Request.Body` and `Response.Body`: read as text, bytes, JSON, XML or a form."""

from typing import Any
from urllib.parse import urlencode

from bramka.domain.traffic.exchange import Body
from bramka.expressions.compiler.table import Family, Generic
from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import Thrown
from bramka.expressions.meter import room_for_text
from bramka.expressions.values import json, json_text, xml_text
from bramka.expressions.values.collections import Dictionary
from bramka.expressions.values.plain import List
from bramka.expressions.values.web import query_of


def _taken(body: Body, *, preserve: bool) -> bytes | None:
    if body.content is None:
        text = "The body has not been read; a policy before this streams it."
        raise Thrown("InvalidOperationException", text)
    if body.consumed:
        return None
    body.consumed = not preserve
    return body.content


def body_as(kind: Type, body: Body, preserve: bool = False) -> Any:
    """`Body.As<T>()`: null when it was taken before."""
    content = _taken(body, preserve=preserve)
    if content is None:
        return None
    if str(kind) == "byte[]":
        return bytearray(content)
    text = content.decode("utf-8-sig", "replace")
    if kind.name in ("string", "object"):
        return text
    if kind.name in ("JToken", "JObject", "JArray"):
        return json_text.read_as(text, getattr(json, kind.name))
    if kind.name in ("XElement", "XNode"):
        return xml_text.read_element(text)
    if kind.name in ("XDocument", "XContainer"):
        return xml_text.read(text)
    raise Thrown("NotSupportedException", f"A body cannot be read as {kind}.")


class Form(Dictionary):
    """Fields of a form. A name that was not sent begins an empty list.

    Microsoft's own sample adds to such a name.
    """

    __slots__ = ()

    def missed(self, key: Any) -> Any:
        made = List()
        self.set(key, made)
        return made


def body_form(body: Body, preserve: bool = False) -> Form:
    """`AsFormUrlEncodedContent()`: each name with its values."""
    content = _taken(body, preserve=preserve)
    fields = query_of((content or b"").decode("utf-8", "replace"))
    made = Form(comparer=fields.comparer)
    for name, values in fields:
        made.set(name, List(values))
    return made


def form_text(fields: Dictionary) -> str:
    """`ToFormUrlEncodedContent()`: the fields as the body of a form."""
    pairs = [(name, value or "") for name, values in fields for value in values or ()]
    room_for_text(3 * sum(len(name) + len(value) for name, value in pairs))
    return urlencode(pairs, safe="~")


BODY: Family = {
    "As<T>(bool preserveContent = false) -> T": Generic(body_as),
    "AsFormUrlEncodedContent(bool preserveContent = false) "
    "-> IDictionary<string, IList<string>>": body_form,
}
FORM: Family = {"ToFormUrlEncodedContent() -> string": form_text}
