"""Scenarios: one row of `make bench` each. A new row is a new Scenario here."""

from msgspec import Struct


class Scenario(Struct, frozen=True, kw_only=True):
    """What the callers of one race ask for, and what the gateway must do for it.

    The limits never refuse a caller of the load, and yet they are the true work: the
    callers go round, and every call spends from a window and from a quota.
    """

    name: str
    title: str
    path: str = "/bench/scores"
    body: bytes
    """What the upstream answers."""
    callers: int = 1000
    calls: int = 12_000
    """Calls that one caller may make in any `period` seconds."""
    period: int = 60
    quota: int = 1_000_000_000
    quota_period: int = 604_800
    probe_calls: int = 5
    """Calls that pass for the two probing keys, to see limit and quota refuse."""


KEYED = Scenario(
    name="keyed",
    title="key check + rate limit + quota + usage record",
    body=(
        b'{"Results":{"output1":{"type":"table","value":{"ColumnNames":['
        b'"Scored Labels","Scored Probabilities"],"ColumnTypes":["Numeric",'
        b'"Numeric"],"Values":[["1","0.730675041675568"]]}}},"id":"f0d1c2b3"}'
    ),
)

SCENARIOS = {scenario.name: scenario for scenario in (KEYED,)}
