"""Hiding secrets in what a trace shows."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.exchange import Exchange

MASK = "***"
SHORTEST_SECRET = 4
"""What is shorter is no secret, and would hide half of the trace."""
LONGEST_TEXT = 1024
DEEPEST = 6
MOST_ITEMS = 50

_SECRET_FIELDS = frozenset(
    (
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "api-key",
        "x-api-key",
        "x-functions-key",
        "apim-debug-authorization",
        "apim-console-caller",
    )
)
_CREDENTIALS = re.compile(
    r"\b(Bearer|Basic|SharedAccessSignature|SharedKey)\s+[^\s\"',]+", re.IGNORECASE
)
_PARAMETERS = re.compile(
    r"([?&](?:sig|code|token|access_token|client_secret|password|api[-_]?key)=)[^&\s\"]+",
    re.IGNORECASE,
)
_JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*){1,3}")


def is_secret_field(name: str) -> bool:
    """Whether a header field holds a secret, whatever the API."""
    return name.lower() in _SECRET_FIELDS


def without_credentials(text: str) -> str:
    """`text` without what looks like a credential."""
    shown = _CREDENTIALS.sub(rf"\1 {MASK}", text)
    return _JWT.sub(MASK, _PARAMETERS.sub(rf"\1{MASK}", shown))


class Masking:
    """What is secret in one call: its keys, secret named values, credentials."""

    def __init__(self, configuration: Configuration, exchange: Exchange) -> None:
        self._fields = {*_SECRET_FIELDS, *_key_fields(exchange)}
        secrets = sorted(_secrets(configuration, exchange), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, secrets)) or r"(?!)")

    def text(self, text: str) -> str:
        """`text` without secrets, and not longer than needed."""
        shown = self._secrets.sub(MASK, text)
        shown = without_credentials(shown)
        if len(shown) > LONGEST_TEXT:
            return f"{shown[:LONGEST_TEXT]}… ({len(shown)} characters)"
        return shown

    def field(self, name: str, value: str) -> dict[str, str]:
        """One header field."""
        secret = name.lower() in self._fields
        return {"name": name, "value": MASK if secret else self.text(value)}

    def value(self, value: object, depth: int = 0) -> Any:
        """Any value that policies hold, as JSON can say it."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            # A long or a float of an expression is a number of a class of its own.
            return int(value) if isinstance(value, int) else float(value)
        if isinstance(value, bytes | bytearray):
            return f"{len(value)} bytes"
        if isinstance(value, dict) and depth < DEEPEST:
            pairs = list(value.items())[:MOST_ITEMS]
            return {
                self.text(str(key)): self.value(one, depth + 1) for key, one in pairs
            }
        if isinstance(value, list | tuple) and depth < DEEPEST:
            return [self.value(one, depth + 1) for one in value[:MOST_ITEMS]]
        return self.text(str(value))


def _key_fields(exchange: Exchange) -> Iterable[str]:
    if exchange.api is not None:
        yield exchange.api.subscription_key_parameter_names.header.lower()


def _secrets(configuration: Configuration, exchange: Exchange) -> set[str]:
    found = {exchange.subscription_key or ""}
    found |= {one.value for one in configuration.named_values.values() if one.secret}
    for backend in configuration.backends.values():
        given = backend.credentials
        if given is None:
            continue
        if given.authorization is not None:
            found.add(given.authorization.parameter)
        for values in (given.header or {}, given.query or {}):
            found.update(one for several in values.values() for one in several)
    known = {one for one in found if len(one) >= SHORTEST_SECRET}
    return known | {quote(one, safe="") for one in known}
