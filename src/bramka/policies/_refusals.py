"""Refusals that policies answer with, in the one JSON shape of the gateway."""

import re
from http import HTTPStatus
from typing import TypedDict

import msgspec
from msgspec import Struct

from bramka.domain.traffic.exchange import (
    Exchange,
    Headers,
    LastError,
    RawHeaders,
    Response,
)
from bramka.domain.traffic.site import Site, Source
from bramka.domain.traffic.step import StepFailure

FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""What names of header fields are made of."""

JSON = (b"Content-Type", b"application/json")


def refusal(
    status: int,
    message: str,
    error: LastError,
    *,
    reason: str = "",
    fields: RawHeaders | None = None,
) -> Response:
    """An answer that sends the call to on-error, and then to its caller."""
    text = msgspec.json.encode(message)
    body = b'{ "statusCode": %d, "message": %b }' % (status, text)
    headers = Headers([JSON, *(fields or ())])
    return Response(status, reason or phrase(status), headers, body, error)


def phrase(status: int) -> str:
    """The usual reason phrase; nothing for codes that have none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class Number:
    """A whole number within bounds, from an attribute that takes expressions."""

    def __init__(self, site: Site, name: str, source: Source, low: int, high: int):
        self._name, self._source, self._low, self._high = name, source, low, high
        self.constant: int | None = None
        """The number as written, None when it is an expression."""
        if source.constant is not None:
            try:
                self.constant = self._checked(source.constant)
            except ValueError:
                site.refuse(
                    f"attribute '{name}' is '{source.constant}'; it must be a whole "
                    f"number from {low} to {high}",
                    source.place,
                )

    def of(self, exchange: Exchange) -> int:
        """The number for this call; StepFailure when the expression gives none."""
        if self.constant is not None:
            return self.constant
        value: object = self._source.evaluate(exchange)
        try:
            return self._checked(value)
        except (ValueError, TypeError):
            raise StepFailure(
                "",
                "ExpressionValueEvaluationFailure",
                f"Attribute '{self._name}' came out as '{value}'; it must be a whole "
                f"number from {self._low} to {self._high}.",
            ) from None

    def _checked(self, value: object) -> int:
        text = str(value).strip()
        number = int(text)
        if not self._low <= number <= self._high:
            raise ValueError(text)
        return number


class Seconds:
    """A time above nothing, from an attribute that takes expressions."""

    def __init__(self, site: Site, name: str, source: Source, parts: int = 1) -> None:
        """`parts` of the unit written are a second."""
        self._name, self._source, self._parts = name, source, parts
        self.constant: float | None = None
        """The seconds as written, None when it is an expression."""
        if source.constant is not None:
            self.constant = self._checked(source.constant)
            if self.constant is None:
                site.refuse(
                    f"attribute '{name}' is '{source.constant}'; it must be a number "
                    "above 0",
                    source.place,
                )

    def of(self, exchange: Exchange) -> float:
        """The seconds for this call; StepFailure when the expression gives none."""
        if self.constant is not None:
            return self.constant
        text = self._source.text(exchange)
        seconds = self._checked(text)
        if seconds is None:
            raise StepFailure(
                "",
                "ExpressionValueEvaluationFailure",
                f"Attribute '{self._name}' came out as '{text}'; it must be a number "
                "above 0.",
            )
        return seconds

    def _checked(self, text: str) -> float | None:
        try:
            seconds = float(text) / self._parts
        except ValueError:
            return None
        return seconds if 0 < seconds < float("inf") else None


def status_of(site: Site, name: str, source: Source) -> Number:
    """A status code from an attribute."""
    return Number(site, name, source, 100, 999)


class Choice:
    """One of some words, from an attribute that takes expressions."""

    def __init__(self, site: Site, name: str, source: Source, words: tuple[str, ...]):
        self._name, self._source, self._words = name, source, words
        self.constant = source.constant
        if source.constant is not None and source.constant not in words:
            site.refuse(
                f"attribute '{name}' is '{source.constant}'; it can be "
                f"{', '.join(words)}",
                source.place,
            )

    def of(self, exchange: Exchange) -> str:
        """The word for this call; StepFailure when the expression gives another."""
        word = self._source.text(exchange)
        if word not in self._words:
            raise StepFailure(
                "",
                "ExpressionValueEvaluationFailure",
                f"Attribute '{self._name}' came out as '{word}'; it can be "
                f"{', '.join(self._words)}.",
            )
        return word


MAYBE_TRUE = ("", "bool", "bool?", "object", "string", "JToken", "JValue")
"""C# types of which a value may say true or false; "": the type is not known."""


def flag_source(site: Site, name: str, source: Source) -> Source:
    """`source`, refused when it can be neither true nor false."""
    if source.type not in MAYBE_TRUE:
        site.refuse(
            f"attribute '{name}' is of type {source.type}, which is never true or "
            "false; compare it with something",
            source.place,
        )
    if source.constant is not None and source.constant.lower() not in ("true", "false"):
        site.refuse(
            f"attribute '{name}' is '{source.constant}'; it can be true or false, "
            "or an expression that gives one of them",
            source.place,
        )
    return source


class Needs(TypedDict):
    """What a Step wants to know of the bodies that are read."""

    reads_request_body: bool
    reads_response_body: bool


def check_header_name(site: Site, name: str | None) -> None:
    """Refuse a constant that cannot be the name of a header."""
    if name is not None and not FIELD_NAME.fullmatch(name.strip()):
        allowed = "letters, digits and the likes of - and _"
        site.refuse(f"'{name[:80]}' is not the name of a header; it has {allowed}")


def check_header_names(site: Site, settings: Struct) -> None:
    """The same for every attribute that names a header to answer with."""
    for field in settings.__struct_fields__:
        if field.endswith("_header_name"):
            check_header_name(site, getattr(settings, field))


def needs(*sources: Source | None) -> Needs:
    """What of the bodies these values read."""
    known = [source for source in sources if source is not None]
    return {
        "reads_request_body": any(one.reads_request_body for one in known),
        "reads_response_body": any(one.reads_response_body for one in known),
    }
