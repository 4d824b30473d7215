"""Tokens of language models: told by their answers, or estimated."""

import json
import math
from typing import NamedTuple

import msgspec

from bramka.domain.traffic.exchange import Exchange

BYTES_PER_TOKEN = 4
"""The usual rule of thumb for English text."""
KEPT = 64 * 1024
"""Bytes of the end of an answer, where its usage stands."""
PROMPTS = ("messages", "prompt", "input", "system", "instructions")
_DECODER = json.JSONDecoder()


class Spent(NamedTuple):
    """Tokens of one call."""

    total: int
    prompt: int
    completion: int


class _Told(msgspec.Struct):
    """A `usage` object, in the words of either family of models."""

    total_tokens: int | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None

    @property
    def spent(self) -> Spent:
        prompt = self.prompt_tokens or self.input_tokens or 0
        completion = self.completion_tokens or self.output_tokens or 0
        return Spent(max(0, self.total), max(0, prompt), max(0, completion))

    @property
    def total(self) -> int:
        if self.total_tokens is not None:
            return self.total_tokens
        parts = (
            self.prompt_tokens,
            self.completion_tokens,
            self.input_tokens,
            self.output_tokens,
        )
        return sum(part for part in parts if part is not None)


class Usage:
    """Sees an answer pass, and knows at its end what it cost."""

    def __init__(self) -> None:
        self._end = b""
        self._size = 0

    def see(self, data: bytes) -> None:
        self._size += len(data)
        self._end = (self._end + data)[-KEPT:]

    def tokens(self, exchange: Exchange) -> int:
        """The tokens of the call whose answer this was."""
        return self.spent(exchange).total

    def spent(self, exchange: Exchange) -> Spent:
        """The same, by what they were spent on."""
        response = exchange.response
        if response is None:
            return Spent(0, 0, 0)
        if response.body.content is not None and not self._size:
            self.see(response.body.content)
        told = _told(self._end)
        if told is not None:
            return told.spent
        if response.status >= 400:
            return Spent(0, 0, 0)
        prompt = prompt_tokens(exchange.request.body.content)
        completion = math.ceil(self._size / BYTES_PER_TOKEN)
        return Spent(prompt + completion, prompt, completion)


def told_usage(content: bytes) -> int | None:
    """The total of the last `usage` object in JSON, or in a stream of events."""
    told = _told(content)
    return None if told is None else told.spent.total


def _told(content: bytes) -> _Told | None:
    text = content.decode("utf-8", "replace")
    at = text.rfind('"usage"')
    while at >= 0:
        told = _told_at(text[at + len('"usage"') :].lstrip())
        if told is not None:
            return told
        at = text.rfind('"usage"', 0, at)
    return None


def _told_at(text: str) -> _Told | None:
    if not text.startswith(":"):
        return None
    try:
        found, _ = _DECODER.raw_decode(text[1:].lstrip())
        told = msgspec.convert(found, _Told)
    except (ValueError, RecursionError):
        return None
    return told if found else None


def prompt_tokens(content: bytes | None) -> int:
    """The tokens of a prompt, by rule of thumb: one for every four characters."""
    if not content:
        return 0
    try:
        body = msgspec.json.decode(content)
    except (ValueError, RecursionError):
        return math.ceil(len(content) / BYTES_PER_TOKEN)
    if not isinstance(body, dict):
        return math.ceil(len(content) / BYTES_PER_TOKEN)
    size = sum(_text_size(body.get(name)) for name in PROMPTS)
    return math.ceil(size / BYTES_PER_TOKEN)


def _text_size(value: object) -> int:
    """Characters of all texts in a value; its roles and types among them."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_text_size(one) for one in value.values())
    if isinstance(value, list):
        return sum(_text_size(one) for one in value)
    return 0
