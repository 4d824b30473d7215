"""What the policies that validate have in common: actions, findings, parameters."""

import logging
import math
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.operation import Parameter
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import Site, Source
from bramka.policies._refusals import Choice, refusal

log = logging.getLogger(__name__)

ACTIONS = ("ignore", "prevent", "detect")
HELP = "ignore, prevent or detect"

Errors = Annotated[
    str | None, Meta(description="Variable that gets what was found, as a list.")
]
Action = Annotated[Source, Meta(description=f"What to do about it: {HELP}.")]
MaybeAction = Annotated[
    Source | None, Meta(description=f"What to do about it instead: {HELP}.")
]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it should be."""

    name: str
    kind: str
    """What the name names, such as QueryParameter or ResponseHeader."""
    rule: str
    details: str
    action: str

    @property
    def told(self) -> dict[str, str]:
        """As policies read it."""
        return {
            "Name": self.name,
            "Type": self.kind,
            "ValidationRule": self.rule,
            "Details": self.details,
            "Action": self.action,
        }


def action_of(site: Site, name: str, source: Source) -> Choice:
    """An action from an attribute."""
    return Choice(site, name, source, ACTIONS)


def judge(
    policy: str, exchange: Exchange, findings: Iterable[Finding], variable: str | None
) -> Response | None:
    """Note what was found; a refusal if something of it is to be prevented."""
    found = [one for one in findings if one.action != "ignore"]
    if not found:
        return None
    if variable:
        exchange.variables[variable] = [one.told for one in found]
    for one in found:
        log.info("call %s: %s: %s", exchange.request_id, policy, one.details)
    worst = next((one for one in found if one.action == "prevent"), None)
    if worst is None:
        return None
    error = LastError(policy, worst.rule, worst.details)
    inbound = exchange.section in (Section.INBOUND, Section.BACKEND)
    if inbound:
        return refusal(400, worst.details, error)
    # What is wrong with the backend's answer is none of the caller's business.
    return refusal(502, "The answer of the backend is not as described.", error)


def problem_of(parameter: Parameter, values: list[str]) -> str:
    """What is wrong with the values of a parameter; nothing when they fit."""
    kind = parameter.type.lower()
    for value in values:
        if parameter.values and value not in parameter.values:
            return f"is not one of {', '.join(parameter.values)}"
        if not _fits(kind, value):
            return f"is not of type {kind}"
    if not values and parameter.required:
        return "is missing"
    return ""


def _fits(kind: str, value: str) -> bool:
    if kind in ("integer", "int", "long"):
        digits = value.removeprefix("-")
        return digits.isascii() and digits.isdigit()
    if kind in ("number", "double", "float", "decimal"):
        try:
            return math.isfinite(float(value)) and "_" not in value
        except ValueError:
            return False
    if kind in ("boolean", "bool"):
        return value.lower() in ("true", "false")
    return True
