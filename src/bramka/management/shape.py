"""Between a noun and the `properties` of its REST resource."""

import difflib
import re
from collections.abc import Collection as Names
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from bramka.domain.errors import Detail, Invalid
from bramka.management.call import Properties

NounT = TypeVar("NounT", bound=Struct)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Which fields of a noun the REST shows and takes; names as on the wire."""

    noun: type[Struct]
    hidden: frozenset[str] = frozenset()
    """Neither shown nor taken: keys, digests, what other resources hold."""
    read_only: frozenset[str] = frozenset()
    """Shown; ignored when sent, so that what was read can be sent back."""
    write_only: frozenset[str] = frozenset()
    """Taken besides the fields of the noun; the resource deals with them."""
    secret: frozenset[str] = frozenset()
    """Taken and kept, but never shown: told only when asked for by POST."""
    dates: frozenset[str] = frozenset()
    """Seconds since 1970 in the noun, ISO 8601 in the REST."""

    def show(self, noun: Struct) -> Properties:
        """All that is shown of `noun`."""
        whole: Properties = msgspec.to_builtins(noun)
        unseen = self.hidden | self.secret
        shown = {name: whole[name] for name in whole if name not in unseen}
        for name in self.dates & shown.keys():
            shown[name] = write_date(shown[name])
        return shown

    def noun_properties(self, noun: Struct) -> Properties:
        """What of `noun` may be written, as the noun has it."""
        whole: Properties = msgspec.to_builtins(noun)
        fixed = self.hidden | self.read_only
        return {name: whole[name] for name in whole if name not in fixed}

    def take(self, given: Properties) -> Properties:
        """What of `given` may be written; Invalid names what nobody knows."""
        known = {field.encode_name for field in msgspec.structs.fields(self.noun)}
        taken: Properties = {}
        for name, value in given.items():
            if name in self.read_only or value is None:
                continue
            if name in self.write_only or (name in known and name not in self.hidden):
                taken[name] = value
            else:
                raise wrong(name, self._unknown(name, known - self.hidden))
        for name in self.dates & taken.keys():
            taken[name] = read_date(name, taken[name])
        return taken

    def _unknown(self, name: str, known: Names[str]) -> str:
        near = difflib.get_close_matches(name, list(known), 1)
        hint = f"; did you mean '{near[0]}'?" if near else "; leave it out."
        return f"'{name}' is not a property that can be set here{hint}"


def build(noun: type[NounT], fields: Properties) -> NounT:
    """The noun of these fields; Invalid names the field that breaks a rule."""
    try:
        return msgspec.convert(fields, noun)
    except msgspec.ValidationError as error:
        text, _, place = str(error).rpartition(" - at `$.")
        if not text:
            missing = re.search(r"required field `(\w+)`", str(error))
            raise wrong(missing[1] if missing else "properties", str(error)) from None
        raise wrong(place.rstrip("`"), text) from None


def wrong(target: str, message: str) -> Invalid:
    """The refusal of a body because of one property."""
    return Invalid(
        "One or more fields contain incorrect values:",
        target=target,
        details=(Detail("ValidationError", target, message),),
    )


def is_address(text: str, *schemes: str) -> bool:
    """Whether a gateway can find its way to what this names."""
    try:
        parts = urlsplit(text)
        parts.netloc.rpartition("@")[2].encode("idna")
        known = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not any(char.isspace() for char in text)
    return plain and known and parts.scheme in schemes and bool(parts.hostname)


def merge(old: Properties, patch: Properties) -> Properties:
    """`old` with `patch` laid over it: objects merge, null takes away."""
    merged = dict(old)
    for name, value in patch.items():
        before = merged.get(name)
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(before, dict):
            merged[name] = merge(before, value)
        else:
            merged[name] = value
    return merged


def write_date(seconds: object) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC."""
    if not isinstance(seconds, int | float):
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def read_date(name: str, text: object) -> float:
    """ISO 8601 as seconds since 1970; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(str(text))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, OverflowError):
        raise wrong(name, f"'{text}' is not a date; write 2026-01-31T00:00:00Z") from (
            None
        )
