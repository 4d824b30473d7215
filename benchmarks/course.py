"""The course: what every contender of one race is asked to do, and where."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scenario import Scenario

KEY_HEADER = "Ocp-Apim-Subscription-Key"
PEPPER = "pepper of the race"
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Course:
    """One scenario with its callers, its upstream and a folder for what is written."""

    scenario: Scenario
    folder: Path
    upstream_port: int
    keys: tuple[str, ...]
    """Keys of the callers who go round in the load."""
    limited_key: str
    """A key whose rate limit lets `scenario.probe_calls` calls pass."""
    spent_key: str
    """A key whose quota lets `scenario.probe_calls` calls pass."""

    @property
    def unknown_key(self) -> str:
        """A key nobody has."""
        return _key("nobody")


def lay_course(scenario: Scenario, folder: Path, upstream_port: int) -> Course:
    """The course of `scenario`; the same keys every time, as they guard nothing."""
    return Course(
        scenario=scenario,
        folder=folder,
        upstream_port=upstream_port,
        keys=tuple(_key(f"caller {n}") for n in range(scenario.callers)),
        limited_key=_key("limited"),
        spent_key=_key("spent"),
    )


def _key(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def fill(template: Path, **values: object) -> str:
    """The text of `template` with every `{{name}}` replaced by its value."""
    return _PLACE.sub(lambda place: str(values[place[1]]), template.read_text())
