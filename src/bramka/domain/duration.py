"""Durations as ISO 8601 writes them, such as PT1M or P1DT12H."""

import re

_FORM = re.compile(
    r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_SECONDS = (604_800, 86_400, 3_600, 60, 1)


def seconds_of(text: str) -> float:
    """The seconds in `text`; ValueError when it is no duration of weeks to seconds.

    Years and months are of no fixed length, so they are none.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise ValueError(f"'{text}' is not a duration such as PT1M")
    parts = zip(found.groups(), _SECONDS, strict=True)
    return sum(float(number) * unit for number, unit in parts if number)
