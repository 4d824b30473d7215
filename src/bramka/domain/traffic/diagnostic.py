"""Diagnostics: what is logged of calls, where to, and what of it is hidden."""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

FAILED = 400
"""The first status that is an error."""
SEVERITIES = ("error", "information", "verbose")
LOCAL = ("applicationinsights", "azuremonitor", "local")
"""Ids that a diagnostic may have."""


class Logger(Struct, frozen=True, rename="camel", kw_only=True):
    """Where logs go.

    A `webhook` is posted to: its credentials hold the `url`, and every other name is a
    header field. A `logFile` is a file of the gateway: its credentials hold the `name`.
    """

    id: str
    logger_type: Literal[
        "azureEventHub", "applicationInsights", "azureMonitor", "webhook", "logFile"
    ]
    description: Annotated[str, Meta(max_length=256)] | None = None
    credentials: dict[str, str] | None = None
    is_buffered: bool = True
    resource_id: str | None = None


class Sampling(Struct, frozen=True, rename="camel", kw_only=True):
    """Which share of the calls is logged."""

    sampling_type: Literal["fixed"] = "fixed"
    percentage: Annotated[float, Meta(ge=0, le=100)] = 100


class Body(Struct, frozen=True, rename="camel", kw_only=True):
    """How much of a body is logged."""

    bytes: Annotated[int, Meta(ge=0, le=8192)] = 0


class Mask(Struct, frozen=True, rename="camel", kw_only=True):
    """A header or parameter that is masked or left out."""

    value: str
    mode: Literal["Mask", "Hide"] = "Mask"


class Masking(Struct, frozen=True, rename="camel", kw_only=True):
    """What is masked in a message."""

    headers: tuple[Mask, ...] = ()
    query_params: tuple[Mask, ...] = ()


class Message(Struct, frozen=True, rename="camel", kw_only=True):
    """What of a request or an answer is logged."""

    headers: tuple[str, ...] = ()
    body: Body | None = None
    data_masking: Masking | None = None


class Side(Struct, frozen=True, rename="camel", kw_only=True):
    """What is logged on one side of the gateway."""

    request: Message | None = None
    response: Message | None = None


class Diagnostic(Struct, frozen=True, rename="camel", kw_only=True):
    """What is logged of all calls, or of those of one API."""

    api_id: str
    """The API; "" for all."""
    id: str
    logger_id: str
    always_log: Literal["allErrors"] | None = None
    sampling: Sampling | None = None
    frontend: Side | None = None
    backend: Side | None = None
    log_client_ip: bool = False
    http_correlation_protocol: Literal["None", "Legacy", "W3C"] | None = None
    verbosity: Literal["verbose", "information", "error"] | None = None
    operation_name_format: Literal["Name", "Url"] | None = None
    metrics: bool | None = None
    """Whether the API is told apart in what metrics tell."""

    def draws(self, number: float) -> bool:
        """Whether a call is in the sample that drew this number from [0, 1)."""
        return self.sampling is None or 100 * number < self.sampling.percentage

    def logs(self, status: int, *, drawn: bool) -> bool:
        """Whether a call that ended so is logged."""
        failed = status >= FAILED
        if self.verbosity == "error" and not failed:
            return False
        return drawn or (failed and self.always_log == "allErrors")

    def hears(self, severity: str) -> bool:
        """Whether what a trace policy says is logged with the call."""
        return SEVERITIES.index(severity) <= SEVERITIES.index(
            self.verbosity or "information"
        )


def in_force(known: Iterable[Diagnostic], api: str) -> tuple[Diagnostic, ...]:
    """What is logged of the calls of an API; "" for calls that reach none.

    What an API says itself stands before what is said of all; a revision that says
    nothing does as its API does.
    """
    found: dict[str, tuple[int, Diagnostic]] = {}
    levels = {"": 0, api.partition(";rev=")[0]: 1, api: 2}
    for one in known:
        level = levels.get(one.api_id, -1)
        if level >= 0 and (one.id not in found or level > found[one.id][0]):
            found[one.id] = (level, one)
    return tuple(one for _, one in found.values())


def measured(known: Iterable[Diagnostic], apis: Iterable[str]) -> frozenset[str]:
    """The APIs that metrics tell apart."""
    diagnostics = list(known)
    if not any(one.metrics for one in diagnostics):
        return frozenset()
    return frozenset(
        api for api in apis if any(one.metrics for one in in_force(diagnostics, api))
    )
